/** Result: whether a motion is carried, for certain, by votes that are only partly known. */
import { hasBegun, startOf } from './dates.js';
import type {
  MergerFacts,
  MotionFact,
  PartialDate,
  Quorum,
  VoteEventFact,
  VoteFact,
} from './facts.js';
import { latestOf } from './recording.js';
import {
  ballotOf,
  canBeQuorate,
  canPass,
  isCarriedForCertain,
  isQuorateForCertain,
  type Ballot,
} from './requirement.js';
import { whatSettles } from './settling.js';
import { tallyVotes, type Tally } from './tally.js';
import { countedVotes, dateOfVoteEvent, votingMembers } from './votes.js';
import type { Requirement } from './vocabulary.js';

export type ResultOutcome = 'pass' | 'fail' | 'undetermined';

export interface Result {
  readonly outcome: ResultOutcome;
  /** What would settle it, in sentences; empty unless undetermined. */
  readonly settles: readonly string[];
  /** Met or missed for certain; null when that is not certain, and when no quorum is asked for. */
  readonly quorumMet: boolean | null;
}

/** What a motion asks for besides its requirement. */
export interface ResultTerms {
  readonly quorum: Quorum | null;
  /** How many of the voting members of that day have no vote that counts; only `consensus` asks. None by default. */
  readonly membersWithoutVote?: number;
}

export interface MotionResult extends Result {
  readonly motionId: string;
  /** The latest vote event; it, its date and its tally are null while there is none. */
  readonly voteEventId: string | null;
  readonly date: PartialDate | null;
  /** When the vote event was recorded: of two results of one date, the later recorded counts. */
  readonly recordedAt: string | null;
  readonly tally: Tally | null;
}

/** The facts from which votes are counted. */
export type VoteFacts = Pick<MergerFacts, 'voteEvents' | 'votes' | 'meetings' | 'members'>;

/**
 * Whether a requirement and its quorum hold for every outcome within the bounds (`pass`), for none (`fail`), or for some.
 *
 * An outcome is whole numbers of the five options that the seats can hold together. A tie fails; nothing passes without a
 * yes. Absent members are not present for a quorum. Seats that are not known may be any number that holds the votes, so
 * that 5 yes against 10 no is no absolute majority of any. A quorum missed for certain is `fail`. When the requirement
 * and the quorum can each be met but not by one outcome, that is `fail` as well.
 *
 * @example
 * // 31 or more yes, nobody against, 40 seats: 3 × 31 = 93 ≥ 2 × 40 = 80
 * resultOf(tally, 'two_thirds_all', { quorum: null }).outcome; // 'pass'
 * // the same without the number of seats: 3 × 31 = 93 ≥ 2 × seats only up to 46
 * resultOf(tally, 'two_thirds_all', { quorum: null }).settles; // ['The number of seats: so far yes is 31 or more.']
 */
export function resultOf(
  tally: Pick<Tally, 'options' | 'seats' | 'contradicted'>,
  requirement: Requirement,
  { quorum, membersWithoutVote = 0 }: ResultTerms,
): Result {
  const ballot = ballotOf(tally, { requirement, quorum, membersWithoutVote });
  const outcome = outcomeOf(ballot);
  return {
    outcome,
    settles: outcome === 'undetermined' ? whatSettles(ballot, tally.contradicted) : [],
    quorumMet: isQuorumMet(ballot),
  };
}

/**
 * The result of a motion at `at`: that of its latest vote event that has begun, by its date and then by its recording.
 *
 * A later vote event replaces an earlier one whatever came out of it. Before any, the result is undetermined.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // undetermined on the 27th, 31 yes on the 28th
 * motionResult(motion, facts, startOf('2022-12-28')).voteEventId; // that of the 28th
 */
export function motionResult(motion: MotionFact, facts: VoteFacts, at: number): MotionResult {
  const begun = facts.voteEvents.flatMap((voteEvent) => {
    const date = dateOfVoteEvent(voteEvent, facts.meetings);
    if (voteEvent.motionId !== motion.id || date === null || !hasBegun(date, at)) return [];
    const { id, createdAt } = voteEvent;
    return [{ id, createdAt, voteEvent, date }];
  });
  const latest = latestOf(begun, ({ date }) => startOf(date));
  if (latest === null) return withoutVoteEvent(motion.id);
  const { voteEvent, date } = latest;
  const tally = tallyOfVoteEvent(voteEvent, facts, at);
  const voters = new Set(countedVotesOf(voteEvent, facts, at).map(({ personId }) => personId));
  const members = [...votingMembers(facts.members, motion.factionId, startOf(date))];
  const membersWithoutVote = members.filter((personId) => !voters.has(personId)).length;
  return {
    motionId: motion.id,
    voteEventId: voteEvent.id,
    date,
    recordedAt: voteEvent.createdAt,
    tally,
    ...resultOf(tally, motion.requirement, { quorum: motion.quorum, membersWithoutVote }),
  };
}

/**
 * Whether a motion is open at `at`: from the first instant of `proposedOn`, or always when that is not known, until it
 * passes or fails for certain. An undetermined result leaves it open.
 *
 * @param result the motion's result at the same `at`
 * @example
 * isMotionOpen({ proposedOn: '2022-12-20' }, { outcome: 'undetermined' }, startOf('2022-12-28')); // true
 */
export function isMotionOpen(
  motion: Pick<MotionFact, 'proposedOn'>,
  result: Pick<Result, 'outcome'>,
  at: number,
): boolean {
  const isProposed = motion.proposedOn === null || hasBegun(motion.proposedOn, at);
  return isProposed && result.outcome === 'undetermined';
}

/**
 * The tally of one vote event at `at`. Its reported counts, and that it is complete, are known from its date on; before,
 * only the votes with an earlier date of their own count, and nothing is bounded but by the seats.
 */
export function tallyOfVoteEvent(
  voteEvent: VoteEventFact,
  facts: Pick<VoteFacts, 'votes' | 'meetings'>,
  at: number,
): Tally {
  const date = dateOfVoteEvent(voteEvent, facts.meetings);
  const begun = date !== null && hasBegun(date, at);
  return tallyVotes({
    votes: countedVotesOf(voteEvent, facts, at),
    reportedCounts: begun ? voteEvent.reportedCounts : [],
    seats: voteEvent.seats,
    complete: begun && voteEvent.complete,
  });
}

/** The votes of one vote event that count at `at`; see {@link countedVotes}. */
export function countedVotesOf(
  voteEvent: VoteEventFact,
  facts: Pick<VoteFacts, 'votes' | 'meetings'>,
  at: number,
): readonly VoteFact[] {
  const votes = facts.votes.filter(({ voteEventId }) => voteEventId === voteEvent.id);
  return countedVotes(votes, dateOfVoteEvent(voteEvent, facts.meetings), at);
}

function outcomeOf(ballot: Ballot): ResultOutcome {
  if (!canPass(ballot)) return 'fail';
  const isCertain = isCarriedForCertain(ballot) && isQuorateForCertain(ballot);
  return isCertain ? 'pass' : 'undetermined';
}

function isQuorumMet(ballot: Ballot): boolean | null {
  if (ballot.quorum === null) return null;
  if (isQuorateForCertain(ballot)) return true;
  return canBeQuorate(ballot) ? null : false;
}

function withoutVoteEvent(motionId: string): MotionResult {
  return {
    motionId,
    voteEventId: null,
    date: null,
    recordedAt: null,
    tally: null,
    outcome: 'undetermined',
    settles: ['A vote on the motion: none has been taken so far.'],
    quorumMet: null,
  };
}
