/** Where the rows of an import wait. */
import type { Read } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { ASIDES, type RowProblem, type StagedRow } from './import.rows.js';

/** Puts rows there. */
export async function stageRows(
  change: Read,
  importId: string,
  rows: readonly StagedRow[],
): Promise<void> {
  await change(
    `INSERT INTO import_staging (import_id, nth, line, kind, key, keeps_key, slug_base, patch, links, digest, problems)
     SELECT $1::uuid, row.nth, row.line, row.kind, row.key, row."keepsKey", row."slugBase", row.patch, row.links,
       md5(concat_ws(' ', row.kind, row.key, row.patch, row.links)), row.problems
     FROM jsonb_to_recordset($2::jsonb) AS row (
       nth int, line int, kind text, key uuid, "keepsKey" boolean, "slugBase" text, patch jsonb, links jsonb, problems jsonb)`,
    [importId, JSON.stringify(rows)],
  );
}

/** Tells the planner how much there is; another one that does so need not be waited for. */
export async function analyzeStaging(change: Read): Promise<void> {
  await change('ANALYZE (SKIP_LOCKED) import_staging', []);
}

/** The kinds of which there are rows. */
export async function stagedKinds(tx: Transaction, importId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ kind: string }>(
    'SELECT DISTINCT staged.kind AS kind FROM import_staging AS staged WHERE staged.import_id = $1::uuid',
    [importId],
  );
  return new Set(rows.map(({ kind }) => kind));
}

/** Refuses the rows that could not be read. */
export async function refuseUnread(tx: Transaction, importId: string): Promise<void> {
  await tx.query(
    `UPDATE import_staging AS staged SET outcome = 'refused'
     WHERE staged.import_id = $1::uuid AND staged.problems <> '[]'`,
    [importId],
  );
}

/** What was found wrong with a row. */
export interface Refused {
  readonly nth: number;
  readonly problems: readonly RowProblem[];
}

/** Refuses rows for what was found when they were written. */
export async function refuseRows(
  tx: Transaction,
  importId: string,
  refused: readonly Refused[],
): Promise<void> {
  await tx.query(
    `UPDATE import_staging AS staged SET outcome = 'refused', problems = staged.problems || refused.problems
     FROM jsonb_to_recordset($2::jsonb) AS refused (nth int, problems jsonb)
     WHERE staged.import_id = $1::uuid AND staged.nth = refused.nth`,
    [importId, JSON.stringify(refused)],
  );
}

/** How many rows are refused. */
export async function countRefused(tx: Transaction, importId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM import_staging AS staged
     WHERE staged.import_id = $1::uuid AND staged.outcome = 'refused'`,
    [importId],
  );
  return row?.count ?? 0;
}

/**
 * Keeps how many rows there were of each outcome, and what became of each that is not unchanged; removes the rows themselves.
 * A record that is not made has no id.
 */
export async function keepOutcomes(
  tx: Transaction,
  importId: string,
  isUnwritten: boolean,
): Promise<void> {
  await tx.query(
    `UPDATE imports AS import SET total = COALESCE(NULLIF(told.total, 0), import.total), created = told.created,
       updated = told.updated, unchanged = told.unchanged, refused = told.refused
     FROM (
       SELECT count(*)::int AS total, (count(*) FILTER (WHERE staged.outcome = 'create'))::int AS created,
         (count(*) FILTER (WHERE staged.outcome = 'update'))::int AS updated,
         (count(*) FILTER (WHERE staged.outcome = 'unchanged'))::int AS unchanged,
         (count(*) FILTER (WHERE staged.outcome = 'refused'))::int AS refused
       FROM import_staging AS staged WHERE staged.import_id = $1::uuid AND staged.kind <> ALL ($2::text[])
     ) AS told WHERE import.id = $1::uuid`,
    [importId, [...ASIDES]],
  );
  await tx.query(
    `INSERT INTO import_rows (import_id, nth, line, record_type, outcome, record_id, fields, problems, near)
     SELECT staged.import_id, staged.nth, staged.line, staged.kind::record_type, staged.outcome,
       CASE WHEN staged.outcome = 'update' OR staged.outcome = 'create' AND NOT $3::boolean OR staged.outcome = 'refused' AND EXISTS (
         SELECT FROM revisions AS revision WHERE revision.record_type = staged.kind::record_type AND revision.record_id = staged.record_id
       ) THEN staged.record_id END, staged.fields, staged.problems, staged.near
     FROM import_staging AS staged
     WHERE staged.import_id = $1::uuid AND staged.kind <> ALL ($2::text[]) AND staged.outcome <> 'unchanged' ORDER BY staged.nth`,
    [importId, [...ASIDES], isUnwritten],
  );
  await tx.query('DELETE FROM import_staging AS staged WHERE staged.import_id = $1::uuid', [
    importId,
  ]);
}
