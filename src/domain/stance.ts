/** Stance: where a participant stands, by what it said and by what its motions decided. */
import { endOf, hasBegun, startOf } from './dates.js';
import type { MergerFacts, ParticipantFact, PartialDate, Recorded, StanceFact } from './facts.js';
import { factionsBeneath } from './factions.js';
import { byRecording } from './recording.js';
import type { MotionResult } from './result.js';
import { quoted, sentence } from './wording.js';
import type { MotionClassification, Stance, StanceBasis } from './vocabulary.js';

/** The motions whose result is a stance. */
export const DECIDING_CLASSIFICATIONS: readonly MotionClassification[] = ['accept_entry', 'merge'];

export interface StanceAt {
  readonly stance: Stance;
  /** The date of what it rests on, as given; null while it rests on nothing. */
  readonly since: PartialDate | null;
  readonly basis: StanceBasis | null;
  readonly motionId: string | null;
  readonly mandateId: string | null;
  readonly note: string | null;
  /** One sentence on what it rests on. */
  readonly reason: string;
  /** The first of the equal stances in an unbroken row that ends with this one; null while it rests on nothing. */
  readonly firstTaken: DatedCause | null;
}

/** A date and the record that gives it. */
export interface DatedCause {
  readonly date: PartialDate;
  readonly cause: Recorded;
}

/** `results` are those of the motions at the same `at`, by the motion's id. */
export type StanceFacts = Pick<MergerFacts, 'stances' | 'motions' | 'factions'> & {
  readonly results: ReadonlyMap<string, MotionResult>;
};

/**
 * Where a participant stands at `at`: the latest of its stance changes and of the results of its motions.
 *
 * Its motions are its faction's and those of all beneath it. A passed `accept_entry` or `merge` counts as `agreed`, one
 * failed for certain as `opposed`. The surprises:
 * - Latest is by the first instant of the date, then by recording; a result was recorded when its vote event was.
 * - A passed one counts as `conditional` when a `delegate_decision` of the participant has passed as well, from the later
 *   of the two dates, until a stance is taken on a mandate on or after the date of that delegation. A delegation by itself
 *   changes nothing, nor does it move a result in the order of dates.
 * - That answer comes after what it answers, whatever the hour: a refusal of the 28th wins over an entry and a delegation
 *   passed on the 28th at 20:00.
 * - A stance said again takes the date of the last time; `firstTaken` keeps the first.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // exploring since the 20th; on the 28th the committee beneath it accepts PSP and delegates the decision
 * stanceOf(participant, facts, at); // { stance: 'conditional', since: '2022-12-28', basis: 'motion', … }
 */
export function stanceOf(
  participant: Pick<ParticipantFact, 'id' | 'factionId'>,
  facts: StanceFacts,
  at: number,
): StanceAt {
  const own = facts.stances.filter(
    ({ participantId, occurredOn }) => participantId === participant.id && hasBegun(occurredOn, at),
  );
  const decided = decidedFor(participant, facts);
  const changes = [
    ...own.map((change) => ofStanceChange(change, decided)),
    ...decided.filter(isDeciding).map((one) => ofResult(one, delegationOf(one, decided, own))),
  ].toSorted(byPlace);
  const latest = changes.at(-1);
  if (latest === undefined) return UNDECIDED;
  const lastOther = changes.findLastIndex(({ stance }) => stance !== latest.stance);
  const first = changes[lastOther + 1] ?? latest;
  const { stance, since, basis, motionId, mandateId, note, reason } = latest;
  const firstTaken = { date: first.since, cause: first.cause };
  return { stance, since, basis, motionId, mandateId, note, reason, firstTaken };
}

/** A stance in a sentence, behind a name. @example `PSP ${stancePhrase('undecided')}` // 'PSP has not decided' */
export function stancePhrase(stance: Stance): string {
  switch (stance) {
    case 'undecided':
      return 'has not decided';
    case 'exploring':
      return 'is exploring the union';
    case 'conditional':
      return 'agrees on conditions';
    case 'agreed':
      return 'has agreed';
    case 'opposed':
      return 'is opposed';
    case 'declined':
      return 'has declined';
    case 'withdrawn':
      return 'has withdrawn';
  }
}

const UNDECIDED: StanceAt = {
  stance: 'undecided',
  since: null,
  basis: null,
  motionId: null,
  mandateId: null,
  note: null,
  reason: 'Nothing is recorded on where it stands.',
  firstTaken: null,
};

/** A stance change, or a result that counts as one. */
interface Change extends Omit<StanceAt, 'since' | 'firstTaken'> {
  readonly since: PartialDate;
  readonly cause: Recorded;
  readonly own: Place;
  /** Its own place, or that of the last thing that it answers and comes right behind. */
  readonly place: Place;
}

/** A place in the order of dates and, within one, of recording. */
interface Place {
  readonly from: number;
  readonly recorded: Recorded;
}

function byPlace(one: Change, other: Change): number {
  return (
    comparePlaces(one.place, other.place) ||
    Number(isBehind(one)) - Number(isBehind(other)) ||
    comparePlaces(one.own, other.own)
  );
}

function isBehind({ own, place }: Change): boolean {
  return place !== own;
}

function comparePlaces(one: Place, other: Place): number {
  return one.from - other.from || byRecording(one.recorded, other.recorded);
}

function placeOf({ date, cause }: DatedCause): Place {
  return { from: startOf(date), recorded: cause };
}

function ofStanceChange(change: StanceFact, decided: readonly Decided[]): Change {
  const { stance, occurredOn: since, basis, motionId, mandateId, note } = change;
  const own = placeOf({ date: since, cause: change });
  const place = placeBehind(own, answeredBy(change, decided));
  const reason = reasonOf(change);
  return { stance, since, basis, motionId, mandateId, note, reason, cause: change, own, place };
}

/** The last of the places: the own one while nothing answered comes after it. */
function placeBehind(own: Place, answered: readonly Decided[]): Place {
  return [own, ...answered.map(placeOf)].reduce((last, next) =>
    comparePlaces(next, last) > 0 ? next : last,
  );
}

function reasonOf({ basis, occurredOn }: StanceFact): string {
  switch (basis) {
    case 'statement':
      return `It said so on ${occurredOn}.`;
    case 'motion':
      return `A motion of ${occurredOn} says so.`;
    case 'mandate':
      return `The holder of its mandate decided so on ${occurredOn}.`;
    case 'reported':
      return `It was reported so for ${occurredOn}.`;
    case null:
      return `It is recorded so for ${occurredOn}.`;
  }
}

/** A motion that has passed or failed, with when and by which vote event. */
interface Decided extends DatedCause {
  readonly motionId: string;
  readonly text: string;
  readonly classification: MotionClassification;
  readonly passed: boolean;
}

function decidedFor(
  { factionId }: Pick<ParticipantFact, 'factionId'>,
  facts: StanceFacts,
): readonly Decided[] {
  if (factionId === null) return [];
  const within = factionsBeneath(facts.factions, factionId);
  return facts.motions
    .filter((motion) => within.has(motion.factionId))
    .flatMap((motion): readonly Decided[] => {
      const { outcome, date, voteEventId, recordedAt } = facts.results.get(motion.id) ?? NO_RESULT;
      if (outcome === 'undetermined' || date === null) return [];
      const cause = { id: voteEventId ?? motion.id, createdAt: recordedAt ?? motion.createdAt };
      const { id: motionId, text, classification } = motion;
      return [{ motionId, text, classification, passed: outcome === 'pass', date, cause }];
    });
}

const NO_RESULT = {
  outcome: 'undetermined',
  date: null,
  voteEventId: null,
  recordedAt: null,
} as const;

function isDeciding({ classification }: Decided): boolean {
  return DECIDING_CLASSIFICATIONS.includes(classification);
}

function isDelegation({ classification, passed }: Decided): boolean {
  return passed && classification === 'delegate_decision';
}

/** Whether a stance may be later than a result, by the last instant that its date allows. */
function isNotBefore({ occurredOn }: StanceFact, { date }: Decided): boolean {
  return endOf(occurredOn) > startOf(date);
}

/** The delegations and the passed entries that a stance on a mandate answers; none without a delegation. */
function answeredBy(change: StanceFact, decided: readonly Decided[]): readonly Decided[] {
  if (change.basis !== 'mandate') return [];
  const earlier = decided.filter((one) => one.passed && isNotBefore(change, one));
  if (!earlier.some(isDelegation)) return [];
  return earlier.filter((one) => isDelegation(one) || isDeciding(one));
}

/**
 * The latest delegation, while it is not answered for this result: by a stance on a mandate dated on or after it, which
 * agrees or is not before the result either. So a refusal never turns an entry that is accepted later into `agreed`.
 */
function delegationOf(
  result: Decided,
  decided: readonly Decided[],
  own: readonly StanceFact[],
): Decided | null {
  const [latest] = decided
    .filter(isDelegation)
    .toSorted((one, other) => startOf(other.date) - startOf(one.date));
  if (latest === undefined) return null;
  const isAnswered = own.some(
    (change) =>
      change.basis === 'mandate' &&
      isNotBefore(change, latest) &&
      (change.stance === 'agreed' || isNotBefore(change, result)),
  );
  return isAnswered ? null : latest;
}

function ofResult(decided: Decided, delegation: Decided | null): Change {
  const { motionId, text, passed, date, cause } = decided;
  const own = placeOf(decided);
  const placed = { cause, own, place: own };
  const shared = { basis: 'motion', motionId, mandateId: null, note: null, ...placed } as const;
  const outcome = `the motion ${quoted(text)} ${passed ? 'passed' : 'failed'} on ${date}`;
  if (!passed || delegation === null) {
    const stance = passed ? 'agreed' : 'opposed';
    return { ...shared, stance, since: date, reason: sentence(outcome) };
  }
  const since = startOf(delegation.date) > own.from ? delegation.date : date;
  const reason = sentence(`${outcome}, and the decision is delegated and not yet taken`);
  return { ...shared, stance: 'conditional', since, reason };
}
