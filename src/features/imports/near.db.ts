import type { Transaction } from '../../platform/prisma/transaction.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { matches } from '../../platform/records/matches.db.js';

/** Names are looked for one by one: of so many records at most, so many at once, and of each so many names. */
const AT_MOST = 1_000;
const AT_ONCE = 50;
const NAMES = 5;

/** Finds, for the first new records of a kind, up to three others that have names like theirs, as `q` finds them. */
export async function findNear(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
): Promise<void> {
  let after = 0;
  for (let looked = 0; looked < AT_MOST; looked += AT_ONCE) {
    const rows = await tx.query<{ nth: number }>(
      `WITH chunk AS (
         SELECT staged.nth, staged.patch ->> '${definition.nameField ?? 'name'}' AS name,
           COALESCE(staged.patch -> 'other_names', '[]') AS others
         FROM import_staging AS staged
         WHERE staged.import_id = $1::uuid AND staged.kind = '${definition.type}' AND staged.outcome = 'create' AND staged.nth > $2::int
         ORDER BY staged.nth LIMIT ${String(AT_ONCE)}
       ), found AS (
         SELECT chunk.nth, jsonb_agg(jsonb_build_object('id', best.record_id, 'score', best.score)) AS near
         FROM chunk CROSS JOIN LATERAL (
           SELECT match.record_id, max(match.score) AS score
           FROM (
             SELECT chunk.name AS name
             UNION
             (SELECT each.told ->> 'name' FROM jsonb_array_elements(chunk.others) WITH ORDINALITY AS each (told, place)
              ORDER BY each.place LIMIT ${String(NAMES - 1)})
           ) AS spelled CROSS JOIN LATERAL ${matches(definition, 'spelled.name')}
           JOIN ${definition.table} AS record ON record.id = match.record_id
           WHERE match.score >= 0.6 AND record.retracted_at IS NULL
           GROUP BY match.record_id ORDER BY score DESC, match.record_id LIMIT 3
         ) AS best GROUP BY chunk.nth
       ), noted AS (
         UPDATE import_staging AS staged SET near = found.near FROM found
         WHERE staged.import_id = $1::uuid AND staged.nth = found.nth
       )
       SELECT chunk.nth AS nth FROM chunk ORDER BY chunk.nth`,
      [importId, after],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = last.nth;
  }
}
