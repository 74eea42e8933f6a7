/** Needs: what is missing for the announcement, what blocks it, and what can be done next. */
import { hasBegun } from './dates.js';
import { factionsBeneath } from './factions.js';
import type { MeetingFact, MotionFact, PartialDate } from './facts.js';
import type { MergerAt, ParticipantAt } from './merger-at.js';
import { isOpenMilestone, type MilestoneAt } from './milestones.js';
import { byRecording } from './recording.js';
import { stancePhrase } from './stance.js';
import { called, inWords, nameOf, quoted, sentence } from './wording.js';
import type { MilestoneClassification, MilestoneState } from './vocabulary.js';

export const NEED_RECORD_TYPES = ['participants', 'motions', 'milestones'] as const;

/** One thing that is missing for the announcement: a sentence, and the record that it is about. */
export interface Need {
  readonly text: string;
  readonly recordType: (typeof NEED_RECORD_TYPES)[number];
  readonly recordId: string;
}

export interface Blocker {
  readonly milestoneId: string;
  readonly title: string;
  readonly classification: MilestoneClassification;
  readonly since: PartialDate | null;
  readonly note: string | null;
}

export interface NextMilestone {
  readonly milestoneId: string;
  readonly title: string;
  readonly classification: MilestoneClassification;
  readonly state: MilestoneState;
  readonly percent: number | null;
  readonly dueFrom: PartialDate | null;
  readonly dueTo: PartialDate | null;
}

/**
 * The shortest list of what is missing for the announcement: the principals in play that have not agreed, the motions
 * that are open, and the needed milestones that are.
 *
 * One thing is listed once: a milestone that a listed motion or participant would satisfy is left out. A meeting that is
 * still to come is told with whom it is to be held by, or with the milestone that waits for it. The list does not ask
 * whether the merger is over; see `status`.
 *
 * @example
 * // PSP undecided, its motion open, and a milestone that this motion satisfies: two items
 * needsOf(merger)[0]?.text; // 'PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.'
 */
export function needsOf(merger: MergerAt): readonly Need[] {
  if (merger.announcedOn !== null) return [];
  const undecided = merger.inPlay.filter(({ stanceAt }) => stanceAt.stance !== 'agreed');
  const listed = new Set([
    ...undecided.map(({ participant }) => participant.id),
    ...merger.openMotions.map(({ id }) => id),
  ]);
  const milestones = merger.needed.filter((one) => isOpenMilestone(one) && !isListed(one, listed));
  return [
    ...undecided.map((one) => needOfParticipant(one, merger)),
    ...merger.openMotions.map((motion) => needOfMotion(motion, merger)),
    ...milestones.map((one) => needOfMilestone(one, merger)),
  ];
}

/**
 * What is blocked of what the announcement needs, in the order of recording, and the announcement itself when it is.
 *
 * @example
 * blockersOf(merger); // [{ title: 'Share out the posts', since: '2022-12-20', note: 'PSP wants the convenership', … }]
 */
export function blockersOf({ needed, announcement }: MergerAt): readonly Blocker[] {
  const concerned = announcement === null ? needed : [...needed, announcement];
  return concerned
    .filter(({ state }) => state === 'blocked')
    .map(({ milestone: { id, title, classification }, since, note }) => {
      return { milestoneId: id, title, classification, since, note };
    });
}

/**
 * What can be done next: the open needed milestones all of whose dependencies are achieved or dropped, in the order of
 * recording. A blocked one is among them: it waits for no other.
 *
 * @example
 * // the posts depend on the talks, and these are held
 * nextOf(merger); // [{ title: 'Share out the posts', state: 'planned', … }]
 */
export function nextOf({ needed, milestones }: MergerAt): readonly NextMilestone[] {
  const open = new Set(milestones.filter(isOpenMilestone).map(({ milestone }) => milestone.id));
  return needed
    .filter(
      ({ milestone: { id, dependsOn } }) =>
        open.has(id) && !dependsOn.some((dependency) => open.has(dependency)),
    )
    .map(({ milestone: { id, title, classification, dueFrom, dueTo }, state, percent }) => {
      return { milestoneId: id, title, classification, state, percent, dueFrom, dueTo };
    });
}

function isListed({ milestone }: MilestoneAt, listed: ReadonlySet<string>): boolean {
  const { motionId, participantId } = milestone.satisfiedBy ?? {};
  const cause = motionId ?? participantId;
  return cause !== undefined && listed.has(cause);
}

function needOfParticipant({ participant, name, stanceAt }: ParticipantAt, merger: MergerAt): Need {
  const meetings = meetingsToCome(participant.factionId, merger);
  const told = meetings.map((meeting) => `its meeting${placeOf(meeting)} ${outlookOf(meeting)}`);
  const text = [`${called(name)} ${stancePhrase(stanceAt.stance)}`, ...told].join('; ');
  return { text: sentence(text), recordType: 'participants', recordId: participant.id };
}

function needOfMotion({ id, text, factionId }: MotionFact, { names, results }: MergerAt): Need {
  const [settles] = results.get(id)?.settles ?? [];
  const missing =
    settles === undefined ? '' : `: ${settles.charAt(0).toLowerCase()}${settles.slice(1)}`;
  const whose = called(nameOf(names, factionId));
  return {
    text: sentence(`the motion ${quoted(text)} of ${whose} is undetermined${missing}`),
    recordType: 'motions',
    recordId: id,
  };
}

function needOfMilestone(one: MilestoneAt, { facts }: MergerAt): Need {
  const { id, title, satisfiedBy } = one.milestone;
  const meeting = facts.meetings.find((other) => other.id === satisfiedBy?.meetingId);
  const told = meeting ? [`the meeting${placeOf(meeting)} ${outlookOf(meeting)}`] : [];
  const text = [`${quoted(title)} is ${stateInWords(one)}`, ...told].join('; ');
  return { text: sentence(text), recordType: 'milestones', recordId: id };
}

/** A milestone's state with what was said of it. @example 'in progress, 40 percent done' */
function stateInWords({ state, percent, note }: MilestoneAt): string {
  const done = percent === null ? '' : `, ${percent} percent done`;
  const why = state === 'blocked' && note !== null ? `: ${note}` : '';
  return `${inWords(state)}${done}${why}`;
}

/** The meetings that a faction or a body beneath it is to hold. */
function meetingsToCome(factionId: string | null, { facts, at }: MergerAt): readonly MeetingFact[] {
  if (factionId === null) return [];
  const within = factionsBeneath(facts.factions, factionId);
  return facts.meetings
    .filter(({ hostFactionId, status, startsOn }) => {
      if (hostFactionId === null || !within.has(hostFactionId)) return false;
      if (status === 'held') return startsOn !== null && !hasBegun(startsOn, at);
      return status !== 'cancelled';
    })
    .toSorted(byRecording);
}

function placeOf({ venue }: MeetingFact): string {
  return venue === null ? '' : ` at ${venue}`;
}

function outlookOf({ status, startsOn }: MeetingFact): string {
  if (startsOn === null) return `is ${status} and has no date yet`;
  return status === 'held' ? `is to be held on ${startsOn}` : `is ${status} for ${startsOn}`;
}
