/** Status: everything that the rules say of one merger at one time. */
import { consensusOf, type MotionConsensus } from './consensus.js';
import { hasBegun } from './dates.js';
import type { MandateFact, MergerFacts, PartialDate } from './facts.js';
import { forecastOf, type Forecast } from './forecast.js';
import { mergerAt, type MergerAt, type ParticipantAt } from './merger-at.js';
import {
  blockersOf,
  needsOf,
  nextOf,
  type Blocker,
  type Need,
  type NextMilestone,
} from './needs.js';
import { isOverPhase, phaseOf, type Phase } from './phase.js';
import { predictionsAt, type PredictionAt } from './predictions.js';
import { progressOf, type Progress } from './progress.js';
import { sourcingOf, type Sourcing } from './sourcing.js';
import { timelineOf } from './timeline.js';
import type {
  MergerKind,
  MergerOutcome,
  MilestoneState,
  ParticipantRole,
  Stance,
  StanceBasis,
} from './vocabulary.js';
import { nameOf } from './wording.js';

export interface MergerStatus {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly expectedKind: MergerKind | null;
  readonly startedOn: PartialDate | null;
  /** Null until its date has begun, like the outcome. */
  readonly closedOn: PartialDate | null;
  readonly outcome: MergerOutcome | null;
}

export interface AnnouncementStatus {
  readonly milestoneId: string | null;
  readonly state: MilestoneState;
  readonly achievedOn: PartialDate | null;
  readonly venue: string | null;
  /** Null once announced or closed. */
  readonly forecast: Forecast | null;
  readonly predictions: readonly PredictionAt[];
}

/** Exactly one of `factionId` and `personId` is set. */
export interface ParticipantStatus {
  readonly participantId: string;
  readonly factionId: string | null;
  readonly personId: string | null;
  readonly name: string | null;
  readonly role: ParticipantRole;
  readonly stance: Stance;
  readonly since: PartialDate | null;
  readonly basis: StanceBasis | null;
  /** Of a faction; null for a person. */
  readonly consensus: readonly MotionConsensus[] | null;
  readonly motionId: string | null;
  readonly mandateId: string | null;
  readonly reason: string;
}

/** A mandate that is in force. Exactly one of the two grantors is set. */
export interface MandateStatus {
  readonly mandateId: string;
  readonly grantorFactionId: string | null;
  readonly grantorPersonId: string | null;
  readonly grantorName: string | null;
  readonly holderId: string;
  readonly holderName: string | null;
  readonly scope: string;
  readonly startDate: PartialDate;
  readonly endDate: PartialDate | null;
  readonly motionId: string | null;
}

export interface Status {
  readonly merger: MergerStatus;
  readonly phase: Phase;
  readonly progress: Progress;
  readonly announcement: AnnouncementStatus;
  readonly participants: readonly ParticipantStatus[];
  readonly mandates: readonly MandateStatus[];
  readonly blockers: readonly Blocker[];
  readonly next: readonly NextMilestone[];
  readonly needs: readonly Need[];
  readonly sourcing: Sourcing;
}

/** One line of the list of open mergers. */
export interface StatusSummary {
  readonly merger: MergerStatus;
  readonly phase: Phase;
  readonly progress: Pick<Progress, 'percent'>;
  readonly announcement: Pick<AnnouncementStatus, 'milestoneId' | 'state' | 'achievedOn'> & {
    readonly forecast: Pick<
      Forecast,
      'completeness' | 'earliest' | 'likely' | 'latest' | 'notBefore'
    > | null;
  };
  /** How many things are missing. */
  readonly needs: number;
}

/**
 * Where a merger stands at `at`, by everything that the rules say, in the order in which the API shows it.
 *
 * A fact counts from the first instant of its date; what has no date always counts. Only the facts and `at` make it: the
 * same facts in another order give the same status. Once a merger is over, completed or collapsed, nothing blocks it, is
 * next or is missing, and there is no forecast; once it is announced nothing is missing.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // the founding story: MQM-P's committee voted and gave Siddiqui a mandate, PSP has not decided
 * status(facts, instantMeant('2022-12-30')).phase.name; // 'deciding'
 */
export function status(facts: MergerFacts, at: number): Status {
  const merger = mergerAt(facts, at);
  const phase = phaseOf(merger, timelineOf(merger));
  const isOver = isOverPhase(phase);
  return {
    merger: mergerStatus(merger),
    phase,
    progress: progressOf(merger.needed),
    announcement: announcementStatus(merger, isOver),
    participants: merger.participants.map((one) => participantStatus(one, merger)),
    mandates: merger.mandatesInForce.map((mandate) => mandateStatus(mandate, merger)),
    blockers: isOver ? [] : blockersOf(merger),
    next: isOver ? [] : nextOf(merger),
    needs: isOver ? [] : needsOf(merger),
    sourcing: sourcingOf(merger.sourced),
  };
}

/**
 * One line of the list of open mergers; `needs` is how many things are missing.
 *
 * @example
 * summaryOf(status); // { merger, phase, progress: { percent: 63.3 }, announcement: { …, forecast: { likely: '2023-01-08', … } }, needs: 2 }
 */
export function summaryOf({
  merger,
  phase,
  progress,
  announcement,
  needs,
}: Pick<Status, 'merger' | 'phase' | 'progress' | 'announcement' | 'needs'>): StatusSummary {
  const { milestoneId, state, achievedOn, forecast } = announcement;
  return {
    merger,
    phase,
    progress: { percent: progress.percent },
    announcement: {
      milestoneId,
      state,
      achievedOn,
      forecast: forecast && {
        completeness: forecast.completeness,
        earliest: forecast.earliest,
        likely: forecast.likely,
        latest: forecast.latest,
        notBefore: forecast.notBefore,
      },
    },
    needs: needs.length,
  };
}

function mergerStatus({ facts: { merger }, closing, at }: MergerAt): MergerStatus {
  const { id, slug, title, expectedKind, startedOn, closedOn } = merger;
  const isClosed = closedOn !== null && hasBegun(closedOn, at);
  return {
    id,
    slug,
    title,
    expectedKind,
    startedOn,
    closedOn: isClosed ? closedOn : null,
    outcome: closing?.outcome ?? null,
  };
}

function announcementStatus(merger: MergerAt, isOver: boolean): AnnouncementStatus {
  const { announcement, announcedOn, awaited, facts, names, at } = merger;
  return {
    milestoneId: announcement?.milestone.id ?? null,
    state: announcement?.state ?? 'planned',
    achievedOn: announcedOn,
    venue: announcement?.milestone.venue ?? null,
    forecast: isOver ? null : forecastOf(announcement, awaited, at),
    predictions: predictionsAt({ ...facts, names }, { announcedOn, isOver }, at),
  };
}

function participantStatus(
  { participant, name, stanceAt }: ParticipantAt,
  { facts, at }: MergerAt,
): ParticipantStatus {
  const { id, factionId, personId, role } = participant;
  const { stance, since, basis, motionId, mandateId, reason } = stanceAt;
  return {
    participantId: id,
    factionId,
    personId,
    name,
    role,
    stance,
    since,
    basis,
    consensus: consensusOf(participant, facts, at),
    motionId,
    mandateId,
    reason,
  };
}

function mandateStatus(mandate: MandateFact, { names }: MergerAt): MandateStatus {
  const { id, grantorFactionId, grantorPersonId, holderId, scope } = mandate;
  return {
    mandateId: id,
    grantorFactionId,
    grantorPersonId,
    grantorName: nameOf(names, grantorFactionId ?? grantorPersonId),
    holderId,
    holderName: nameOf(names, holderId),
    scope,
    startDate: mandate.startDate,
    endDate: mandate.endDate,
    motionId: mandate.motionId,
  };
}
