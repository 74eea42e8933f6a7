/**
 * What the rules are told: the records of one merger, as the API shows them, without what the rules do not read.
 *
 * A fact that is left out of a record is null, never undefined. Retracted records are not facts. Today's facts come
 * from the tables, those of an earlier recording from the revisions: both have this shape.
 */
import type * as words from './vocabulary.js';

/** A date as it was given: `2023`, `2023-01`, `2023-01-12` or an instant with an offset. See `dates.ts`. */
export type PartialDate = string;

/** Each recorded fact: who it is, and when it was recorded (an instant; then the id, which grows with time). */
export interface Recorded {
  readonly id: string;
  readonly createdAt: string;
}

export interface ReportedNumber {
  readonly value: number;
  readonly qualifier: words.Qualifier;
}

/** A number of votes as somebody reported it; without a channel it covers all channels together. */
export interface ReportedCount extends ReportedNumber {
  readonly option: words.VoteOption;
  readonly channel?: words.VoteChannel | null;
}

export interface MergerFact extends Recorded {
  readonly slug: string;
  readonly title: string;
  readonly expectedKind: words.MergerKind | null;
  readonly startedOn: PartialDate | null;
  readonly closedOn: PartialDate | null;
  readonly outcome: words.MergerOutcome | null;
}

export interface FactionFact extends Recorded {
  readonly name: string;
  readonly classification: words.FactionClassification;
  readonly parentId: string | null;
}

export interface PersonFact extends Recorded {
  readonly name: string;
}

export interface MemberFact extends Recorded {
  readonly personId: string;
  readonly factionId: string;
  readonly role: string | null;
  readonly voting: boolean;
  readonly startDate: PartialDate | null;
  readonly endDate: PartialDate | null;
}

/** Exactly one of `factionId` and `personId` is set. */
export interface ParticipantFact extends Recorded {
  readonly factionId: string | null;
  readonly personId: string | null;
  readonly role: words.ParticipantRole;
}

export interface StanceFact extends Recorded {
  readonly participantId: string;
  readonly stance: words.Stance;
  readonly occurredOn: PartialDate;
  readonly basis: words.StanceBasis | null;
  readonly motionId: string | null;
  readonly mandateId: string | null;
  readonly note: string | null;
}

/** Whole days that a milestone takes: optimistic ≤ likely ≤ pessimistic. */
export interface Estimate {
  readonly optimisticDays: number;
  readonly likelyDays: number;
  readonly pessimisticDays: number;
}

/** Exactly one of the three is set. */
export interface SatisfiedBy {
  readonly motionId?: string;
  readonly meetingId?: string;
  readonly participantId?: string;
}

export interface MilestoneFact extends Recorded {
  readonly title: string;
  readonly classification: words.MilestoneClassification;
  readonly weight: number;
  readonly dependsOn: readonly string[];
  readonly estimate: Estimate | null;
  readonly dueFrom: PartialDate | null;
  readonly dueTo: PartialDate | null;
  readonly venue: string | null;
  readonly satisfiedBy: SatisfiedBy | null;
}

export interface TransitionFact extends Recorded {
  readonly milestoneId: string;
  readonly state: words.MilestoneState;
  readonly occurredOn: PartialDate;
  readonly percent: number | null;
  readonly note: string | null;
}

export interface MeetingFact extends Recorded {
  readonly title: string;
  readonly hostFactionId: string | null;
  readonly venue: string | null;
  readonly startsOn: PartialDate | null;
  readonly status: words.MeetingStatus;
  readonly reportedAttendance: ReportedNumber | null;
}

export interface Quorum {
  readonly value: number;
  readonly unit: words.QuorumUnit;
}

export interface MotionFact extends Recorded {
  readonly factionId: string;
  readonly text: string;
  readonly classification: words.MotionClassification;
  readonly requirement: words.Requirement;
  readonly quorum: Quorum | null;
  readonly proposedOn: PartialDate | null;
}

export interface VoteEventFact extends Recorded {
  readonly motionId: string;
  readonly meetingId: string | null;
  readonly startDate: PartialDate | null;
  readonly endDate: PartialDate | null;
  readonly seats: number | null;
  readonly complete: boolean;
  readonly reportedCounts: readonly ReportedCount[];
}

/** Exactly one of `personId` and `voterName` is set. */
export interface VoteFact extends Recorded {
  readonly voteEventId: string;
  readonly personId: string | null;
  readonly voterName: string | null;
  readonly option: words.VoteOption;
  readonly channel: words.VoteChannel;
  readonly castOn: PartialDate | null;
}

/** Exactly one of `grantorFactionId` and `grantorPersonId` is set. */
export interface MandateFact extends Recorded {
  readonly grantorFactionId: string | null;
  readonly grantorPersonId: string | null;
  readonly holderId: string;
  readonly scope: string;
  readonly startDate: PartialDate;
  readonly endDate: PartialDate | null;
  readonly revokedOn: PartialDate | null;
  readonly motionId: string | null;
}

export interface PredictionFact extends Recorded {
  readonly from: PartialDate;
  readonly to: PartialDate;
  readonly statedOn: PartialDate;
  readonly statedById: string | null;
  readonly statedByLabel: string | null;
}

export interface SuccessionFact extends Recorded {
  readonly predecessorIds: readonly string[];
  readonly successorId: string;
  readonly kind: words.MergerKind;
  readonly date: PartialDate;
}

/** Who was at a meeting, or was asked to be. */
export interface AttendanceFact extends Recorded {
  readonly meetingId: string;
  readonly personId: string;
}

/** A citation with what is known of its source. */
export interface CitationFact extends Recorded {
  readonly recordType: words.RecordType;
  readonly recordId: string;
  readonly field: string | null;
  readonly stance: words.CitationStance;
  readonly speakerId: string | null;
  readonly speakerLabel: string | null;
  readonly onRecord: boolean | null;
  readonly quote: string | null;
  readonly sourceId: string;
  readonly sourceTitle: string;
  readonly sourceKind: words.SourceKind;
  readonly publisher: string | null;
  readonly publishedOn: PartialDate | null;
}

/** Where a source comes from. To a reader some of these are links only: nothing of them may be told. */
export interface SourceLink {
  readonly id: string;
  readonly derivedFromId: string | null;
  readonly publisher: string | null;
}

/**
 * What speaks for and against records: their citations and the citations of these, the sources cited and all that these
 * derive from, the memberships of those who speak on the record, and the factions of these with all above them.
 */
export interface Evidence {
  readonly citations: readonly CitationFact[];
  readonly lineage: readonly SourceLink[];
  readonly members: readonly Pick<MemberFact, 'personId' | 'factionId' | 'startDate' | 'endDate'>[];
  readonly factions: readonly Pick<FactionFact, 'id' | 'parentId'>[];
}

/**
 * Everything that the rules read about one merger. `factions` holds the factions that take part, those beneath them and
 * those that a motion, mandate or succession names; `members` the members of those that decide; `people` everybody named;
 * `evidence` what speaks for and against all of it.
 */
export interface MergerFacts {
  readonly merger: MergerFact;
  readonly factions: readonly FactionFact[];
  readonly people: readonly PersonFact[];
  readonly members: readonly MemberFact[];
  readonly participants: readonly ParticipantFact[];
  readonly stances: readonly StanceFact[];
  readonly milestones: readonly MilestoneFact[];
  readonly transitions: readonly TransitionFact[];
  readonly meetings: readonly MeetingFact[];
  readonly attendance: readonly AttendanceFact[];
  readonly motions: readonly MotionFact[];
  readonly voteEvents: readonly VoteEventFact[];
  readonly votes: readonly VoteFact[];
  readonly mandates: readonly MandateFact[];
  readonly predictions: readonly PredictionFact[];
  readonly successions: readonly SuccessionFact[];
  readonly evidence: Evidence;
}
