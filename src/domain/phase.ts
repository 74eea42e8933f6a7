/** Phase: how far a merger has come, in one word, with the reason and what is wrong. */
import { DAY, endOf, hasBegun, startOf } from './dates.js';
import type { MergerAt, ParticipantAt } from './merger-at.js';
import { isOpenMilestone, type MilestoneAt } from './milestones.js';
import { latestOf } from './recording.js';
import { DECIDING_CLASSIFICATIONS, stancePhrase } from './stance.js';
import { successionText } from './succession.js';
import type { TimelineEntry } from './timeline-entry.js';
import { called, listOf, nameOf, quoted, sentence } from './wording.js';

export const PHASES = [
  'proposed',
  'talking',
  'deciding',
  'resolving',
  'ready',
  'announced',
  'collapsed',
  'completed',
] as const;
export type PhaseName = (typeof PHASES)[number];

export const PHASE_FLAGS = ['blocked', 'stalled', 'overdue'] as const;
export type PhaseFlag = (typeof PHASE_FLAGS)[number];

export interface Phase {
  readonly name: PhaseName;
  /** One sentence that names who and what decides it. */
  readonly reason: string;
  readonly flags: readonly PhaseFlag[];
}

/** After so many days without anything on the timeline a merger is stalled. */
export const STALLED_DAYS = 14;

type Named = Pick<Phase, 'name' | 'reason'>;

/**
 * The phase of a merger: the first that holds of completed, collapsed, announced, ready, resolving, deciding, talking
 * and proposed. The principals in play decide it: those that lead or join and have neither declined nor withdrawn.
 *
 * - A merger collapses by its outcome, or when a principal has left and fewer than two remain; fewer than two from the
 *   beginning is no collapse. Agreement needs two or more.
 * - `stalled` is 14 times 24 hours or more since the first instant of the last date on the timeline; nothing has stalled
 *   while there is no entry. `overdue` looks at what is still open, from the end of the due window on. `blocked` is
 *   something needed or the announcement itself. Nothing is flagged once completed or collapsed.
 *
 * @param timeline all of it up to the same `at`, in the order of time
 * @example
 * // MQM-P agreed by motion, PSP has not decided
 * phaseOf(merger, timeline); // { name: 'deciding', reason: 'MQM-P has agreed and PSP has not decided.', flags: [] }
 */
export function phaseOf(merger: MergerAt, timeline: readonly TimelineEntry[]): Phase {
  const named =
    completed(merger) ??
    collapsed(merger) ??
    announced(merger) ??
    agreed(merger) ??
    deciding(merger) ??
    talking(timeline) ??
    proposed(merger);
  return { ...named, flags: isOverPhase(named) ? [] : flagsOf(merger, timeline) };
}

/** Whether nothing more is to come: the merger is completed or collapsed. */
export function isOverPhase({ name }: Pick<Phase, 'name'>): boolean {
  return name === 'completed' || name === 'collapsed';
}

function completed({ facts, at, names }: MergerAt): Named | null {
  const succession = latestOf(
    facts.successions.filter(({ date }) => hasBegun(date, at)),
    ({ date }) => startOf(date),
  );
  if (succession === null) return null;
  return { name: 'completed', reason: successionText(succession, names) };
}

function collapsed({ closing, principals, inPlay }: MergerAt): Named | null {
  if (closing !== null) {
    const date = closing.closedOn === null ? '' : ` on ${closing.closedOn}`;
    const what =
      closing.outcome === 'abandoned' ? 'The merger was abandoned' : 'The merger collapsed';
    return { name: 'collapsed', reason: `${what}${date}.` };
  }
  const left = principals.filter((one) => !inPlay.includes(one));
  if (left.length === 0 || inPlay.length >= 2) return null;
  const who = left.map((one) => `${called(one.name)} has ${one.stanceAt.stance}`);
  const remaining = inPlay.map(({ name }) => called(name));
  const rest = remaining.length === 0 ? 'nobody is left' : `only ${listOf(remaining)} is left`;
  return { name: 'collapsed', reason: sentence(`${listOf(who)}, and ${rest}`) };
}

function announced({ announcedOn, announcement }: MergerAt): Named | null {
  if (announcedOn === null) return null;
  const venue = announcement?.milestone.venue ?? null;
  const where = venue === null ? '' : ` at ${venue}`;
  return { name: 'announced', reason: `The union was announced on ${announcedOn}${where}.` };
}

function agreed({ inPlay, needed }: MergerAt): Named | null {
  if (inPlay.length < 2 || inPlay.some((one) => !hasAgreed(one))) return null;
  const who = listOf(inPlay.map(({ name }) => called(name)));
  const open = needed.filter(isOpenMilestone).map(({ milestone }) => quoted(milestone.title));
  if (open.length === 0) {
    return { name: 'ready', reason: `${who} have agreed, and nothing that is needed is open.` };
  }
  const some = open.length > 3 ? [...open.slice(0, 2), `${open.length - 2} more`] : open;
  const verb = open.length === 1 ? 'is' : 'are';
  return { name: 'resolving', reason: `${who} have agreed; ${listOf(some)} ${verb} still open.` };
}

function deciding({ inPlay, openMotions, mandatesInForce, names }: MergerAt): Named | null {
  if (inPlay.some((one) => hasAgreed(one) || one.stanceAt.stance === 'conditional')) {
    const where = inPlay.map(
      ({ name, stanceAt }) => `${called(name)} ${stancePhrase(stanceAt.stance)}`,
    );
    return { name: 'deciding', reason: sentence(listOf(where)) };
  }
  const motion = openMotions.find(
    ({ classification }) =>
      DECIDING_CLASSIFICATIONS.includes(classification) || classification === 'delegate_decision',
  );
  if (motion) {
    const whose = called(nameOf(names, motion.factionId));
    return { name: 'deciding', reason: `The motion ${quoted(motion.text)} of ${whose} is open.` };
  }
  const [mandate] = mandatesInForce;
  if (mandate === undefined) return null;
  const grantor = called(nameOf(names, mandate.grantorFactionId ?? mandate.grantorPersonId));
  const holder = called(nameOf(names, mandate.holderId));
  return { name: 'deciding', reason: sentence(`${holder} holds a mandate of ${grantor}`) };
}

function talking(timeline: readonly TimelineEntry[]): Named | null {
  const latest = timeline.at(-1);
  if (latest === undefined) return null;
  return { name: 'talking', reason: sentence(`The latest, of ${latest.date}: ${latest.text}`) };
}

function proposed({ inPlay }: MergerAt): Named {
  const who = listOf(inPlay.map(({ name }) => called(name)));
  const between = inPlay.length < 2 ? who && ` with ${who}` : ` between ${who}`;
  return { name: 'proposed', reason: `Nothing has happened yet${between}.` };
}

function hasAgreed({ stanceAt }: ParticipantAt): boolean {
  return stanceAt.stance === 'agreed';
}

function flagsOf(merger: MergerAt, timeline: readonly TimelineEntry[]): readonly PhaseFlag[] {
  const { announcement, needed, at } = merger;
  const concerned = announcement === null ? needed : [...needed, announcement];
  const holds = {
    blocked: concerned.some(({ state }) => state === 'blocked'),
    stalled: isStalled(timeline, at),
    overdue: concerned.some((one) => isOverdue(one, at)),
  };
  return PHASE_FLAGS.filter((flag) => holds[flag]);
}

function isStalled(timeline: readonly TimelineEntry[], at: number): boolean {
  const latest = timeline.at(-1);
  return latest !== undefined && at - startOf(latest.date) >= STALLED_DAYS * DAY;
}

function isOverdue(one: MilestoneAt, at: number): boolean {
  const due = one.milestone.dueTo ?? one.milestone.dueFrom;
  return isOpenMilestone(one) && due !== null && endOf(due) <= at;
}
