import type { Transaction } from '../../platform/prisma/transaction.js';

/** Whether a vote event or a milestone of another merger refers to a meeting. */
export async function isNamedElsewhere(
  tx: Transaction,
  id: string,
  mergerId: string,
): Promise<boolean> {
  const [row] = await tx.query<{ elsewhere: boolean }>(
    `SELECT EXISTS (
       SELECT FROM vote_events AS vote_event JOIN motions AS motion ON motion.id = vote_event.motion_id
       WHERE vote_event.meeting_id = $1::uuid AND vote_event.retracted_at IS NULL AND motion.merger_id <> $2::uuid
     ) OR EXISTS (
       SELECT FROM milestones AS milestone
       WHERE milestone.satisfied_by_meeting_id = $1::uuid AND milestone.retracted_at IS NULL AND milestone.merger_id <> $2::uuid
     ) AS elsewhere`,
    [id, mergerId],
  );
  return row?.elsewhere === true;
}
