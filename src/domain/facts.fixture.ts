/** Facts for specs: each factory takes an id and what the case is about, and fills in the rest. */
import type {
  CitationFact,
  Evidence,
  FactionFact,
  MandateFact,
  MeetingFact,
  MergerFacts,
  MilestoneFact,
  MotionFact,
  ParticipantFact,
  PersonFact,
  PredictionFact,
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
    attendance: [],
    motions: [],
    voteEvents: [],
    votes: [],
    mandates: [],
    predictions: [],
    successions: [],
    evidence: buildEvidence(),
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

/** A citation of a mandate in support of it, by an article of nobody on nobody's record: give it what the case is about. */
export function buildCitation(id: string, given: Given<CitationFact> = {}): CitationFact {
  return {
    id,
    createdAt,
    recordType: 'mandates',
    recordId: 'mandate',
    field: null,
    stance: 'supports',
    speakerId: null,
    speakerLabel: 'a source',
    onRecord: null,
    quote: null,
    sourceId: 'source',
    sourceTitle: 'Efforts on to unify MQM factions',
    sourceKind: 'article',
    publisher: null,
    publishedOn: '2022-12-30',
    ...given,
  };
}

/** A citation with a quote. */
export function buildQuote(id: string, given: Given<CitationFact> = {}): CitationFact {
  return buildCitation(id, { quote: 'The party has full confidence in him.', ...given });
}

/** Citations and, unless it is given, a lineage in which every source stands for itself. */
export function buildEvidence(given: Partial<Evidence> = {}): Evidence {
  const { citations = [] } = given;
  const lineage = citations.map(({ sourceId, publisher }) => {
    return { id: sourceId, derivedFromId: null, publisher };
  });
  return { citations, lineage, members: [], factions: [], ...given };
}

/** The last instant of a day: what `asOf` means by it. */
export function endOfDay(date: string): number {
  return Date.parse(`${date}T23:59:59.999Z`);
}
