/** Claims: what the records of a merger say, since when, and whom each kind of record is about. */
import type * as facts from './facts.js';
import type { PartialDate } from './facts.js';
import { PRINCIPAL_ROLES, type RecordType } from './vocabulary.js';
import { dateOfVoteEvent } from './votes.js';

/** Whom a record is about: they can confirm it. Of a faction its members can, and those of committees beneath it. */
export interface Subjects {
  readonly people: readonly string[];
  readonly factions: readonly string[];
}

/** A record as something that sources speak for or against. */
export interface Claim {
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly subjects: Subjects;
}

/** A claim of a merger's facts, with the date from which it counts; null: always. */
export interface DatedClaim extends Claim {
  readonly date: PartialDate | null;
}

/** What a record may have to be seen with to know whom it is about. */
export type Near = Pick<facts.MergerFacts, 'participants' | 'motions'>;

/** What each kind of record is, to the rules. */
export interface FactOf {
  readonly factions: Pick<facts.FactionFact, 'id'>;
  readonly people: Pick<facts.PersonFact, 'id'>;
  readonly members: facts.MemberFact;
  readonly mergers: Pick<facts.MergerFact, 'id'>;
  readonly participants: facts.ParticipantFact;
  readonly stances: facts.StanceFact;
  readonly milestones: facts.MilestoneFact;
  readonly transitions: facts.TransitionFact;
  readonly meetings: facts.MeetingFact;
  readonly attendance: facts.AttendanceFact;
  readonly motions: facts.MotionFact;
  readonly 'vote-events': facts.VoteEventFact;
  readonly votes: facts.VoteFact;
  readonly mandates: facts.MandateFact;
  readonly predictions: facts.PredictionFact;
  readonly successions: facts.SuccessionFact;
  readonly sources: object;
  readonly citations: object;
}

/**
 * Whom a record is about, kind by kind: see the table in `docs/rules/standing.md`.
 *
 * @param near the participants of its merger and the motion that it votes on, where the kind needs them
 * @example
 * subjectsOf('mandates', mandate, near); // { people: ['siddiqui'], factions: ['rabita'] }
 */
export function subjectsOf<Type extends RecordType>(
  type: Type,
  record: FactOf[Type],
  near: Near,
): Subjects {
  return SUBJECTS[type](record, near);
}

/** Everything that the facts of a merger claim: each of its records, the merger itself among them. */
export function claimsIn(merger: facts.MergerFacts): readonly DatedClaim[] {
  const claims = <Type extends RecordType>(
    recordType: Type,
    records: readonly (FactOf[Type] & { readonly id: string })[],
    dateOf: (record: FactOf[Type]) => PartialDate | null,
  ): readonly DatedClaim[] =>
    records.map((record) => ({
      recordType,
      recordId: record.id,
      subjects: subjectsOf(recordType, record, merger),
      date: dateOf(record),
    }));
  const { meetings } = merger;
  const meetingDates = new Map(meetings.map((one) => [one.id, dateOfMeeting(one)]));
  const eventDates = new Map(
    merger.voteEvents.map((one) => [one.id, dateOfVoteEvent(one, meetings)]),
  );
  return [
    ...claims('mergers', [merger.merger], () => null),
    ...claims('participants', merger.participants, () => null),
    ...claims('stances', merger.stances, ({ occurredOn }) => occurredOn),
    ...claims('milestones', merger.milestones, () => null),
    ...claims('transitions', merger.transitions, ({ occurredOn }) => occurredOn),
    ...claims('meetings', meetings, dateOfMeeting),
    ...claims('attendance', merger.attendance, (one) => meetingDates.get(one.meetingId) ?? null),
    ...claims('motions', merger.motions, ({ proposedOn }) => proposedOn),
    ...claims('vote-events', merger.voteEvents, (one) => dateOfVoteEvent(one, meetings)),
    ...claims(
      'votes',
      merger.votes,
      (vote) => vote.castOn ?? eventDates.get(vote.voteEventId) ?? null,
    ),
    ...claims('mandates', merger.mandates, ({ startDate }) => startDate),
    ...claims('predictions', merger.predictions, ({ statedOn }) => statedOn),
    ...claims('successions', merger.successions, ({ date }) => date),
  ];
}

const NOBODY: Subjects = { people: [], factions: [] };

const SUBJECTS: {
  readonly [Type in RecordType]: (record: FactOf[Type], near: Near) => Subjects;
} = {
  factions: ({ id }) => about([], [id]),
  people: ({ id }) => about([id], []),
  members: ({ personId, factionId }) => about([personId], [factionId]),
  mergers: (_, { participants }) =>
    ofParticipants(participants.filter(({ role }) => PRINCIPAL_ROLES.includes(role))),
  participants: (participant) => ofParticipants([participant]),
  stances: ({ participantId }, { participants }) =>
    ofParticipants(participants.filter(({ id }) => id === participantId)),
  milestones: () => NOBODY,
  transitions: () => NOBODY,
  meetings: ({ hostFactionId }) => about([], [hostFactionId]),
  attendance: ({ personId }) => about([personId], []),
  motions: ({ factionId }) => about([], [factionId]),
  'vote-events': ({ motionId }, { motions }) =>
    about([], [motions.find(({ id }) => id === motionId)?.factionId ?? null]),
  votes: ({ personId }) => about([personId], []),
  mandates: ({ grantorFactionId, grantorPersonId, holderId }) =>
    about([grantorPersonId, holderId], [grantorFactionId]),
  predictions: ({ statedById }) => about([statedById], []),
  successions: ({ predecessorIds, successorId }) => about([], [...predecessorIds, successorId]),
  sources: () => NOBODY,
  citations: () => NOBODY,
};

function about(people: readonly (string | null)[], factions: readonly (string | null)[]): Subjects {
  const isSomebody = (id: string | null): id is string => id !== null;
  return { people: people.filter(isSomebody), factions: factions.filter(isSomebody) };
}

function ofParticipants(participants: readonly facts.ParticipantFact[]): Subjects {
  return about(
    participants.map(({ personId }) => personId),
    participants.map(({ factionId }) => factionId),
  );
}

/** A meeting that was held counts from its start; one that is planned or was called off is a claim about a plan. */
function dateOfMeeting({ status, startsOn }: facts.MeetingFact): PartialDate | null {
  return status === 'held' ? startsOn : null;
}
