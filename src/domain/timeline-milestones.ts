/** The entries of the timeline that are about milestones: transitions, implied ones, and the announcement. */
import { hasBegun, startOf } from './dates.js';
import type { MilestoneFact, TransitionFact } from './facts.js';
import type { MergerAt } from './merger-at.js';
import type { MilestoneAt } from './milestones.js';
import { mentionsOfParticipant } from './timeline-entries.js';
import type { Mention, RecordedEntry } from './timeline-entry.js';
import { called, inWords, quoted, sentence } from './wording.js';

/** Each recorded change of a milestone's state; an announcement that is achieved is the announcement itself. */
export function transitionEntries(merger: MergerAt): readonly RecordedEntry[] {
  const milestones = new Map(merger.facts.milestones.map((one) => [one.id, one]));
  return merger.facts.transitions
    .filter(({ occurredOn }) => hasBegun(occurredOn, merger.at))
    .flatMap((transition): readonly RecordedEntry[] => {
      const milestone = milestones.get(transition.milestoneId);
      if (milestone === undefined) return [];
      const { id, occurredOn, state } = transition;
      const isAnnounced = state === 'achieved' && isAnnouncement(milestone);
      return [
        {
          recorded: transition,
          entry: {
            date: occurredOn,
            kind: isAnnounced ? 'announcement' : 'transition',
            recordType: 'transitions',
            recordId: id,
            text: sentence(
              isAnnounced ? announcedText(milestone) : stateText(milestone, transition),
            ),
            value: state,
            mentions: [mentionOf(milestone)],
          },
        },
      ];
    });
}

/** What is achieved because something else came true, unless it was recorded as achieved for the same instant. */
export function impliedEntries(merger: MergerAt): readonly RecordedEntry[] {
  return merger.milestones.flatMap((one): readonly RecordedEntry[] => {
    const { milestone, implied } = one;
    if (implied === null || isRecordedAsWell(one, merger)) return [];
    const cause = causeOf(milestone, merger);
    const isAnnounced = isAnnouncement(milestone);
    const what = isAnnounced ? announcedText(milestone) : `${quoted(milestone.title)} is achieved`;
    return [
      {
        recorded: implied.cause,
        entry: {
          date: implied.date,
          kind: isAnnounced ? 'announcement' : 'implied_transition',
          recordType: 'milestones',
          recordId: milestone.id,
          text: sentence(`${what}${cause.because}`),
          value: 'achieved',
          mentions: [mentionOf(milestone), ...cause.mentions],
        },
      },
    ];
  });
}

interface CauseInWords {
  readonly because: string;
  readonly mentions: readonly Mention[];
}

function isAnnouncement({ classification }: MilestoneFact): boolean {
  return classification === 'announcement';
}

function isRecordedAsWell({ milestone, implied }: MilestoneAt, { facts }: MergerAt): boolean {
  return facts.transitions.some(
    ({ milestoneId, state, occurredOn }) =>
      milestoneId === milestone.id &&
      state === 'achieved' &&
      implied !== null &&
      startOf(occurredOn) === startOf(implied.date),
  );
}

function announcedText({ venue }: MilestoneFact): string {
  return venue === null ? 'the union was announced' : `the union was announced at ${venue}`;
}

function stateText({ title }: MilestoneFact, { state, percent, note }: TransitionFact): string {
  const done = percent === null ? '' : `, ${percent} percent done`;
  const why = note === null ? '' : `: ${note}`;
  return `${quoted(title)} is ${inWords(state)}${done}${why}`;
}

function causeOf({ satisfiedBy }: MilestoneFact, { facts, names }: MergerAt): CauseInWords {
  const { motionId, meetingId, participantId } = satisfiedBy ?? {};
  const motion = facts.motions.find(({ id }) => id === motionId);
  if (motion) {
    const mention = { recordType: 'motions', recordId: motion.id, name: motion.text } as const;
    return { because: `: the motion ${quoted(motion.text)} passed`, mentions: [mention] };
  }
  const meeting = facts.meetings.find(({ id }) => id === meetingId);
  if (meeting) {
    const mention = { recordType: 'meetings', recordId: meeting.id, name: meeting.title } as const;
    return { because: `: ${quoted(meeting.title)} was held`, mentions: [mention] };
  }
  const participant = facts.participants.find(({ id }) => id === participantId);
  const mentions = mentionsOfParticipant(participant, names);
  return { because: `: ${called(mentions[0]?.name ?? null)} agreed`, mentions };
}

function mentionOf({ id, title }: MilestoneFact): Mention {
  return { recordType: 'milestones', recordId: id, name: title };
}
