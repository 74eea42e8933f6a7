import { RuleViolation } from '../../domain/violation.js';
import {
  assertNoVoteOnEqualDate,
  assertVoterIsMember,
  dateOfVoteEvent,
  voterKey,
} from '../../domain/votes.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import { lockVoter } from './votes.db.js';
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
  const voteEvent = await tx.voteEvent.findUniqueOrThrow({
    where: { id: body.voteEventId },
    include: { motion: true, meeting: true },
  });
  const eventDate = dateOfVoteEvent(voteEvent, voteEvent.meeting ? [voteEvent.meeting] : []);
  if (body.personId !== null) {
    const { factionId } = voteEvent.motion;
    const members = await tx.member.findMany({
      where: { factionId, personId: body.personId, retractedAt: null },
    });
    const facts = members.map((member) => ({
      ...member,
      createdAt: member.createdAt.toISOString(),
    }));
    assertVoterIsMember(body, voteEvent.motion, facts, eventDate);
  }
  const others = await tx.vote.findMany({
    where: {
      voteEventId: body.voteEventId,
      retractedAt: null,
      ...(id === null ? {} : { id: { not: id } }),
      ...(body.personId === null ? { personId: null } : { personId: body.personId }),
    },
  });
  assertNoVoteOnEqualDate(body, others, eventDate);
}
