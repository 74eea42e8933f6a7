import type { Read } from '../prisma/database.js';
import type { RecordDefinition } from './record.definition.js';

/** What stands in a merged record's place: the id of the one that was kept; null when the reading may not see that one. */
export interface Replacement {
  readonly id: string | null;
}

/**
 * What a record was merged into: where that was merged in turn, the record at the end. Undefined when it is merged into
 * none.
 *
 * @param read of the reading that found the record
 * @param knownAt of that reading: only the merges that were recorded and not undone by then
 */
export async function replacementOf(
  read: Read,
  definition: RecordDefinition,
  id: string,
  knownAt: string | null,
): Promise<Replacement | undefined> {
  if (!definition.mergeable) return undefined;
  const [row] = await read<Replacement>(
    `SELECT kept.id::text AS id
     FROM (
       WITH RECURSIVE chain (id, place) AS (
         SELECT $1::uuid, 0
         UNION ALL
         SELECT merge.kept_id, chain.place + 1
         FROM chain JOIN merges AS merge ON merge.duplicate_id = chain.id
         WHERE COALESCE(merge.created_at < span_end($2::text), true)
           AND (merge.undone_at IS NULL OR merge.undone_at >= span_end($2::text))
       )
       SELECT chain.id FROM chain WHERE chain.place > 0 ORDER BY chain.place DESC LIMIT 1
     ) AS last LEFT JOIN ${definition.table} AS kept ON kept.id = last.id`,
    [id, knownAt],
  );
  return row;
}
