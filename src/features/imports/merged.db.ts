/** What people have said is one: records that were merged, and the rows of a file that are such. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { open, severalOf } from './judging.db.js';

/**
 * For a statement that begins with it: `into_last (id, kept_id)`, of each record that was merged the one that was kept, at the end of
 * all merges.
 */
export const INTO_LAST = `chain (id, kept_id) AS (
    SELECT merge.duplicate_id, merge.kept_id FROM merges AS merge WHERE merge.undone_at IS NULL
    UNION
    SELECT chain.id, merge.kept_id FROM chain JOIN merges AS merge ON merge.duplicate_id = chain.kept_id AND merge.undone_at IS NULL
  ), into_last (id, kept_id) AS (
    SELECT chain.id, chain.kept_id FROM chain
    WHERE NOT EXISTS (SELECT FROM merges AS merge WHERE merge.duplicate_id = chain.kept_id AND merge.undone_at IS NULL)
  )`;

/**
 * Two rows that were made one record here are none too many: what is told of the duplicate changes nothing, nor what is told
 * twice of what names both.
 */
export async function passOverMerged(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  origin: string,
): Promise<void> {
  const pass = `UPDATE import_staging AS staged SET outcome = 'unchanged', is_merged = true`;
  if (MERGED.has(definition.type))
    await tx.query(
      `WITH RECURSIVE ${INTO_LAST}, several AS (${severalOf(definition)}), duplicates AS (
         SELECT staged.nth, staged.record_id FROM several
         JOIN import_staging AS staged ON staged.record_id = several.record_id AND ${open(definition)}
         WHERE EXISTS (
           SELECT FROM into_last JOIN ${definition.table} AS duplicate ON duplicate.id = into_last.id
           WHERE into_last.kept_id = staged.record_id AND (
             duplicate.id = staged.key OR duplicate.slug = staged.patch ->> 'slug'
             OR EXISTS (
               SELECT FROM jsonb_array_elements(duplicate.identifiers) AS known (told)
               JOIN jsonb_array_elements(staged.patch -> 'identifiers') AS each (told)
                 ON each.told ->> 'scheme' = known.told ->> 'scheme' AND each.told ->> 'identifier' = known.told ->> 'identifier'
             )
             OR EXISTS (
               SELECT FROM import_memories AS memory
               WHERE memory.record_id = duplicate.id AND memory.origin = $2 AND memory.digest = staged.digest
             )
           )
         )
       ), spoken_for AS (
         SELECT staged.record_id,
           min(staged.nth) FILTER (WHERE duplicates.nth IS NULL) AS nth, min(staged.nth) AS first
         FROM several JOIN import_staging AS staged ON staged.record_id = several.record_id AND ${open(definition)}
         LEFT JOIN duplicates ON duplicates.nth = staged.nth
         GROUP BY staged.record_id
       )
       ${pass} FROM duplicates JOIN spoken_for ON spoken_for.record_id = duplicates.record_id
       WHERE staged.import_id = $1::uuid AND staged.nth = duplicates.nth
         AND staged.nth <> COALESCE(spoken_for.nth, spoken_for.first)`,
      [importId, origin],
    );
  await tx.query(
    `${pass} FROM (${severalOf(definition)}) AS first
     WHERE ${open(definition)} AND staged.record_id = first.record_id AND staged.nth > first.nth
       AND EXISTS (
         SELECT FROM jsonb_each_text(staged.patch) AS named
         JOIN import_staging AS twice ON twice.import_id = $1::uuid AND twice.is_merged AND twice.record_id::text = named.value
       )`,
    [importId],
  );
}

/** What people say is one. */
export const MERGED: ReadonlySet<string> = new Set(['people', 'factions']);
