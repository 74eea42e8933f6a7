import { RuleViolation } from '../../domain/violation.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import { isNamedElsewhere } from './meetings.db.js';
import type { MeetingBody } from './meetings.dto.js';

/** Refuses a meeting that was held at no time, and one that would leave the records of its merger behind. */
export async function requireSoundMeeting(
  { tx }: RuleContext,
  { id, body, before }: Candidate<MeetingBody>,
): Promise<void> {
  if (body.status === 'held' && body.startsOn === null) {
    throw new RuleViolation('held_without_start', 'Say when the meeting was held.', '/startsOn');
  }
  if (id === null || body.mergerId === null || body.mergerId === before?.mergerId) return;
  if (!(await isNamedElsewhere(tx, id, body.mergerId))) return;
  const detail = 'Vote events or milestones of another merger refer to the meeting.';
  throw new Problem('reference_of_another_merger', detail, {
    errors: [{ pointer: '/mergerId', detail }],
  });
}
