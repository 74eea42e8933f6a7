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

/** Whether a memory is of what a row is: of the very same row, of its id in the file, or of its identifiers. */
function isToldBy(memory: string): string {
  return `COALESCE(${memory}.digest = staged.digest, false) OR COALESCE(${memory}.columns ->> '${KEY}' = staged.key::text, false)
    OR COALESCE(staged.patch -> 'identifiers' <> '[]' AND ${memory}.columns ->> 'identifiers' = md5((staged.patch -> 'identifiers')::text), false)`;
}

/**
 * Under which origin it is remembered what a duplicate's row told while it was one: that was written to the kept record, and is news of the
 * duplicate once the merge is undone.
 */
export const OF_DUPLICATE = `'duplicate ' || $2::text`;

/** Where a memory has the id that a row has in its file. */
export const KEY = 'key in file';

/**
 * For a statement that has `into_last`, and the origin as $2: `as_duplicate (nth, record_id, origin)`, of each row that is not the one of
 * which its record was told, but that of another which was merged into it, where it is remembered what was told of that other one.
 */
export function asDuplicate(rows: string): string {
  return `as_duplicate (nth, record_id, origin) AS (
    SELECT DISTINCT ON (staged.nth) staged.nth, memory.record_id, memory.origin
    FROM import_staging AS staged
    JOIN import_memories AS own ON own.record_id = staged.record_id AND own.origin = $2
    JOIN into_last ON into_last.kept_id = staged.record_id
    JOIN import_memories AS memory ON memory.record_id = into_last.id AND memory.origin IN ($2, ${OF_DUPLICATE})
    WHERE ${rows} AND NOT (${isToldBy('own')}) AND (${isToldBy('memory')}) ORDER BY staged.nth, memory.origin = $2, memory.record_id
  )`;
}

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
         SELECT DISTINCT staged.nth, staged.record_id FROM several
         JOIN import_staging AS staged ON staged.record_id = several.record_id AND ${open(definition)}
         JOIN into_last ON into_last.kept_id = staged.record_id
         JOIN ${definition.table} AS duplicate ON duplicate.id = into_last.id
         LEFT JOIN import_memories AS memory ON memory.record_id = duplicate.id AND memory.origin = $2
         WHERE duplicate.id = staged.key OR duplicate.slug = staged.patch ->> 'slug' OR ${isToldBy('memory')}
           OR EXISTS (
             SELECT FROM jsonb_array_elements(duplicate.identifiers) AS known (told)
             JOIN jsonb_array_elements(staged.patch -> 'identifiers') AS each (told)
               ON each.told ->> 'scheme' = known.told ->> 'scheme' AND each.told ->> 'identifier' = known.told ->> 'identifier'
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
    `WITH twice AS MATERIALIZED (
       SELECT DISTINCT staged.record_id::text AS id FROM import_staging AS staged WHERE staged.import_id = $1::uuid AND staged.is_merged
     ), later AS MATERIALIZED (
       SELECT staged.nth, staged.patch FROM (${severalOf(definition)}) AS first
       JOIN import_staging AS staged ON ${open(definition)} AND staged.record_id = first.record_id AND staged.nth > first.nth
     ), naming AS (
       SELECT DISTINCT later.nth FROM later CROSS JOIN LATERAL jsonb_each_text(later.patch) AS named JOIN twice ON twice.id = named.value
     )
     ${pass} FROM naming WHERE staged.import_id = $1::uuid AND staged.nth = naming.nth`,
    [importId],
  );
}

/** What people say is one. */
export const MERGED: ReadonlySet<string> = new Set(['people', 'factions']);
