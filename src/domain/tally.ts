/** Tally by bounds: how many votes each option has at least and at most, by named votes and reported counts. */
import type { ReportedCount, ReportedNumber, VoteFact } from './facts.js';
import { VOTE_CHANNELS, VOTE_OPTIONS, type VoteChannel, type VoteOption } from './vocabulary.js';

/** Whole votes: at least `lower`, at most `upper`; an `upper` of null is no bound. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number | null;
}

/** The votes that count, `named` of them with their voter, and at least `unnamed` more: `lower` less `named`. */
export interface TallyLine extends Bounds {
  readonly named: number;
  readonly unnamed: number;
}

export interface OptionTally extends TallyLine {
  readonly channels: Readonly<Record<VoteChannel, TallyLine>>;
}

export interface Tally {
  readonly options: Readonly<Record<VoteOption, OptionTally>>;
  readonly seats: number | null;
  readonly complete: boolean;
  /** Whether the named votes, the reported counts and the seats cannot all be true. */
  readonly contradicted: boolean;
}

/** A tally as it is shown: of the channels only those that somebody is known to have used. */
export interface ShownTally extends Omit<Tally, 'options'> {
  readonly options: Readonly<
    Record<
      VoteOption,
      TallyLine & { readonly channels: Readonly<Partial<Record<VoteChannel, TallyLine>>> }
    >
  >;
}

/** What is known of one taking of votes; the votes are those that count, one to a voter. */
export interface KnownVotes {
  readonly votes: readonly Pick<VoteFact, 'option' | 'channel'>[];
  readonly reportedCounts: readonly ReportedCount[];
  readonly seats: number | null;
  readonly complete: boolean;
}

/**
 * The bounds of each option, in all and by channel, as tight as named votes, counts and seats together make them.
 *
 * Counts of one option and channel all hold; counts of channels add up; a count without a channel covers them all. What no
 * count covers is bounded by the named votes when the vote event is complete, and else by nothing. Two surprises:
 * - Seats bound every option from above, and a count without a channel bounds every channel.
 * - What contradicts is loosened, never guessed, and marks the tally: named votes beat a count; counts that exclude one
 *   another span from the least to the most that any of them allows; seats fewer than the votes bound nothing.
 *
 * @example
 * // 'at least 31 said yes', 4 of them named: 31 - 4 = 27 unnamed
 * tallyVotes({ votes: fourYes, reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }], seats: 40, complete: false })
 *   .options.yes; // { lower: 31, upper: 40, named: 4, unnamed: 27, channels: … }
 */
export function tallyVotes(known: KnownVotes): Tally {
  const readings = forOptions((option) => readOption(option, known));
  const lowers = sumOf(VOTE_OPTIONS, (option) => readings[option].total.lower);
  const overfull = known.seats !== null && lowers > known.seats;
  const limit = known.seats === null || overfull ? Infinity : known.seats;
  return {
    options: forOptions((option) => {
      const reading = readings[option];
      return presentOption(reading, limit - (lowers - reading.total.lower));
    }),
    seats: known.seats,
    complete: known.complete,
    contradicted: overfull || VOTE_OPTIONS.some((option) => readings[option].contradicted),
  };
}

/**
 * The tally as it is shown. Most votes go by one channel or two: the lines of the others would say nothing but zero.
 *
 * @example
 * shownTally(tally).options.no.channels; // {}: nobody is known to have voted no by any channel
 */
export function shownTally(tally: Tally): ShownTally {
  return {
    ...tally,
    options: forOptions((option) => {
      const { channels, ...line } = tally.options[option];
      const used = VOTE_CHANNELS.filter((channel) => channels[channel].lower > 0);
      return {
        ...line,
        channels: Object.fromEntries(used.map((channel) => [channel, channels[channel]])),
      };
    }),
  };
}

/**
 * What a reported number can mean, in whole votes. About n is a tenth less to a tenth more, rounded outward.
 *
 * @example
 * boundsOf({ value: 31, qualifier: 'about' }); // 27.9 to 34.1: { lower: 27, upper: 35 }
 */
export function boundsOf({ value, qualifier }: ReportedNumber): Bounds {
  switch (qualifier) {
    case 'exactly':
      return { lower: value, upper: value };
    case 'at_least':
      return { lower: value, upper: null };
    case 'at_most':
      return { lower: 0, upper: value };
    case 'about':
      return { lower: Math.floor((9 * value) / 10), upper: Math.ceil((11 * value) / 10) };
  }
}

/** While it is worked on, a range without a bound ends at Infinity. */
interface Range {
  readonly lower: number;
  readonly upper: number;
}

interface LineReading extends Range {
  readonly named: number;
  readonly contradicted: boolean;
}

interface OptionReading {
  readonly named: number;
  readonly total: Range;
  readonly channels: Readonly<Record<VoteChannel, LineReading>>;
  readonly contradicted: boolean;
}

function readOption(option: VoteOption, known: KnownVotes): OptionReading {
  const counts = known.reportedCounts.filter((count) => count.option === option);
  const votes = known.votes.filter((vote) => vote.option === option);
  const overall = counts.filter((count) => (count.channel ?? null) === null);
  const channelsWhere = (isBounded: boolean) =>
    forChannels((channel) => {
      const named = votes.filter((vote) => vote.channel === channel).length;
      const ofChannel = counts.filter((count) => count.channel === channel);
      return readLine(named, ofChannel, isBounded ? named : Infinity);
    });
  const alone = channelsWhere(known.complete);
  const covered = overall.length === 0 ? alone : channelsWhere(false);
  return reconcile(covered, readLine(votes.length, overall, Infinity), alone);
}

/** One line by its own counts alone: where these exclude one another all that any allows; never less than is named. */
function readLine(
  named: number,
  counts: readonly ReportedNumber[],
  uncounted: number,
): LineReading {
  if (counts.length === 0) return { named, lower: named, upper: uncounted, contradicted: false };
  const ranges = counts.map(rangeOf);
  const lowers = ranges.map(({ lower }) => lower);
  const uppers = ranges.map(({ upper }) => upper);
  const together = { lower: Math.max(...lowers), upper: Math.min(...uppers) };
  const excluding = together.lower > together.upper;
  const any = { lower: Math.min(...lowers), upper: Math.max(...uppers) };
  const { lower, upper } = excluding ? any : together;
  return {
    named,
    lower: Math.max(named, lower),
    upper: Math.max(named, upper),
    contradicted: excluding || upper < named,
  };
}

/**
 * The channels' counts and the count without a channel, both at once. Where they exclude one another, either may be
 * right: the total spans both, and the channels give way on the side on which they disagree.
 *
 * @param alone the channels as they are without the count without a channel: those that no count covers are bounded by
 *   their named votes when the vote event is complete
 */
function reconcile(
  channels: Readonly<Record<VoteChannel, LineReading>>,
  whole: LineReading,
  alone: Readonly<Record<VoteChannel, LineReading>>,
): OptionReading {
  const lower = sumOf(VOTE_CHANNELS, (channel) => channels[channel].lower);
  const upper = sumOf(VOTE_CHANNELS, (channel) => channels[channel].upper);
  const contradicted =
    whole.contradicted || VOTE_CHANNELS.some((channel) => channels[channel].contradicted);
  const { named } = whole;
  if (lower > whole.upper) {
    const loosened = forChannels((channel) => ({ ...alone[channel], lower: alone[channel].named }));
    const most = sumOf(VOTE_CHANNELS, (channel) => alone[channel].upper);
    const total = { lower: whole.lower, upper: most };
    return { named, total, channels: loosened, contradicted: true };
  }
  if (upper < whole.lower) {
    const loosened = forChannels((channel) => ({ ...channels[channel], upper: Infinity }));
    return { named, total: { lower, upper: whole.upper }, channels: loosened, contradicted: true };
  }
  const total = { lower: Math.max(lower, whole.lower), upper: Math.min(upper, whole.upper) };
  return { named, total, channels, contradicted };
}

/**
 * The bounds as they are shown. The seats leave this option no more than `room`, and the total leaves each channel what
 * the others do not take. Nothing more can follow: these are sums of sums, and each bound has now met every other.
 */
function presentOption({ named, total, channels }: OptionReading, room: number): OptionTally {
  const { lower } = total;
  const upper = Math.min(total.upper, room);
  return {
    ...presentLine(named, { lower, upper }),
    channels: forChannels((channel) => {
      const own = channels[channel];
      const others = VOTE_CHANNELS.filter((other) => other !== channel);
      return presentLine(own.named, {
        lower: Math.max(own.lower, lower - sumOf(others, (other) => channels[other].upper)),
        upper: Math.min(own.upper, upper - sumOf(others, (other) => channels[other].lower)),
      });
    }),
  };
}

function presentLine(named: number, { lower, upper }: Range): TallyLine {
  return { lower, upper: upper === Infinity ? null : upper, named, unnamed: lower - named };
}

function rangeOf(count: ReportedNumber): Range {
  const { lower, upper } = boundsOf(count);
  return { lower, upper: upper ?? Infinity };
}

/** The sum of one number for each word. @example sumOf(VOTE_OPTIONS, () => 1) // 5 */
export function sumOf<Word>(words: readonly Word[], numberOf: (word: Word) => number): number {
  return words.reduce((sum, word) => sum + numberOf(word), 0);
}

/** One part for each option, in the order of the vocabulary. */
export function forOptions<Part>(
  of: (option: VoteOption) => Part,
): Readonly<Record<VoteOption, Part>> {
  return {
    yes: of('yes'),
    no: of('no'),
    abstain: of('abstain'),
    absent: of('absent'),
    not_voting: of('not_voting'),
  };
}

function forChannels<Part>(
  of: (channel: VoteChannel) => Part,
): Readonly<Record<VoteChannel, Part>> {
  return {
    in_person: of('in_person'),
    phone: of('phone'),
    video: of('video'),
    written: of('written'),
    proxy: of('proxy'),
    reported: of('reported'),
  };
}
