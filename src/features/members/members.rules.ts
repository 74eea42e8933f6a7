import { overlapCertainly } from '../../domain/dates.js';
import { RuleViolation } from '../../domain/violation.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import { findMemberships } from './members.db.js';
import type { MemberBody } from './members.dto.js';

/** Refuses a membership that certainly overlaps another one of the same person in the same faction. */
export async function refuseOverlap(
  { tx }: RuleContext,
  { id, body }: Candidate<MemberBody>,
): Promise<void> {
  const others = await findMemberships(tx, body, id);
  const other = others.find((each) => overlapCertainly(each, body));
  if (!other) return;
  const period = `${other.startDate ?? 'the beginning'} to ${other.endDate ?? 'now'}`;
  throw new RuleViolation(
    'membership_overlaps',
    `The person is a member from ${period} already.`,
    '/startDate',
  );
}
