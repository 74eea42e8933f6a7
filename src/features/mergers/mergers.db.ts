import type { Transaction } from '../../platform/prisma/transaction.js';

/** Stores the announcement of a merger. */
export async function insertAnnouncement(
  tx: Transaction,
  mergerId: string,
  title: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO milestones (merger_id, title, classification) VALUES ($1::uuid, $2, 'announcement')`,
    [mergerId, title],
  );
}

/** An announcement of a merger. */
export interface Announcement {
  readonly id: string;
  readonly retracted: boolean;
}

/** The announcement of a merger and those that were retracted: the live one first, then the one that went last. */
export async function findAnnouncements(
  tx: Transaction,
  mergerId: string,
): Promise<readonly Announcement[]> {
  return tx.query<Announcement>(
    `SELECT milestone.id::text AS id, milestone.retracted_at IS NOT NULL AS retracted FROM milestones AS milestone
     WHERE milestone.merger_id = $1::uuid AND milestone.classification = 'announcement'
     ORDER BY milestone.retracted_at DESC NULLS FIRST`,
    [mergerId],
  );
}
