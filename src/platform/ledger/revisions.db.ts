import type { Prisma } from '../../generated/prisma/client.js';
import type { Database, Read } from '../prisma/database.js';
import type { RecordDefinition } from '../records/record.definition.js';
import { bodyExpression } from '../records/records.db.js';

/** One change of one record: its body before and after, as JSON text within JSON text. */
export interface RevisionRow {
  readonly version: number;
  readonly operation: 'create' | 'update' | 'retract' | 'restore';
  readonly recordedAt: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The revisions of a record, the newest first; those before a version, when it is given. */
export function listRevisions(
  database: Database,
  definition: RecordDefinition,
  id: string,
  page: { readonly beforeVersion: number | null; readonly limit: number },
): Promise<readonly RevisionRow[]> {
  return database.read<RevisionRow>(
    `SELECT revision.version AS version, revision.operation AS operation, iso_instant(revision.recorded_at) AS "recordedAt",
       revision.actor AS actor, revision.reason AS reason,
       CASE WHEN revision.before IS NOT NULL THEN ${bodyExpression(definition, 'earlier')} END AS before,
       ${bodyExpression(definition, 'later')} AS after
     FROM revisions AS revision
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, revision.before) AS earlier
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, revision.after) AS later
     WHERE revision.record_type = '${definition.type}' AND revision.record_id = $1::uuid
       AND ($2::int IS NULL OR revision.version < $2::int)
     ORDER BY revision.version DESC LIMIT $3::int`,
    [id, page.beforeVersion, page.limit],
  );
}

/** The body of a record at a version; undefined when it never had that version. */
export async function bodyAtVersion(
  tx: Prisma.TransactionClient,
  definition: RecordDefinition,
  id: string,
  version: number,
): Promise<string | undefined> {
  const [row] = await tx.$queryRawUnsafe<{ json: string }[]>(
    `SELECT ${bodyExpression(definition, 'later')}::text AS json
     FROM revisions AS revision
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, revision.after) AS later
     WHERE revision.record_type = '${definition.type}' AND revision.record_id = $1::uuid AND revision.version = $2::int`,
    id,
    version,
  );
  return row?.json;
}

/** When and why a record was retracted. */
export async function retractionOf(
  read: Read,
  definition: RecordDefinition,
  id: string,
): Promise<{ readonly retractedAt: string; readonly reason: string | null } | undefined> {
  const [row] = await read<{ retractedAt: string; reason: string | null }>(
    `SELECT iso_instant(revision.recorded_at) AS "retractedAt", revision.reason AS reason
     FROM revisions AS revision
     WHERE revision.record_type = '${definition.type}' AND revision.record_id = $1::uuid AND revision.operation = 'retract'
     ORDER BY revision.version DESC LIMIT 1`,
    [id],
  );
  return row;
}
