/** Consensus: who within a faction was asked about its motions, who was not, and what came out of it. */
import { hasBegun, startOf } from './dates.js';
import { factionsBeneath } from './factions.js';
import type {
  MergerFacts,
  MotionFact,
  ParticipantFact,
  PartialDate,
  PersonFact,
  VoteEventFact,
} from './facts.js';
import { byRecording } from './recording.js';
import { countedVotesOf, motionResult, type MotionResult, type ResultOutcome } from './result.js';
import { shownTally, sumOf, type Bounds, type ShownTally, type Tally } from './tally.js';
import { votingMembers } from './votes.js';
import {
  VOTE_OPTIONS,
  type MotionClassification,
  type Requirement,
  type VoteChannel,
  type VoteOption,
} from './vocabulary.js';

/** A voting member; the name is null when the person is no longer on record. */
export interface NamedMember {
  readonly personId: string;
  readonly name: string | null;
}

/** A voting member who was reached, with the answer that counts. */
export interface AskedMember extends NamedMember {
  readonly option: VoteOption;
  readonly channel: VoteChannel;
}

export interface MotionConsensus {
  readonly motionId: string;
  readonly text: string;
  readonly classification: MotionClassification;
  readonly requirement: Requirement;
  readonly factionId: string;
  readonly result: {
    readonly outcome: ResultOutcome;
    readonly date: PartialDate | null;
    readonly settles: readonly string[];
  };
  readonly tally: ShownTally | null;
  readonly asked: readonly AskedMember[];
  readonly notAsked: readonly NamedMember[];
  /** How many more took part than are named: any option but `absent`. */
  readonly unnamed: Bounds;
}

export type ConsensusFacts = Pick<
  MergerFacts,
  'factions' | 'people' | 'members' | 'motions' | 'voteEvents' | 'votes' | 'meetings'
>;

/**
 * For each motion of a faction that takes part, and of the factions beneath it: the tally, the result, who of the voting
 * members was asked and who was not. Null for a person.
 *
 * Asked is who has a vote that counts and is not `absent`. The voting members are those of the motion's own faction on the
 * date of its latest vote event, or at `at` before any. A motion appears once it is proposed, or voted on. In the order of
 * recording; members by name. `unnamed` says how many of `notAsked` may have been asked after all.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // 31 or more yes, 4 named: 31 - 4 = 27 took part whom nobody has named
 * consensusOf(participant, facts, at)?.[0]?.unnamed; // { lower: 27, upper: null }
 */
export function consensusOf(
  participant: Pick<ParticipantFact, 'factionId'>,
  facts: ConsensusFacts,
  at: number,
): readonly MotionConsensus[] | null {
  if (participant.factionId === null) return null;
  const within = factionsBeneath(facts.factions, participant.factionId);
  return facts.motions
    .filter((motion) => within.has(motion.factionId))
    .toSorted(byRecording)
    .flatMap((motion) => {
      const result = motionResult(motion, facts, at);
      const isKnown = motion.proposedOn === null || hasBegun(motion.proposedOn, at);
      return isKnown || result.voteEventId !== null
        ? [motionConsensus(motion, result, facts, at)]
        : [];
    });
}

function motionConsensus(
  motion: MotionFact,
  motionsResult: MotionResult,
  facts: ConsensusFacts,
  at: number,
): MotionConsensus {
  const { outcome, date, settles, tally, voteEventId } = motionsResult;
  const voteEvent = facts.voteEvents.find(({ id }) => id === voteEventId);
  const asOf = date === null ? at : startOf(date);
  const members = membersByName(votingMembers(facts.members, motion.factionId, asOf), facts.people);
  const answers = answersTo(voteEvent, facts, at);
  return {
    motionId: motion.id,
    text: motion.text,
    classification: motion.classification,
    requirement: motion.requirement,
    factionId: motion.factionId,
    result: { outcome, date, settles },
    tally: tally && shownTally(tally),
    asked: members.flatMap((member) => {
      const answer = answers.get(member.personId);
      return answer ? [{ ...member, ...answer }] : [];
    }),
    notAsked: members.filter(({ personId }) => !answers.has(personId)),
    unnamed: tally === null ? { lower: 0, upper: null } : unnamedWhoTookPart(tally),
  };
}

/** What each known person answered who was there to be asked. */
function answersTo(
  voteEvent: VoteEventFact | undefined,
  facts: ConsensusFacts,
  at: number,
): ReadonlyMap<string | null, Pick<AskedMember, 'option' | 'channel'>> {
  const votes = voteEvent ? countedVotesOf(voteEvent, facts, at) : [];
  return new Map(
    votes
      .filter(({ option, personId }) => option !== 'absent' && personId !== null)
      .map(({ personId, option, channel }) => [personId, { option, channel }]),
  );
}

/** By name, then by id; those without a name come first. Compared by code units, so that every machine agrees. */
function membersByName(
  personIds: ReadonlySet<string>,
  people: readonly PersonFact[],
): readonly NamedMember[] {
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return [...personIds]
    .toSorted()
    .map((personId) => ({ personId, name: names.get(personId) ?? null }))
    .toSorted((one, other) => byText(one.name ?? '', other.name ?? ''));
}

function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The votes of all options but `absent`, less the named ones. Seats leave what the absent for certain do not take. */
function unnamedWhoTookPart({ options, seats }: Tally): Bounds {
  const tookPart = VOTE_OPTIONS.filter((option) => option !== 'absent');
  const named = sumOf(tookPart, (option) => options[option].named);
  const lower = sumOf(tookPart, (option) => options[option].lower);
  const uppers = sumOf(tookPart, (option) => options[option].upper ?? Infinity);
  const overfull = seats === null || lower + options.absent.lower > seats;
  const upper = Math.min(uppers, overfull ? Infinity : seats - options.absent.lower);
  return { lower: lower - named, upper: upper === Infinity ? null : upper - named };
}
