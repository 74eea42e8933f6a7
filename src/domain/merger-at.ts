/** What the facts of a merger come to at one time, each worked out once: the ground on which the status stands. */
import { hasBegun } from './dates.js';
import type { MandateFact, MergerFacts, ParticipantFact, PartialDate } from './facts.js';
import { isInForce } from './mandate.js';
import {
  announcementOf,
  awaitedMilestones,
  milestoneAt,
  neededMilestones,
  type MilestoneAt,
} from './milestones.js';
import { byRecording } from './recording.js';
import { isMotionOpen, motionResult, type MotionResult } from './result.js';
import { sourcedAt, type Sourced } from './sourcing.js';
import { stanceOf, type StanceAt } from './stance.js';
import { nameOf, namesIn, type Names } from './wording.js';
import {
  PARTICIPANT_ROLES,
  PRINCIPAL_ROLES,
  type MergerOutcome,
  type Stance,
} from './vocabulary.js';

/** A participant with its name (null when it is no longer on record) and where it stands. */
export interface ParticipantAt {
  readonly participant: ParticipantFact;
  readonly name: string | null;
  readonly stanceAt: StanceAt;
}

export interface MergerAt {
  readonly facts: MergerFacts;
  readonly at: number;
  readonly names: Names;
  /** By motion id. */
  readonly results: ReadonlyMap<string, MotionResult>;
  readonly openMotions: MergerFacts['motions'];
  /** By role, the principals first, and then by recording. */
  readonly participants: readonly ParticipantAt[];
  readonly principals: readonly ParticipantAt[];
  /** The principals that have neither declined nor withdrawn. */
  readonly inPlay: readonly ParticipantAt[];
  readonly mandatesInForce: readonly MandateFact[];
  readonly milestones: readonly MilestoneAt[];
  readonly announcement: MilestoneAt | null;
  readonly needed: readonly MilestoneAt[];
  /** The open ones of these, and the open ones that they wait for. */
  readonly awaited: readonly MilestoneAt[];
  /** The date of the announcement; null while there is none. */
  readonly announcedOn: PartialDate | null;
  readonly sourced: Sourced;
  /** Null until its date has begun. */
  readonly closing: Closing | null;
}

export interface Closing {
  readonly outcome: MergerOutcome;
  readonly closedOn: PartialDate | null;
}

/**
 * Reads the facts of a merger at `at`: every result, stance and state once, in an order that does not depend on that of
 * the facts.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // the posts are settled on the 28th
 * mergerAt(facts, startOf('2022-12-27')).milestones; // [{ milestone: posts, state: 'planned', … }]
 * mergerAt(facts, startOf('2022-12-28')).milestones; // [{ milestone: posts, state: 'achieved', … }]
 */
export function mergerAt(facts: MergerFacts, at: number): MergerAt {
  const names = namesIn(facts);
  const results = new Map(facts.motions.map((one) => [one.id, motionResult(one, facts, at)]));
  const participants = participantsAt(facts, { names, results }, at);
  const principals = participants.filter(({ participant }) =>
    PRINCIPAL_ROLES.includes(participant.role),
  );
  const stances = new Map(participants.map((one) => [one.participant.id, one.stanceAt]));
  const milestones = facts.milestones.map((one) =>
    milestoneAt(one, { ...facts, results, stances }, at),
  );
  const announcement = announcementOf(milestones);
  const needed = neededMilestones(milestones);
  return {
    facts,
    at,
    names,
    results,
    openMotions: facts.motions.toSorted(byRecording).filter((motion) => {
      const result = results.get(motion.id);
      return result !== undefined && isMotionOpen(motion, result, at);
    }),
    participants,
    principals,
    inPlay: principals.filter(({ stanceAt: { stance } }) => !OUT_OF_PLAY.includes(stance)),
    mandatesInForce: facts.mandates.toSorted(byRecording).filter((one) => isInForce(one, at)),
    milestones,
    announcement,
    needed,
    awaited: awaitedMilestones(needed, milestones),
    announcedOn: announcement?.state === 'achieved' ? announcement.since : null,
    sourced: sourcedAt(facts, at),
    closing: closingAt(facts, at),
  };
}

const OUT_OF_PLAY: readonly Stance[] = ['declined', 'withdrawn'];

function participantsAt(
  facts: MergerFacts,
  { names, results }: Pick<MergerAt, 'names' | 'results'>,
  at: number,
): readonly ParticipantAt[] {
  return facts.participants
    .toSorted((one, other) => roleRank(one) - roleRank(other) || byRecording(one, other))
    .map((participant) => ({
      participant,
      name: nameOf(names, participant.factionId ?? participant.personId),
      stanceAt: stanceOf(participant, { ...facts, results }, at),
    }));
}

function roleRank({ role }: ParticipantFact): number {
  return PARTICIPANT_ROLES.indexOf(role);
}

function closingAt({ merger: { outcome, closedOn } }: MergerFacts, at: number): Closing | null {
  if (outcome === null) return null;
  return closedOn === null || hasBegun(closedOn, at) ? { outcome, closedOn } : null;
}
