/** Who voted: which of the recorded votes count, from when, and who may cast one. */
import { hasBegun, isDuring, startOf } from './dates.js';
import type {
  MeetingFact,
  MemberFact,
  MotionFact,
  PartialDate,
  VoteEventFact,
  VoteFact,
} from './facts.js';
import { folded } from './folding.js';
import { byRecording, latestOf } from './recording.js';
import { RuleViolation } from './violation.js';

/** What tells one voter from another; exactly one of the two is set. */
export type Voter = Pick<VoteFact, 'personId' | 'voterName'>;

/** What a vote has before it is recorded, as far as these rules read it. */
export type CastVote = Voter & Pick<VoteFact, 'castOn'>;

/** A membership, as far as these rules read it. */
export type Membership = Pick<
  MemberFact,
  'personId' | 'factionId' | 'voting' | 'startDate' | 'endDate'
>;

/**
 * The votes of one vote event that count at `at`: of each voter the latest, by `castOn` or else by the event's date.
 *
 * Of two that count from the same instant, the one recorded last; such a pair is refused at its recording, but a changed
 * event date can bring two together. A vote whose date has not begun does not count, nor does one without any date.
 * The answer is in the order of recording, whatever the order of the votes given.
 *
 * @param eventDate from {@link dateOfVoteEvent}
 * @param at milliseconds since 1970 UTC
 * @example
 * // Kamran said no on the 27th by phone and yes on the 28th in the meeting
 * countedVotes([no, yes], '2022-12-28', startOf('2022-12-29')); // [yes]
 */
export function countedVotes(
  votes: readonly VoteFact[],
  eventDate: PartialDate | null,
  at: number,
): readonly VoteFact[] {
  const begun = votes.filter((vote) => {
    const date = vote.castOn ?? eventDate;
    return date !== null && hasBegun(date, at);
  });
  return [...Map.groupBy(begun, voterKey).values()]
    .flatMap(
      (ofVoter) => latestOf(ofVoter, (vote) => countsFrom(vote, eventDate) ?? -Infinity) ?? [],
    )
    .toSorted(byRecording);
}

/**
 * The date of a vote event: its end, else its start, else its meeting's; null while none of the three is known.
 *
 * @example
 * dateOfVoteEvent({ startDate: '2022-12-27', endDate: '2022-12-28', meetingId: null }, []); // '2022-12-28'
 */
export function dateOfVoteEvent(
  voteEvent: Pick<VoteEventFact, 'startDate' | 'endDate' | 'meetingId'>,
  meetings: readonly Pick<MeetingFact, 'id' | 'startsOn'>[],
): PartialDate | null {
  const ofMeeting = () => meetings.find(({ id }) => id === voteEvent.meetingId)?.startsOn ?? null;
  return voteEvent.endDate ?? voteEvent.startDate ?? ofMeeting();
}

/**
 * One word for one voter of a vote event: equal for equal people and for names that differ only in case, in spaces or
 * in how Unicode writes them (NFKC). A known person and the same person's name are two voters: only people can tell.
 *
 * @example
 * voterKey({ personId: null, voterName: ' Waseem  AKHTAR' }); // 'name:waseem akhtar'
 */
export function voterKey(voter: Voter): string {
  if (voter.personId !== null) return `person:${voter.personId}`;
  return `name:${folded(voter.voterName ?? '')}`;
}

/**
 * The people who may vote in a faction at an instant: its voting members then, each once.
 *
 * @param at milliseconds since 1970 UTC; a member counts from the first instant of the start to the end of the last day
 */
export function votingMembers(
  members: readonly Membership[],
  factionId: string,
  at: number,
): ReadonlySet<string> {
  const voting = members.filter(
    (member) =>
      member.factionId === factionId &&
      member.voting &&
      isDuring(at, member.startDate, member.endDate),
  );
  return new Set(voting.map(({ personId }) => personId));
}

/**
 * Refuses a second vote of one voter that would count from the same instant: the first is to be corrected.
 *
 * Equal means the same first instant, so that `2022-12` and `2022-12-01` are equal, and so are two votes without any date.
 *
 * @param others the other votes of the vote event, without the one that is written
 * @throws RuleViolation vote_on_equal_date
 * @example
 * // the vote event is on 2022-12-28, and Faisal has a vote without a date of its own
 * assertNoVoteOnEqualDate({ ...faisal, castOn: '2022-12-28' }, [recorded], '2022-12-28'); // refused
 */
export function assertNoVoteOnEqualDate(
  vote: CastVote,
  others: readonly CastVote[],
  eventDate: PartialDate | null,
): void {
  const key = voterKey(vote);
  const instant = countsFrom(vote, eventDate);
  const isEqual = (other: CastVote) =>
    voterKey(other) === key && countsFrom(other, eventDate) === instant;
  if (!others.some(isEqual)) return;
  throw new RuleViolation(
    'vote_on_equal_date',
    `The voter already has a vote that counts from ${vote.castOn ?? eventDate ?? 'an unknown date'}: correct that one.`,
    '/castOn',
  );
}

/**
 * Refuses a vote by a known person who was no voting member of the motion's faction on the vote's date.
 *
 * The date is `castOn`, else the vote event's, at its first instant. While neither is known, one voting membership at any
 * time is enough. A voter known only by name is not checked: nobody knows who that is.
 *
 * @throws RuleViolation voter_not_a_member
 * @example
 * // left on 2022-12-27, the vote is of the 28th
 * assertVoterIsMember(vote, motion, [{ ...member, endDate: '2022-12-27' }], '2022-12-28'); // refused
 */
export function assertVoterIsMember(
  vote: CastVote,
  motion: Pick<MotionFact, 'factionId'>,
  members: readonly Membership[],
  eventDate: PartialDate | null,
): void {
  const { personId } = vote;
  if (personId === null) return;
  const date = vote.castOn ?? eventDate;
  const mayVote =
    date === null
      ? members.some((one) => isVotingMemberOf(one, motion.factionId, personId))
      : votingMembers(members, motion.factionId, startOf(date)).has(personId);
  if (mayVote) return;
  throw new RuleViolation(
    'voter_not_a_member',
    `The voter was not a voting member of the motion’s faction ${date === null ? 'at any time' : `on ${date}`}.`,
    '/personId',
  );
}

/** The instant from which a vote counts: the first of its own date, else of the event's; null while neither is known. */
export function countsFrom(
  vote: Pick<CastVote, 'castOn'>,
  eventDate: PartialDate | null,
): number | null {
  const date = vote.castOn ?? eventDate;
  return date === null ? null : startOf(date);
}

function isVotingMemberOf(member: Membership, factionId: string, personId: string): boolean {
  return member.voting && member.factionId === factionId && member.personId === personId;
}
