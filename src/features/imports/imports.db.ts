/** Imports themselves, and what became of their rows. */
import type { Read } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { ImportAsked, Outcome, RowProblem } from './import.rows.js';
import type { ImportView, KeptRow } from './import.view.js';

/** The lease of an import that is under way, as the process that does it holds it. */
export function leaseOf(importId: string): string {
  return `import:${importId}`;
}

export async function newImportId(read: Read): Promise<string> {
  const [row] = await read<{ id: string }>('SELECT uuid_v7()::text AS id', []);
  return row?.id ?? '';
}

export async function insertImport(
  tx: Transaction,
  id: string,
  asked: ImportAsked,
  actor: string,
): Promise<void> {
  const { format, resource, scheme, title, dryRun, atomic, cites, sourceId } = asked;
  await tx.query(
    `INSERT INTO imports (id, format, resource, scheme, title, dry_run, atomic, cites, source_id, actor)
     VALUES ($1::uuid, $2::import_format, $3::record_type, $4, $5, $6, $7, $8, $9::uuid, $10)`,
    [id, format, resource, scheme, title, dryRun, atomic, cites, sourceId, actor],
  );
}

/** Says how far an import is. */
export async function noteProgress(
  change: Read,
  id: string,
  { total, applied }: { readonly total?: number; readonly applied?: number },
): Promise<void> {
  await change(
    `UPDATE imports AS import SET total = COALESCE($2::int, import.total), applied = COALESCE($3::int, import.applied)
     WHERE import.id = $1::uuid AND import.ended_at IS NULL`,
    [id, total ?? null, applied ?? null],
  );
}

/** Says that all of the file is here, and which one it is. */
export async function noteDigest(change: Read, id: string, digest: Buffer): Promise<void> {
  await change('UPDATE imports AS import SET digest = $2::bytea WHERE import.id = $1::uuid', [
    id,
    digest,
  ]);
}

/** The SHA-256 of the bytes of an import's file; null while they come, undefined when there is no such import. */
export async function digestOf(read: Read, id: string): Promise<Buffer | null | undefined> {
  const [row] = await read<{ digest: Buffer | null }>(
    'SELECT import.digest AS digest FROM imports AS import WHERE import.id = $1::uuid',
    [id],
  );
  return row?.digest;
}

/** Says that the rows of an import are being applied. */
export async function noteApplying(change: Read, id: string): Promise<void> {
  await change(
    `UPDATE imports AS import SET state = 'applying' WHERE import.id = $1::uuid AND import.ended_at IS NULL`,
    [id],
  );
}

/** How an import ends. */
export interface Ending {
  readonly state: 'done' | 'refused' | 'failed';
  readonly sourceId?: string | null;
  readonly applied?: number;
  readonly problem?: RowProblem | null;
}

/** Ends an import that is under way; false when it has ended before. The Idempotency-Key of one that failed is free again. */
export async function endImport(read: Read, id: string, ending: Ending): Promise<boolean> {
  const { state, sourceId = null, applied = 0, problem = null } = ending;
  const rows = await read(
    `WITH forgotten AS (
       DELETE FROM kept_answers AS kept WHERE kept.record_id = $1::uuid AND $2::import_state = 'failed'
     )
     UPDATE imports AS import SET state = $2::import_state, source_id = COALESCE($3::uuid, import.source_id), applied = $4::int,
       problem = $5::jsonb, ended_at = clock_timestamp()
     WHERE import.id = $1::uuid AND import.ended_at IS NULL RETURNING 1`,
    [id, state, sourceId, applied, problem === null ? null : JSON.stringify(problem)],
  );
  return rows.length > 0;
}

/** Removes what waited to be applied. */
export async function clearStaging(change: Read, id: string): Promise<void> {
  await change('DELETE FROM import_staging AS staged WHERE staged.import_id = $1::uuid', [id]);
}

/** Says of the imports that nobody is at any more that they have failed, and removes what waited to be applied. */
export async function failAbandoned(change: Read): Promise<void> {
  await change(
    `WITH open AS MATERIALIZED (
       SELECT import.id FROM imports AS import WHERE import.ended_at IS NULL
     ), abandoned AS (
       UPDATE imports AS import SET state = 'failed', applied = 0, ended_at = clock_timestamp(), problem = $1::jsonb
       FROM open
       WHERE import.id = open.id AND import.ended_at IS NULL
         AND pg_try_advisory_xact_lock(hashtextextended('import:' || open.id::text, 0))
       RETURNING import.id
     ), forgotten AS (
       DELETE FROM kept_answers AS kept USING abandoned WHERE kept.record_id = abandoned.id
     )
     DELETE FROM import_staging AS staged USING abandoned WHERE staged.import_id = abandoned.id`,
    [
      JSON.stringify({
        code: 'unavailable',
        pointer: null,
        detail:
          'The service ended while the import was under way. Nothing was stored; send the file again.',
      }),
    ],
  );
}

/** Removes what became of the rows of imports that ended more than thirty days ago; how many there were of each outcome stays. */
export async function forgetOldRows(change: Read): Promise<void> {
  await change(
    `DELETE FROM import_rows AS row USING imports AS import
     WHERE row.import_id = import.id AND import.ended_at < now() - interval '30 days'`,
    [],
  );
}

/** Imports, the newest first; `before`: only those before this one. */
export async function listImports(
  read: Read,
  asked: { readonly id: string | null; readonly before: string | null; readonly limit: number },
): Promise<readonly ImportView[]> {
  return read<ImportView>(
    `SELECT import.id::text AS id, import.state AS state, import.format AS format, import.resource AS resource, import.title AS title,
       import.dry_run AS "dryRun", import.atomic AS atomic, import.source_id::text AS "sourceId",
       jsonb_build_object('total', import.total, 'create', import.created, 'update', import.updated,
         'unchanged', import.unchanged, 'refused', import.refused) AS rows,
       import.applied AS applied, import.problem AS problem,
       iso_instant(import.started_at) AS "startedAt", iso_instant(import.ended_at) AS "endedAt"
     FROM imports AS import
     WHERE ($1::uuid IS NULL OR import.id = $1::uuid) AND ($2::uuid IS NULL OR import.id < $2::uuid)
     ORDER BY import.id DESC LIMIT $3::int`,
    [asked.id, asked.before, asked.limit],
  );
}

/** Which rows of which import. */
export interface RowsAsked {
  readonly importId: string;
  readonly outcome: Outcome | null;
  readonly after: number;
  readonly limit: number;
}

/** What became of the rows of an import, in their order. The names of near records are those of now. */
export async function listRows(read: Read, asked: RowsAsked): Promise<readonly KeptRow[]> {
  return read<KeptRow>(
    `SELECT row.nth AS nth, row.line AS line, row.record_type AS "recordType", row.outcome AS outcome, row.record_id::text AS "recordId",
       row.fields AS fields, row.problems AS problems, COALESCE((
         SELECT jsonb_agg(jsonb_build_object('id', each.id, 'name', COALESCE(person.name, faction.name), 'score', each.score)
           ORDER BY each.score DESC, each.id)
         FROM jsonb_to_recordset(row.near) AS each (id uuid, score numeric)
         LEFT JOIN people AS person ON person.id = each.id AND person.retracted_at IS NULL
         LEFT JOIN factions AS faction ON faction.id = each.id AND faction.retracted_at IS NULL
         WHERE COALESCE(person.name, faction.name) IS NOT NULL
       ), '[]') AS near
     FROM import_rows AS row
     WHERE row.import_id = $1::uuid AND ($2::import_outcome IS NULL OR row.outcome = $2::import_outcome) AND row.nth > $3::int
     ORDER BY row.nth LIMIT $4::int`,
    [asked.importId, asked.outcome, asked.after, asked.limit],
  );
}

/** Whether a source is there, and not retracted. */
export async function isLiveSource(read: Read, id: string): Promise<boolean> {
  const rows = await read(
    'SELECT 1 FROM sources AS source WHERE source.id = $1::uuid AND source.retracted_at IS NULL',
    [id],
  );
  return rows.length > 0;
}

/** Has one import at a time be applied: the others wait. */
export async function lockImports(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('imports', 0))`, []);
}

/** Holds all memberships, or all votes, at once: there is no room for a lock for each. */
export async function holdAll(tx: Transaction, what: 'members' | 'votes'): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), set_config('accord.holds_' || $1, 'on', true)`,
    [what],
  );
}
