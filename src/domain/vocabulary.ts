/**
 * The closed vocabularies: every word that a field may hold, in the order in which people meet them.
 * Postgres holds the same words as enums; a test compares the two.
 */

export const FACTION_CLASSIFICATIONS = ['party', 'faction', 'bloc', 'committee'] as const;
export type FactionClassification = (typeof FACTION_CLASSIFICATIONS)[number];

export const OTHER_NAME_KINDS = ['alias', 'former', 'transliteration', 'misspelling'] as const;
export type OtherNameKind = (typeof OTHER_NAME_KINDS)[number];

/** How factions unite, in ParlGov's words. */
export const MERGER_KINDS = ['merged', 'joined', 'alliance'] as const;
export type MergerKind = (typeof MERGER_KINDS)[number];

/** How a merger ends without an announcement. */
export const MERGER_OUTCOMES = ['collapsed', 'abandoned'] as const;
export type MergerOutcome = (typeof MERGER_OUTCOMES)[number];

export const PARTICIPANT_ROLES = ['lead', 'joining', 'invited', 'broker', 'observer'] as const;
export type ParticipantRole = (typeof PARTICIPANT_ROLES)[number];

/** The roles whose agreement a merger needs. */
export const PRINCIPAL_ROLES: readonly ParticipantRole[] = ['lead', 'joining'];

export const STANCES = [
  'undecided',
  'exploring',
  'conditional',
  'agreed',
  'opposed',
  'declined',
  'withdrawn',
] as const;
export type Stance = (typeof STANCES)[number];

/** What a recorded stance change rests on. */
export const STANCE_BASES = ['statement', 'motion', 'mandate', 'reported'] as const;
export type StanceBasis = (typeof STANCE_BASES)[number];

export const MILESTONE_CLASSIFICATIONS = [
  'talks',
  'decision',
  'issue',
  'legal',
  'logistics',
  'announcement',
  'aftermath',
] as const;
export type MilestoneClassification = (typeof MILESTONE_CLASSIFICATIONS)[number];

export const MILESTONE_STATES = [
  'planned',
  'in_progress',
  'blocked',
  'achieved',
  'dropped',
] as const;
export type MilestoneState = (typeof MILESTONE_STATES)[number];

/** The states in which a milestone is still to do: only these carry a percent. */
export const OPEN_MILESTONE_STATES: readonly MilestoneState[] = [
  'planned',
  'in_progress',
  'blocked',
];

export const MEETING_STATUSES = ['tentative', 'confirmed', 'cancelled', 'held'] as const;
export type MeetingStatus = (typeof MEETING_STATUSES)[number];

export const ATTENDANCE_MODES = ['in_person', 'phone', 'video', 'absent', 'excused'] as const;
export type AttendanceMode = (typeof ATTENDANCE_MODES)[number];

export const MOTION_CLASSIFICATIONS = [
  'accept_entry',
  'delegate_decision',
  'merge',
  'other',
] as const;
export type MotionClassification = (typeof MOTION_CLASSIFICATIONS)[number];

export const REQUIREMENTS = [
  'simple_majority',
  'absolute_majority',
  'two_thirds_cast',
  'two_thirds_all',
  'unanimity',
  'consensus',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

export const QUORUM_UNITS = ['count', 'percent'] as const;
export type QuorumUnit = (typeof QUORUM_UNITS)[number];

export const VOTE_OPTIONS = ['yes', 'no', 'abstain', 'absent', 'not_voting'] as const;
export type VoteOption = (typeof VOTE_OPTIONS)[number];

export const VOTE_CHANNELS = [
  'in_person',
  'phone',
  'video',
  'written',
  'proxy',
  'reported',
] as const;
export type VoteChannel = (typeof VOTE_CHANNELS)[number];

/** How a reported number is to be read. */
export const QUALIFIERS = ['exactly', 'at_least', 'at_most', 'about'] as const;
export type Qualifier = (typeof QUALIFIERS)[number];

/** Who sees a record: everybody, or key holders only. */
export const VISIBILITIES = ['public', 'draft'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const SOURCE_KINDS = [
  'article',
  'press_release',
  'official_statement',
  'document',
  'interview',
  'broadcast',
  'post',
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const CITATION_STANCES = ['supports', 'disputes'] as const;
export type CitationStance = (typeof CITATION_STANCES)[number];

/** How reliable the source is, A (completely) to F (cannot be judged): the NATO Admiralty code. */
export const RELIABILITIES = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
export type Reliability = (typeof RELIABILITIES)[number];

/** The records of the design, by the word that their path uses. */
export const RECORD_TYPES = [
  'factions',
  'people',
  'members',
  'mergers',
  'participants',
  'stances',
  'milestones',
  'transitions',
  'meetings',
  'attendance',
  'motions',
  'vote-events',
  'votes',
  'mandates',
  'predictions',
  'successions',
  'sources',
  'citations',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];
