import type { Period } from '../../domain/dates.js';
import type { Transaction } from '../../platform/prisma/transaction.js';

/** The periods of a person's memberships in a faction, without those that were retracted and without one of them. */
export async function findMemberships(
  tx: Transaction,
  { personId, factionId }: { readonly personId: string; readonly factionId: string },
  without: string | null,
): Promise<readonly Period[]> {
  return tx.query<Period>(
    `SELECT member.start_date AS "startDate", member.end_date AS "endDate" FROM members AS member
     WHERE member.person_id = $1::uuid AND member.faction_id = $2::uuid AND member.retracted_at IS NULL
       AND member.id IS DISTINCT FROM $3::uuid
     ORDER BY member.id`,
    [personId, factionId, without],
  );
}
