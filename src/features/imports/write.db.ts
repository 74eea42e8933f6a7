/** Writes the rows of an import: so many at once, and the triggers do the rest. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnsOf } from '../../platform/records/field.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { bodyExpression } from '../../platform/records/records.db.js';
import type { ImportAsked } from './import.rows.js';

/** What a statement has done: how many rows, and the last of them. */
export interface Written {
  readonly count: number;
  readonly last: number;
}

/** From where on, and how many. */
export interface Chunk {
  readonly after: number;
  readonly limit: number;
}

/** Stores new records. `fallbacks` is what a record holds where the file gives nothing. */
export async function insertRows(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  { after, limit, fallbacks }: Chunk & { readonly fallbacks: object },
): Promise<Written> {
  const columns = definition.fields.flatMap(columnsOf).map((name) => `"${name}"`);
  return written(
    await tx.query<Written>(
      `WITH chunk AS (
         SELECT staged.nth, staged.record_id, staged.patch FROM import_staging AS staged
         WHERE staged.import_id = $1::uuid AND staged.kind = '${definition.type}' AND staged.outcome = 'create' AND staged.nth > $2::int
         ORDER BY staged.nth LIMIT $3::int
       ), stored AS (
         INSERT INTO ${definition.table} (id, ${columns.join(', ')})
         SELECT chunk.record_id, ${columns.map((name) => `row.${name}`).join(', ')}
         FROM chunk CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, $4::jsonb || chunk.patch) AS row
         ORDER BY chunk.nth
       )
       SELECT count(*)::int AS count, COALESCE(max(chunk.nth), 0) AS last FROM chunk`,
      [importId, after, limit, JSON.stringify(fallbacks)],
    ),
  );
}

/** Changes records; those that somebody else has changed meanwhile are not, and so are fewer. */
export async function updateRows(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  { after, limit }: Chunk,
): Promise<Written & { readonly changed: number }> {
  const columns = definition.fields.flatMap(columnsOf).map((name) => `"${name}"`);
  const rows = await tx.query<Written & { readonly changed: number }>(
    `WITH chunk AS (
       SELECT staged.nth, staged.record_id, staged.record_version, staged.merged FROM import_staging AS staged
       WHERE staged.import_id = $1::uuid AND staged.kind = '${definition.type}' AND staged.outcome = 'update' AND staged.nth > $2::int
       ORDER BY staged.nth LIMIT $3::int
     ), changed AS (
       UPDATE ${definition.table} AS record SET ${columns.map((name) => `${name} = row.${name}`).join(', ')}
       FROM chunk CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, chunk.merged) AS row
       WHERE record.id = chunk.record_id AND record.version = chunk.record_version
       RETURNING record.id
     )
     SELECT count(*)::int AS count, COALESCE(max(chunk.nth), 0) AS last, (SELECT count(*)::int FROM changed) AS changed FROM chunk`,
    [importId, after, limit],
  );
  const [row] = rows;
  return row ?? { count: 0, last: 0, changed: 0 };
}

/** Which rows of a kind and an outcome a chunk is of. */
export async function rowsIn(
  tx: Transaction,
  importId: string,
  {
    type,
    outcome,
    after,
    limit,
  }: Chunk & { readonly type: string; readonly outcome: 'create' | 'update' },
): Promise<readonly number[]> {
  const rows = await tx.query<{ nth: number }>(
    `SELECT staged.nth AS nth FROM import_staging AS staged
     WHERE staged.import_id = $1::uuid AND staged.kind = $2 AND staged.outcome = $3::import_outcome AND staged.nth > $4::int
     ORDER BY staged.nth LIMIT $5::int`,
    [importId, type, outcome, after, limit],
  );
  return rows.map(({ nth }) => nth);
}

/** Has the whole transaction begin again, as when it lost to another one. */
export async function beginAgain(tx: Transaction): Promise<never> {
  await tx.query(
    `DO $$ BEGIN RAISE EXCEPTION 'a record was changed meanwhile' USING ERRCODE = 'serialization_failure'; END $$`,
    [],
  );
  throw new Error('the transaction goes on');
}

/** A record that was written, as the rules of its kind are asked about it; bodies as JSON text. */
export interface WrittenRecord {
  readonly nth: number;
  readonly id: string;
  readonly body: string;
  readonly before: string | null;
}

/** The records of a kind that were written. */
export async function writtenRecords(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  { after, limit }: Chunk,
): Promise<readonly WrittenRecord[]> {
  const { type, table } = definition;
  return tx.query<WrittenRecord>(
    `SELECT staged.nth AS nth, record.id::text AS id, ${bodyExpression(definition, 'record')}::text AS body,
       CASE WHEN staged.outcome = 'update' THEN (
         SELECT ${bodyExpression(definition, 'earlier')}::text
         FROM revisions AS revision CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, revision.before) AS earlier
         WHERE revision.record_type = '${type}' AND revision.record_id = record.id AND revision.version = record.version
       ) END AS before
     FROM import_staging AS staged JOIN ${table} AS record ON record.id = staged.record_id
     WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome IN ('create', 'update') AND staged.nth > $2::int
     ORDER BY staged.nth LIMIT $3::int`,
    [importId, after, limit],
  );
}

/** The new mergers whose announcement is not in the file. */
export async function unannounced(tx: Transaction, importId: string): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT staged.record_id::text AS id FROM import_staging AS staged
     WHERE staged.import_id = $1::uuid AND staged.kind = 'mergers' AND staged.outcome = 'create' AND NOT EXISTS (
       SELECT FROM milestones AS milestone
       WHERE milestone.merger_id = staged.record_id AND milestone.classification = 'announcement' AND milestone.retracted_at IS NULL
     ) ORDER BY staged.nth`,
    [importId],
  );
  return rows.map(({ id }) => id);
}

/** What an import cites is not cited once more. */
export async function citeRows(
  tx: Transaction,
  importId: string,
  sourceId: string,
  { after, limit }: Chunk,
): Promise<Written> {
  return written(
    await tx.query<Written>(
      `WITH chunk AS (
         SELECT staged.nth, staged.kind::record_type AS record_type, staged.record_id FROM import_staging AS staged
         WHERE staged.import_id = $1::uuid AND ${CITED} AND staged.nth > $2::int ORDER BY staged.nth LIMIT $3::int
       ), cited AS (
         INSERT INTO citations (source_id, record_type, record_id)
         SELECT $4::uuid, chunk.record_type, chunk.record_id FROM chunk
         WHERE NOT EXISTS (
           -- By the record's few citations, not by the source's many: that one index is kept from.
           SELECT FROM citations AS known WHERE known.source_id::text = $4::uuid::text AND known.record_id = chunk.record_id
             AND known.record_type = chunk.record_type AND known.retracted_at IS NULL
         ) ORDER BY chunk.nth
       )
       SELECT count(*)::int AS count, COALESCE(max(chunk.nth), 0) AS last FROM chunk`,
      [importId, after, limit, sourceId],
    ),
  );
}

/** Whether anything is written that cites a source. */
export async function hasCited(tx: Transaction, importId: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM import_staging AS staged WHERE staged.import_id = $1::uuid AND ${CITED} LIMIT 1`,
    [importId],
  );
  return rows.length > 0;
}

/**
 * The source that an earlier import of this title and scheme made, whatever it is called by now, else a new one: a report, since a
 * file that somebody sends is no document by itself. Of what is all held back the source is so, too, since its title may tell of it, and
 * cited for nothing else, unless people have touched it: what they hold back is cited on, and none is made beside it.
 */
export async function sourceOf(
  tx: Transaction,
  importId: string,
  { title, scheme, publisher }: Pick<ImportAsked, 'title' | 'scheme' | 'publisher'>,
): Promise<string> {
  const isHeld = await areAllHeld(tx, importId);
  const [known] = await tx.query<{ id: string }>(
    `SELECT source.id::text AS id FROM sources AS source
     WHERE source.retracted_at IS NULL AND ($3::boolean OR source.version > 1 OR NOT ${isHidden('source.id')})
       AND (source.title = $1 OR EXISTS (
         SELECT FROM revisions AS revision
         WHERE revision.record_type = 'sources' AND revision.record_id = source.id AND revision.before ->> 'title' = $1
       ))
       AND EXISTS (
         SELECT FROM imports AS earlier
         WHERE earlier.source_id = source.id AND earlier.state = 'done' AND earlier.title = $1 AND earlier.scheme = $2
       )
     ORDER BY source.id LIMIT 1`,
    [title, scheme, isHeld],
  );
  if (known) return known.id;
  const [made] = await tx.query<{ id: string }>(
    `INSERT INTO sources (title, publisher, kind, visibility)
     VALUES ($1, $2, 'article', CASE WHEN $3::boolean THEN 'draft' ELSE 'public' END::visibility) RETURNING id::text AS id`,
    [title, publisher, isHeld],
  );
  return made?.id ?? '';
}

/** Whether readers see nothing of what an import writes and cites its source for. */
async function areAllHeld(tx: Transaction, importId: string): Promise<boolean> {
  const seen = await tx.query(
    `SELECT 1 FROM import_staging AS staged
     WHERE staged.import_id = $1::uuid AND ${CITED} AND NOT ${isHidden('staged.record_id')} LIMIT 1`,
    [importId],
  );
  return seen.length === 0;
}

/** Whether readers do not see a record now. */
function isHidden(id: string): string {
  return `EXISTS (
    SELECT FROM hidden_spans AS span
    WHERE span.record_id = ${id} AND span.hidden_from <= clock_timestamp() AND clock_timestamp() < span.hidden_until
  )`;
}

/** What is written and no source itself, nor the tie to one. */
const CITED = `staged.outcome IN ('create', 'update') AND staged.kind NOT IN ('sources', 'citations')`;

function written([row]: readonly Written[]): Written {
  return row ?? { count: 0, last: 0 };
}
