import type { Transaction } from '../prisma/transaction.js';
import type { View } from '../auth/caller.js';
import type { Read } from '../prisma/database.js';
import { rowOfRevision } from '../records/reading.js';
import type { Definitions, RecordDefinition } from '../records/record.definition.js';
import { columnsOf, type Field } from '../records/field.js';
import { bodyExpression, fieldExpression } from '../records/records.db.js';

/** One change of one record: its body before and after, as JSON text within JSON text. */
export interface RevisionRow {
  readonly version: number;
  /** `published`: it became visible, as it was then. */
  readonly operation: 'create' | 'update' | 'retract' | 'restore' | 'published';
  readonly recordedAt: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  /** Where it stands in the history: the later, the greater as text. */
  readonly place: string;
}

/** Which revisions of which record, and who asks. */
export interface RevisionsAsked {
  readonly definition: RecordDefinition;
  readonly definitions: Definitions;
  readonly view: View;
  readonly id: string;
  /** Only those that stand before this place. */
  readonly before: string | null;
  readonly limit: number;
}

/**
 * The revisions of a record, the newest first. The public sees those at which the record was visible, without what is
 * hidden now or was hidden then; a lifting, by an edit or by time, is an entry of its own.
 */
export async function listRevisions(
  read: Read,
  asked: RevisionsAsked,
): Promise<readonly RevisionRow[]> {
  const { definition, definitions, view } = asked;
  const row = (name: string): string =>
    rowOfRevision(definition, definitions, view, `revision.${name}`);
  return read<RevisionRow>(
    `SELECT revision.version AS version, revision.operation AS operation, iso_instant(revision.recorded_at) AS "recordedAt",
       revision.actor AS actor, revision.reason AS reason, revision.place AS place,
       CASE WHEN revision.before IS NOT NULL THEN (SELECT ${bodyExpression(definition, 'earlier')} FROM ${row('before')} AS earlier) END AS before,
       (SELECT ${bodyExpression(definition, 'later')} FROM ${row('after')} AS later) AS after
     FROM (
       SELECT found.*, to_char(found.recorded_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || lpad(found.version::text, 9, '0')
         || (found.operation = 'published')::int::text AS place
       FROM (${view === 'public' ? PUBLIC_HISTORY : HISTORY}) AS found
       WHERE found.record_type = '${definition.type}'
     ) AS revision
     WHERE ($2::text IS NULL OR revision.place < $2::text) AND EXISTS (SELECT FROM ${row('after')} AS shown)
     ORDER BY revision.place DESC LIMIT $3::int`,
    [asked.id, asked.before, asked.limit],
  );
}

const HISTORY = `
  SELECT told.record_type, told.version, told.operation::text AS operation, told.recorded_at, told.actor, told.reason,
    told.before, told.after
  FROM revisions AS told WHERE told.record_id = $1::uuid`;

// A revision from the instant of a lifting is the lifting itself: what it was before stays unseen.
const PUBLIC_HISTORY = `${HISTORY}
    AND NOT EXISTS (
      SELECT FROM hidden_spans AS span
      WHERE span.record_id = told.record_id AND span.hidden_from <= told.recorded_at AND span.hidden_until >= told.recorded_at)
  UNION ALL
  SELECT told.record_type, told.version, 'published', lifted.at, NULL, NULL, NULL, told.after
  FROM (
    SELECT DISTINCT span.hidden_until AS at
    FROM hidden_spans AS span CROSS JOIN asked
    WHERE span.record_id = $1::uuid AND span.hidden_until <= asked.instant
      AND NOT EXISTS (
        SELECT FROM hidden_spans AS other
        WHERE other.record_id = span.record_id AND other.hidden_from <= span.hidden_until AND other.hidden_until > span.hidden_until)
  ) AS lifted
  CROSS JOIN LATERAL (
    SELECT latest.record_type, latest.version, latest.after FROM revisions AS latest
    WHERE latest.record_id = $1::uuid AND latest.recorded_at <= lifted.at
    ORDER BY latest.version DESC LIMIT 1
  ) AS told`;

/** A record as it was at a version: its body as JSON text. */
export interface PastBody {
  readonly version: number;
  readonly json: string;
}

/** The record at the newest of some versions; undefined when it never had any of them. */
export async function bodyAtVersion(
  tx: Transaction,
  definition: RecordDefinition,
  id: string,
  versions: readonly number[],
): Promise<PastBody | undefined> {
  const [row] = await tx.query<PastBody>(
    `SELECT revision.version AS version, ${bodyExpression(definition, 'later')}::text AS json
     FROM revisions AS revision
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${definition.table}, revision.after) AS later
     WHERE revision.record_type = '${definition.type}' AND revision.record_id = $1::uuid AND revision.version = ANY ($2::int[])
     ORDER BY revision.version DESC LIMIT 1`,
    [id, versions],
  );
  return row;
}

/** A field that was changed: what it held at a version, and what it holds now. */
export interface ChangedField {
  readonly name: string;
  readonly base: unknown;
  readonly theirs: unknown;
}

/**
 * The fields in which a record differs from what it was at a version. With `yours`, the row of some fields that somebody
 * wants to store: of these fields only those that now hold neither what they held then nor what is wanted.
 */
export async function changedSince(
  tx: Transaction,
  definition: RecordDefinition,
  { id, version }: { readonly id: string; readonly version: number },
  yours?: { readonly names: readonly string[]; readonly row: Readonly<Record<string, unknown>> },
): Promise<readonly ChangedField[]> {
  const { table, type } = definition;
  const fields = definition.fields.map(
    (field) => `('${field.name}', ${isChanged(field)},
       to_jsonb(${fieldExpression(field, 'base')}), to_jsonb(${fieldExpression(field, 'theirs')}))`,
  );
  return tx.query<ChangedField>(
    `SELECT field.name AS name, field.base AS base, field.theirs AS theirs
     FROM revisions AS revision
     CROSS JOIN (SELECT $3::text[] AS names, $4::jsonb AS sent) AS asked
     JOIN ${table} AS theirs ON theirs.id = revision.record_id
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, revision.after) AS base
     CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, asked.sent) AS yours
     CROSS JOIN LATERAL (VALUES ${fields.join(', ')}) AS field (name, changed, base, theirs)
     WHERE revision.record_type = '${type}' AND revision.record_id = $1::uuid AND revision.version = $2::int
       AND field.changed AND (asked.names IS NULL OR field.name = ANY (asked.names))`,
    [id, version, yours?.names ?? null, yours ? JSON.stringify(yours.row) : null],
  );
}

function isChanged(field: Field): string {
  const row = (alias: string): string =>
    `ROW(${columnsOf(field)
      .map((column) => `${alias}."${column}"`)
      .join(', ')})`;
  return `${row('theirs')} IS DISTINCT FROM ${row('base')}
       AND (asked.sent IS NULL OR ${row('theirs')} IS DISTINCT FROM ${row('yours')})`;
}

/** When and why a record was retracted, as it was at its version. */
export async function retractionOf(
  read: Read,
  definition: RecordDefinition,
  record: { readonly id: string; readonly version: number },
): Promise<{ readonly retractedAt: string; readonly reason: string | null } | undefined> {
  const [row] = await read<{ retractedAt: string; reason: string | null }>(
    `SELECT iso_instant(revision.recorded_at) AS "retractedAt", revision.reason AS reason
     FROM revisions AS revision
     WHERE revision.record_type = '${definition.type}' AND revision.record_id = $1::uuid AND revision.operation = 'retract' AND revision.version <= $2::int
     ORDER BY revision.version DESC LIMIT 1`,
    [record.id, record.version],
  );
  return row;
}
