import { RuleViolation } from '../../domain/violation.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { VoteEventBody } from './vote-events.dto.js';

/** Refuses a vote event that nothing dates. */
export function requireDate(_: RuleContext, { body }: Candidate<VoteEventBody>): Promise<void> {
  if (body.meetingId !== null || body.startDate !== null || body.endDate !== null)
    return Promise.resolve();
  throw new RuleViolation(
    'vote_event_undated',
    'Give startDate, endDate or meetingId.',
    '/startDate',
  );
}
