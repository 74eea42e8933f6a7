/** Milestones: the state of each, and which of them the announcement needs. */
import { hasBegun, startOf } from './dates.js';
import type {
  MeetingFact,
  MilestoneFact,
  PartialDate,
  SatisfiedBy,
  TransitionFact,
} from './facts.js';
import { byRecording, latestOf } from './recording.js';
import type { MotionResult } from './result.js';
import type { DatedCause, StanceAt } from './stance.js';
import { RuleViolation } from './violation.js';
import { OPEN_MILESTONE_STATES, type MilestoneState } from './vocabulary.js';

export interface MilestoneAt {
  readonly milestone: MilestoneFact;
  readonly state: MilestoneState;
  /** The date of the transition it rests on, as given; null before any. */
  readonly since: PartialDate | null;
  /** How much of it is done, 0 to 99; null when nobody stated it and when it is achieved or dropped. */
  readonly percent: number | null;
  readonly note: string | null;
  /** When what satisfies it came true, and by which record; also when an explicit transition wins. */
  readonly implied: DatedCause | null;
}

/** What states are read from: `results` and `stances` are those at the same `at`, by motion and by participant. */
export interface MilestoneFacts {
  readonly transitions: readonly TransitionFact[];
  readonly meetings: readonly MeetingFact[];
  readonly results: ReadonlyMap<string, MotionResult>;
  readonly stances: ReadonlyMap<string, StanceAt>;
}

/**
 * The state of a milestone at `at`: that of its latest transition, by date and then by recording; before any, `planned`.
 *
 * What satisfies it implies `achieved` on the date of the vote, on the start of the meeting that was held, or on the date
 * on which the participant first took its present agreement. A transition that somebody recorded wins over the implied
 * one when it is of the same instant or later. The percent is the last one stated, by whichever transition, and comes
 * back when a milestone is opened again; achieved and dropped have none.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // 40 percent on the 20th, blocked without a percent on the 22nd
 * milestoneAt(milestone, facts, startOf('2022-12-23')); // { state: 'blocked', since: '2022-12-22', percent: 40, … }
 */
export function milestoneAt(
  milestone: MilestoneFact,
  facts: MilestoneFacts,
  at: number,
): MilestoneAt {
  const begun = facts.transitions.filter(
    ({ milestoneId, occurredOn }) => milestoneId === milestone.id && hasBegun(occurredOn, at),
  );
  const implied = impliedBy(milestone.satisfiedBy, facts, at);
  const latest = latestOf(begun, instantOf);
  if (implied && !(latest && instantOf(latest) >= startOf(implied.date))) {
    const since = implied.date;
    return { milestone, state: 'achieved', since, percent: null, note: null, implied };
  }
  if (latest === null) {
    return { milestone, state: 'planned', since: null, percent: null, note: null, implied };
  }
  const { state, occurredOn: since, note } = latest;
  const percent = isOpenState(state) ? lastPercent(begun) : null;
  return { milestone, state, since, percent, note, implied };
}

/**
 * What the announcement needs, in the order of recording: what it depends on, transitively; while it names no dependency,
 * every other milestone but the aftermath and what itself waits, transitively, for the announcement: it would be needed for
 * ever and never be next.
 *
 * The need ends at a dropped milestone: neither it is needed nor what only it depended on. It goes on through an achieved
 * one. A dependency that is no longer on record is none. The announcement does not need itself, and a cycle ends the walk.
 *
 * @example
 * // announcement → posts → name (dropped) → flag: only the posts are needed
 * neededMilestones([announcement, posts, name, flag]); // [posts]
 */
export function neededMilestones(milestones: readonly MilestoneAt[]): readonly MilestoneAt[] {
  const ordered = milestones.toSorted((one, other) => byRecording(one.milestone, other.milestone));
  const announcement = announcementOf(ordered);
  const candidates = ordered.filter((one) => one !== announcement && one.state !== 'dropped');
  const known = new Map(ordered.map((one) => [one.milestone.id, one]));
  const named = announcement?.milestone.dependsOn.filter((id) => known.has(id)) ?? [];
  if (named.length === 0) {
    const waiting = waitingFor(announcement, ordered);
    return candidates.filter(
      ({ milestone: { id, classification } }) => classification !== 'aftermath' && !waiting.has(id),
    );
  }
  const reached = new Set(named);
  for (const id of reached) {
    const one = known.get(id);
    if (one === undefined || one.state === 'dropped') continue;
    for (const next of one.milestone.dependsOn) reached.add(next);
  }
  return candidates.filter(({ milestone }) => reached.has(milestone.id));
}

/**
 * The open ones among what is needed, and the open ones that these wait for, transitively, whether they are needed or not:
 * an aftermath that a needed step depends on is not needed, and is to be waited for all the same.
 *
 * @example
 * // the announcement names no dependency; the oath waits for the elections, an aftermath
 * awaitedMilestones([oath], [announcement, oath, elections]); // [oath, elections]
 */
export function awaitedMilestones(
  needed: readonly MilestoneAt[],
  milestones: readonly MilestoneAt[],
): readonly MilestoneAt[] {
  const announcement = announcementOf(milestones);
  const open = milestones.filter((one) => one !== announcement && isOpenMilestone(one));
  const awaited = new Set(needed.filter(isOpenMilestone));
  for (const { milestone } of awaited) {
    for (const one of open) if (milestone.dependsOn.includes(one.milestone.id)) awaited.add(one);
  }
  return [...awaited];
}

/** The ids of the announcement and of all that depends on it, transitively, but not through a dropped one. */
function waitingFor(
  announcement: MilestoneAt | null,
  milestones: readonly MilestoneAt[],
): ReadonlySet<string> {
  const waiting = new Set(announcement === null ? [] : [announcement.milestone.id]);
  for (const awaited of waiting) {
    for (const { milestone, state } of milestones) {
      if (state !== 'dropped' && milestone.dependsOn.includes(awaited)) waiting.add(milestone.id);
    }
  }
  return waiting;
}

/** The announcement milestone of a merger; of several, which are refused, the first recorded. */
export function announcementOf(milestones: readonly MilestoneAt[]): MilestoneAt | null {
  const [first] = milestones
    .filter(({ milestone }) => milestone.classification === 'announcement')
    .toSorted((one, other) => byRecording(one.milestone, other.milestone));
  return first ?? null;
}

/** Whether a milestone is still to do. */
export function isOpenMilestone({ state }: Pick<MilestoneAt, 'state'>): boolean {
  return isOpenState(state);
}

/**
 * Refuses a percent with a state in which nothing is left to do.
 *
 * @throws RuleViolation percent_on_closed_state
 * @example
 * assertTransitionIsSound({ state: 'achieved', percent: 80 }); // refused
 */
export function assertTransitionIsSound({
  state,
  percent,
}: Pick<TransitionFact, 'state' | 'percent'>): void {
  if (percent === null || isOpenState(state)) return;
  throw new RuleViolation(
    'percent_on_closed_state',
    `A milestone that is ${state} has no percent.`,
    '/percent',
  );
}

function isOpenState(state: MilestoneState): boolean {
  return OPEN_MILESTONE_STATES.includes(state);
}

function instantOf({ occurredOn }: TransitionFact): number {
  return startOf(occurredOn);
}

function lastPercent(begun: readonly TransitionFact[]): number | null {
  const stating = begun.filter(({ percent }) => percent !== null);
  return latestOf(stating, instantOf)?.percent ?? null;
}

function impliedBy(
  satisfiedBy: SatisfiedBy | null,
  facts: MilestoneFacts,
  at: number,
): DatedCause | null {
  const { motionId, meetingId, participantId } = satisfiedBy ?? {};
  if (motionId) return passing(facts.results.get(motionId));
  if (participantId) {
    const stance = facts.stances.get(participantId);
    return stance?.stance === 'agreed' ? stance.firstTaken : null;
  }
  const meeting = facts.meetings.find(({ id }) => id === meetingId);
  if (meeting?.status !== 'held' || meeting.startsOn === null) return null;
  return hasBegun(meeting.startsOn, at) ? { date: meeting.startsOn, cause: meeting } : null;
}

function passing(result: MotionResult | undefined): DatedCause | null {
  if (result?.outcome !== 'pass') return null;
  const { date, voteEventId, recordedAt } = result;
  if (date === null || voteEventId === null || recordedAt === null) return null;
  return { date, cause: { id: voteEventId, createdAt: recordedAt } };
}
