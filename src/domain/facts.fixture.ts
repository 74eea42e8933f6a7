/** Facts for specs: each factory takes an id and what the case is about, and fills in the rest. */
import type {
  FactionFact,
  MandateFact,
  MeetingFact,
  MergerFacts,
  MilestoneFact,
  MotionFact,
  ParticipantFact,
  PersonFact,
  PredictionFact,
  QuoteFact,
  Recorded,
  StanceFact,
  SuccessionFact,
  TransitionFact,
  VoteEventFact,
} from './facts.js';

type Given<Fact extends Recorded> = Partial<Omit<Fact, 'id'>>;

const createdAt = '2022-12-01T00:00:00.000Z';

/** The facts of a merger in which nothing but what is given has been recorded. */
export function buildFacts(given: Partial<MergerFacts> = {}): MergerFacts {
  return {
    merger: {
      id: 'merger',
      createdAt,
      slug: 'mqm',
      title: 'Union of the MQM factions',
      expectedKind: null,
      startedOn: null,
      closedOn: null,
      outcome: null,
    },
    factions: [],
    people: [],
    members: [],
    participants: [],
    stances: [],
    milestones: [],
    transitions: [],
    meetings: [],
    motions: [],
    voteEvents: [],
    votes: [],
    mandates: [],
    predictions: [],
    successions: [],
    quotes: [],
    ...given,
  };
}

export function buildFaction(id: string, given: Given<FactionFact> = {}): FactionFact {
  return { id, createdAt, name: id, classification: 'party', parentId: null, ...given };
}

export function buildPerson(id: string, given: Given<PersonFact> = {}): PersonFact {
  return { id, createdAt, name: id, ...given };
}

/** A faction that leads, unless said otherwise; its id is the faction's with `-in` behind it. */
export function buildParticipant(
  factionId: string | null,
  given: Partial<ParticipantFact> = {},
): ParticipantFact {
  const id = `${factionId ?? 'person'}-in`;
  return { id, createdAt, factionId, personId: null, role: 'lead', ...given };
}

export function buildStance(id: string, given: Given<StanceFact> = {}): StanceFact {
  return {
    id,
    createdAt,
    participantId: 'mqm-p-in',
    stance: 'agreed',
    occurredOn: '2022-12-28',
    basis: null,
    motionId: null,
    mandateId: null,
    note: null,
    ...given,
  };
}

export function buildMilestone(id: string, given: Given<MilestoneFact> = {}): MilestoneFact {
  return {
    id,
    createdAt,
    title: id,
    classification: id === 'announcement' ? 'announcement' : 'issue',
    weight: 1,
    dependsOn: [],
    estimate: null,
    dueFrom: null,
    dueTo: null,
    venue: null,
    satisfiedBy: null,
    ...given,
  };
}

export function buildTransition(id: string, given: Given<TransitionFact> = {}): TransitionFact {
  return {
    id,
    createdAt,
    milestoneId: 'issue',
    state: 'achieved',
    occurredOn: '2022-12-28',
    percent: null,
    note: null,
    ...given,
  };
}

export function buildMeeting(id: string, given: Given<MeetingFact> = {}): MeetingFact {
  return {
    id,
    createdAt,
    title: id,
    hostFactionId: null,
    venue: null,
    startsOn: null,
    status: 'tentative',
    reportedAttendance: null,
    ...given,
  };
}

export function buildMotion(id: string, given: Given<MotionFact> = {}): MotionFact {
  return {
    id,
    createdAt,
    factionId: 'mqm-p',
    text: id,
    classification: 'accept_entry',
    requirement: 'simple_majority',
    quorum: null,
    proposedOn: null,
    ...given,
  };
}

/** A complete taking of votes in which nobody voted: give it `reportedCounts`, or use {@link passedOn}. */
export function buildVoteEvent(id: string, given: Given<VoteEventFact> = {}): VoteEventFact {
  return {
    id,
    createdAt,
    motionId: 'motion',
    meetingId: null,
    startDate: '2022-12-28',
    endDate: null,
    seats: null,
    complete: true,
    reportedCounts: [],
    ...given,
  };
}

/** A vote event by which the motion passes on this date: 31 yes, nobody else. */
export function passedOn(motionId: string, date: string): VoteEventFact {
  const reportedCounts = [{ option: 'yes', value: 31, qualifier: 'exactly' }] as const;
  return buildVoteEvent(`${motionId}-passed`, { motionId, startDate: date, reportedCounts });
}

/** A vote event by which the motion fails for certain on this date: 31 no, nobody else. */
export function failedOn(motionId: string, date: string): VoteEventFact {
  const reportedCounts = [{ option: 'no', value: 31, qualifier: 'exactly' }] as const;
  return buildVoteEvent(`${motionId}-failed`, { motionId, startDate: date, reportedCounts });
}

export function buildMandate(id: string, given: Given<MandateFact> = {}): MandateFact {
  return {
    id,
    createdAt,
    grantorFactionId: 'mqm-p',
    grantorPersonId: null,
    holderId: 'siddiqui',
    scope: 'to decide on the union',
    startDate: '2022-12-28',
    endDate: null,
    revokedOn: null,
    motionId: null,
    ...given,
  };
}

export function buildPrediction(id: string, given: Given<PredictionFact> = {}): PredictionFact {
  return {
    id,
    createdAt,
    from: '2023-01-09',
    to: '2023-01-14',
    statedOn: '2022-12-30',
    statedById: null,
    statedByLabel: 'a source',
    ...given,
  };
}

export function buildSuccession(id: string, given: Given<SuccessionFact> = {}): SuccessionFact {
  return {
    id,
    createdAt,
    predecessorIds: ['psp'],
    successorId: 'mqm-p',
    kind: 'joined',
    date: '2023-01-12',
    ...given,
  };
}

export function buildQuote(id: string, given: Given<QuoteFact> = {}): QuoteFact {
  return {
    id,
    createdAt,
    recordType: 'mandates',
    recordId: 'mandate',
    field: null,
    stance: 'supports',
    speakerId: null,
    speakerLabel: 'a source',
    quote: 'The party has full confidence in him.',
    sourceId: 'source',
    sourceTitle: 'Efforts on to unify MQM factions',
    publishedOn: '2022-12-30',
    ...given,
  };
}

/** The last instant of a day: what `asOf` means by it. */
export function endOfDay(date: string): number {
  return Date.parse(`${date}T23:59:59.999Z`);
}
