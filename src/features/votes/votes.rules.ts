import { RuleViolation } from '../../domain/violation.js';
import {
  assertNoVoteOnEqualDate,
  assertVoterIsMember,
  dateOfVoteEvent,
  voterKey,
} from '../../domain/votes.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import { findVoteFacts, lockVoter } from './votes.db.js';
import type { VoteBody } from './votes.dto.js';

/**
 * Refuses a vote by nobody or by two, by somebody outside the faction, and a second one of the voter from the same instant.
 * Locks the voter in the vote event, so that two votes at once are told apart.
 */
export async function admitVote(
  { tx }: RuleContext,
  { id, body }: Candidate<VoteBody>,
): Promise<void> {
  if ((body.personId === null) === (body.voterName === null)) {
    throw new RuleViolation(
      'voter_both_or_neither',
      'Give either personId or voterName.',
      '/personId',
    );
  }
  const [, facts] = await Promise.all([
    lockVoter(tx, body.voteEventId, voterKey(body)),
    findVoteFacts(tx, id, body),
  ]);
  const { meetingId, meetingOn, members, others } = facts;
  const meetings = meetingId === null ? [] : [{ id: meetingId, startsOn: meetingOn }];
  const eventDate = dateOfVoteEvent(facts, meetings);
  assertVoterIsMember(body, facts, members, eventDate);
  assertNoVoteOnEqualDate(body, others, eventDate);
}
