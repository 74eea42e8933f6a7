/** What files have told of records, for the next one of the same origin. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { JOINED, eachOf } from './compare.db.js';
import { INTO_LAST, KEY, OF_DUPLICATE, asDuplicate } from './merged.db.js';
import type { Origin } from './import.rows.js';
import { RECORD_TYPES } from '../../domain/vocabulary.js';

/**
 * Keeps what the rows of an import have told, unless it is known. Of two rows that were made one record, that which is it; of the
 * row of a duplicate, that it was told of the duplicate.
 */
export async function rememberRows(
  tx: Transaction,
  importId: string,
  { name, hasKeys }: Origin,
): Promise<void> {
  const entries = Object.keys(JOINED).map(
    (
      column,
    ) => `|| CASE WHEN staged.patch ? '${column}' THEN jsonb_build_object('${eachOf(column)}', (
      SELECT COALESCE(jsonb_agg(md5(each.told::text)), '[]') FROM jsonb_array_elements(staged.patch -> '${column}') AS each (told)
    )) ELSE '{}' END`,
  );
  const told = `staged.import_id = $1::uuid AND staged.kind = ANY ($3::text[]) AND staged.outcome <> 'refused' AND NOT staged.is_merged`;
  await tx.query(
    `WITH RECURSIVE ${INTO_LAST}, ${asDuplicate(told)}
     INSERT INTO import_memories AS memory (record_id, origin, record_type, digest, columns)
     SELECT COALESCE(as_duplicate.record_id, staged.record_id),
       CASE WHEN as_duplicate.record_id IS NULL THEN $2 ELSE ${OF_DUPLICATE} END, staged.kind::record_type, staged.digest, (
       SELECT COALESCE(jsonb_object_agg(given.name, md5(given.value::text)), '{}') FROM jsonb_each(staged.patch) AS given (name, value)
     ) || CASE WHEN $4::boolean AND staged.key IS NOT NULL AND NOT staged.keeps_key
       THEN jsonb_build_object('${KEY}', staged.key) ELSE '{}' END ${entries.join(' ')}
     FROM import_staging AS staged LEFT JOIN as_duplicate ON as_duplicate.nth = staged.nth
     WHERE ${told}
     ON CONFLICT (record_id, origin) DO UPDATE SET digest = excluded.digest, columns = memory.columns || excluded.columns
       WHERE memory.digest <> excluded.digest OR NOT memory.columns @> excluded.columns`,
    [importId, name, [...RECORD_TYPES], hasKeys],
  );
}
