import type { Transaction } from '../../platform/prisma/transaction.js';

/** A faction and everything above it: enough to tell whether it lies beneath another one. */
export async function factionsUpFrom(
  tx: Transaction,
  id: string,
): Promise<readonly { readonly id: string; readonly parentId: string | null }[]> {
  return tx.query<{ id: string; parentId: string | null }>(
    `WITH RECURSIVE upwards (id, parent_id) AS (
      SELECT faction.id, faction.parent_id FROM factions AS faction WHERE faction.id = $1::uuid
      UNION
      SELECT faction.id, faction.parent_id FROM upwards JOIN factions AS faction ON faction.id = upwards.parent_id
    )
    SELECT upwards.id::text AS id, upwards.parent_id::text AS "parentId" FROM upwards`,
    [id],
  );
}
