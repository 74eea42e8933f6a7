import type { MeetingFact, VoteEventFact } from '../../domain/facts.js';
import type { CastVote, Membership, Voter } from '../../domain/votes.js';
import type { Transaction } from '../../platform/prisma/transaction.js';

/** Holds a voter of a vote event until the transaction ends, but in one that holds all votes. */
export async function lockVoter(
  tx: Transaction,
  voteEventId: string,
  voter: string,
): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock_shared(hashtextextended('votes', 0)), pg_advisory_xact_lock(hashtextextended($1, 0))
     WHERE current_setting('accord.holds_votes', true) IS DISTINCT FROM 'on'`,
    [`votes:${voteEventId}:${voter}`],
  );
}

/** What a vote is judged by. */
export interface VoteFacts extends Pick<VoteEventFact, 'startDate' | 'endDate' | 'meetingId'> {
  /** When the meeting of the vote event begins. */
  readonly meetingOn: MeetingFact['startsOn'];
  /** The faction of the motion. */
  readonly factionId: string;
  /** The voter's memberships in that faction; none of a voter known by name only. */
  readonly members: readonly Membership[];
  /** The voter's other votes in the vote event; of a voter known by name only, those of all such voters. */
  readonly others: readonly CastVote[];
}

/**
 * What a vote is judged by, without what was retracted. In a statement of its own after that which holds the voter, so that it
 * sees what was stored by the vote before.
 *
 * @param id the vote itself, when it is there already
 */
export async function findVoteFacts(
  tx: Transaction,
  id: string | null,
  { voteEventId, personId }: Voter & { readonly voteEventId: string },
): Promise<VoteFacts> {
  const [facts] = await tx.query<VoteFacts>(
    `SELECT vote_event.start_date AS "startDate", vote_event.end_date AS "endDate", vote_event.meeting_id::text AS "meetingId",
       meeting.starts_on AS "meetingOn", motion.faction_id::text AS "factionId",
       ARRAY(
         SELECT json_build_object('personId', member.person_id, 'factionId', member.faction_id, 'voting', member.voting,
           'startDate', member.start_date, 'endDate', member.end_date)
         FROM members AS member
         WHERE member.faction_id = motion.faction_id AND member.person_id = $3::uuid AND member.retracted_at IS NULL
       ) AS members,
       ARRAY(
         SELECT json_build_object('personId', other.person_id, 'voterName', other.voter_name, 'castOn', other.cast_on)
         FROM votes AS other
         WHERE other.vote_event_id = vote_event.id AND other.retracted_at IS NULL
           AND ${personId === null ? 'other.person_id IS NULL' : 'other.person_id = $3::uuid'}
           AND other.id IS DISTINCT FROM $2::uuid
       ) AS others
     FROM vote_events AS vote_event
     JOIN motions AS motion ON motion.id = vote_event.motion_id
     LEFT JOIN meetings AS meeting ON meeting.id = vote_event.meeting_id
     WHERE vote_event.id = $1::uuid`,
    [voteEventId, id, personId],
  );
  if (!facts) throw new Error('the vote event is gone');
  return facts;
}
