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
  await lockVoter(tx, body.voteEventId, voterKey(body));
  const { voteEvent, meeting, factionId, members, others } = await findVoteFacts(tx, id, body);
  const eventDate = dateOfVoteEvent(voteEvent, meeting ? [meeting] : []);
  assertVoterIsMember(body, { factionId }, members, eventDate);
  assertNoVoteOnEqualDate(body, others, eventDate);
}
