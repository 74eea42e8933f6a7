/**
 * What a request reads: with whose eyes, at which instant, and out of which recording. Every query that reads records is
 * written over the plain tables; the relations made here stand before it under the same names and hold only what the
 * reading may hold. This is the one place that decides what is visible.
 */
import type { RecordType } from '../../domain/vocabulary.js';
import type { View } from '../auth/caller.js';
import { columnOf, columnsOf } from './field.js';
import type { Definitions, RecordDefinition } from './record.definition.js';
import { recordingRelations } from './recordings.js';

/** What a request reads. */
export interface Reading {
  /** Everything, as key holders see it, or what is public. */
  readonly view: View;
  /** The instant at which visibility is judged, ISO; null: the database's own at the statement. */
  readonly instant: string | null;
  /** Only what was recorded by then, a partial date; null: what is recorded now. */
  readonly knownAt: string | null;
  /** With `knownAt`, reads of what belongs to a merger only the records of this one: a narrowing, for speed. */
  readonly mergerId?: string;
}

/** A query and its values. */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** How the instants of a reading are bound in the text. */
interface Asked {
  readonly isPublic: boolean;
  readonly instant: string;
  readonly knownUntil: string | null;
  readonly merger: string | null;
}

const KEPT_COLUMNS = ['id', 'version', 'retracted_at', 'created_at', 'updated_at'];

/** Every record of these has one merger, for good. */
const OF_ONE_MERGER: ReadonlySet<RecordType> = new Set([
  'mergers',
  'participants',
  'stances',
  'milestones',
  'transitions',
  'motions',
  'vote-events',
  'votes',
  'mandates',
  'predictions',
  'successions',
]);

/** What a query may name besides the tables. */
const FURTHER = ['asked', 'lineage', 'turns', 'namings'];

/**
 * The query with the relations of a reading before it: each table that it names holds what the reading may see, `asked`
 * its instants, `lineage` from which source each source derives, `turns` and `namings` what was recorded ever.
 *
 * @param query begins with SELECT; its relations are named without a schema
 */
export function queryOf(reading: Reading, definitions: Definitions, query: Query): Query {
  const names = new Set(query.text.match(/\b[a-z_]+\b/g));
  const isPlain = reading.view === 'all' && reading.knownAt === null;
  if (isPlain && !FURTHER.some((name) => names.has(name))) return query;
  const values = [...query.values];
  const bind = (value: string, type: string): string => `$${String(values.push(value))}::${type}`;
  const asked: Asked = {
    isPublic: reading.view === 'public',
    // Bound also when it is null: a statement is prepared once for both.
    instant: `COALESCE($${String(values.push(reading.instant))}::timestamptz, statement_timestamp())`,
    knownUntil: reading.knownAt === null ? null : `span_end(${bind(reading.knownAt, 'text')})`,
    merger:
      reading.knownAt === null || reading.mergerId === undefined
        ? null
        : bind(reading.mergerId, 'uuid'),
  };
  const relations = [
    `asked (instant, known_until) AS (SELECT ${asked.instant}, ${asked.knownUntil ?? 'NULL::timestamptz'})`,
    ...tableRelations(names, definitions, asked),
    ...recordingRelations(names, definitions, asked.isPublic ? (id) => isVisible(id, asked) : null),
  ];
  return { text: `WITH ${relations.join(',\n')}\n${query.text}`, values };
}

function tableRelations(
  names: ReadonlySet<string>,
  definitions: Definitions,
  asked: Asked,
): string[] {
  const shadows =
    asked.isPublic || asked.knownUntil !== null
      ? [...definitions.values()]
          .filter(({ table }) => names.has(table))
          .map((definition) => shadow(definition, definitions, asked))
      : [];
  return names.has('lineage') ? [...shadows, lineage(definitions, asked)] : shadows;
}

/** The records of a table that the reading may see, without what they name and it may not see. */
function shadow(definition: RecordDefinition, definitions: Definitions, asked: Asked): string {
  const visible = asked.isPublic
    ? `WHERE ${isVisible('record.id', asked)}${requiresVisible(definition, asked)}`
    : '';
  return `${definition.table} AS NOT MATERIALIZED (${shownRows(definition, definitions, asked, rowsOf(definition, asked))} ${visible})`;
}

/** Rows without the optional references that the reading may not see, and whether there are any. */
function shownRows(
  definition: RecordDefinition,
  definitions: Definitions,
  asked: Asked,
  rows: string,
): string {
  const kept = definition.fields.flatMap(columnsOf);
  const masks = asked.isPublic ? optionalReferences(definition, definitions) : [];
  const columns = [...KEPT_COLUMNS, ...kept].map((column) => {
    const mask = masks.find((each) => each.column === column);
    return mask ? `${mask.shown} AS "${column}"` : `record."${column}"`;
  });
  const masked = masks.map((mask) => `record."${mask.column}" IS DISTINCT FROM ${mask.shown}`);
  return `SELECT ${columns.join(', ')}, ${masked.length === 0 ? 'false' : masked.join(' OR ')} AS masked
    FROM ${rows}${masks.map(({ join }) => join(asked)).join('')}`;
}

/**
 * The row of a revision, from `before` or `after`: a relation for a FROM, which needs `asked` and a `revision` with
 * `recorded_at`. The public's row lacks what is hidden now or was hidden then.
 */
export function rowOfRevision(
  definition: RecordDefinition,
  definitions: Definitions,
  view: View,
  json: string,
): string {
  const row = `jsonb_populate_record(NULL::public.${definition.table}, ${json})`;
  if (view === 'all') return row;
  const asked = {
    isPublic: true,
    instant: '(SELECT asked.instant FROM asked)',
    knownUntil: "(revision.recorded_at + interval '1 microsecond')",
    merger: null,
  };
  return `(${shownRows(definition, definitions, asked, `${row} AS record`)})`;
}

/** Where each source comes from. A confidential source stays a link in the chain: two that derive from it are one root. */
function lineage(definitions: Definitions, asked: Asked): string {
  const sources = definitions.get('sources');
  if (sources === undefined) throw new Error('no resource is declared for sources');
  const held = "AND span.ground = 'held'";
  const above = asked.isPublic
    ? `LEFT JOIN public.sources AS above ON above.id = record.derived_from_id AND ${isVisible('above.id', asked, held)}
       WHERE ${isVisible('record.id', asked, held)}`
    : '';
  return `lineage (id, derived_from_id, publisher) AS NOT MATERIALIZED (
    SELECT record.id, ${asked.isPublic ? 'above.id' : 'record.derived_from_id'}, record.publisher
    FROM ${rowsOf(sources, asked)} ${above})`;
}

/**
 * Today's rows, or the versions that held then: those without a later one by then. What they are looked up by stands as an
 * expression over the revision itself, so that an index finds them.
 */
function rowsOf({ type, table, fields }: RecordDefinition, asked: Asked): string {
  if (asked.knownUntil === null) return `public.${table} AS record`;
  const merger =
    asked.merger !== null && OF_ONE_MERGER.has(type)
      ? `AND version.merger_id = ${asked.merger}`
      : '';
  const named = new Set(
    fields.filter((field) => field.kind === 'reference').map(({ name }) => columnOf(name)),
  );
  const columns = [...KEPT_COLUMNS, ...fields.flatMap(columnsOf)].map((column) => {
    if (column === 'id') return 'version.record_id AS id';
    if (column === 'merger_id') return 'version.merger_id';
    return named.has(column)
      ? `(version.after ->> '${column}')::uuid AS "${column}"`
      : `whole."${column}"`;
  });
  return `(
      SELECT ${columns.join(', ')}
      FROM public.revisions AS version CROSS JOIN LATERAL jsonb_populate_record(NULL::public.${table}, version.after) AS whole
      WHERE version.record_type = '${type}' AND version.recorded_at < ${asked.knownUntil} ${merger}
        AND NOT EXISTS (
          SELECT FROM public.revisions AS later
          WHERE later.record_type = version.record_type AND later.record_id = version.record_id
            AND later.version = version.version + 1 AND later.recorded_at < ${asked.knownUntil})
    ) AS record`;
}

function coversNow({ instant }: Asked): string {
  return `(span.hidden_from <= ${instant} AND span.hidden_until > ${instant})`;
}

/** That no span hides a record, at the instant and, of an earlier recording, at its last instant. */
function isVisible(id: string, asked: Asked, further = ''): string {
  const now = coversNow(asked);
  const then = `(span.hidden_from < ${asked.knownUntil ?? ''} AND span.hidden_until >= ${asked.knownUntil ?? ''})`;
  const when = asked.knownUntil === null ? now : `(${now} OR ${then})`;
  return `NOT EXISTS (SELECT FROM public.hidden_spans AS span WHERE span.record_id = ${id} AND ${when} ${further})`;
}

/**
 * Of an earlier recording, that no span hides now what the row required then and perhaps requires no more: spans tell of
 * what a record requires at their own time.
 */
function requiresVisible(definition: RecordDefinition, asked: Asked): string {
  const columns = changingRequirements(definition).map((column) => `record."${column}"`);
  if (asked.knownUntil === null || columns.length === 0) return '';
  return ` AND NOT EXISTS (SELECT FROM public.hidden_spans AS span WHERE ${coversNow(asked)}
    AND span.record_id IN (SELECT unnest(ARRAY[]::uuid[] || ${columns.join(' || ')})))`;
}

/** The same of the version that a record named had then. */
function namedRequiresVisible(definition: RecordDefinition, id: string, asked: Asked): string {
  const columns = changingRequirements(definition).map((column) => `'${column}'`);
  if (asked.knownUntil === null || columns.length === 0) return '';
  return ` AND NOT EXISTS (
    SELECT FROM (
      SELECT held.after FROM public.revisions AS held
      WHERE held.record_type = '${definition.type}' AND held.record_id = ${id} AND held.recorded_at < ${asked.knownUntil}
      ORDER BY held.version DESC LIMIT 1
    ) AS version JOIN public.hidden_spans AS span ON ${coversNow(asked)}
      AND span.record_id = ANY (ids_in(version.after, ARRAY[${columns.join(', ')}])))`;
}

function changingRequirements(definition: RecordDefinition): readonly string[] {
  const fixed = definition.fields.filter((field) => field.fixed).flatMap(columnsOf);
  return requiredColumns(definition).filter((column) => !fixed.includes(column));
}

interface Mask {
  readonly column: string;
  readonly shown: string;
  readonly join: (asked: Asked) => string;
}

/** The references that a record can do without: each is shown only if what it names is. */
function optionalReferences(definition: RecordDefinition, definitions: Definitions): Mask[] {
  const required = new Set(requiredColumns(definition));
  return definition.fields.flatMap((field) => {
    const targets = field.targets ? Object.values(field.targets) : [field.target];
    return columnsOf(field).flatMap((column, at) => {
      const target = targets[at];
      if (target === undefined || target === 'recordType' || required.has(column)) return [];
      const named = definitions.get(target);
      if (named === undefined) return [];
      return [field.kind === 'references' ? listMask(column) : mask(column, named)];
    });
  });
}

function mask(column: string, named: RecordDefinition): Mask {
  const alias = `seen_${column}`;
  return {
    column,
    shown: `${alias}.id`,
    join: (asked) => `
      LEFT JOIN public.${named.table} AS ${alias} ON ${alias}.id = record."${column}"
        AND ${isVisible(`${alias}.id`, asked)}${namedRequiresVisible(named, `${alias}.id`, asked)}`,
  };
}

function listMask(column: string): Mask {
  const alias = `seen_${column}`;
  return {
    column,
    shown: `${alias}.ids`,
    join: (asked) => `
      CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(named.id ORDER BY named.place), '{}') AS ids
        FROM unnest(record."${column}") WITH ORDINALITY AS named (id, place) WHERE ${isVisible('named.id', asked)}
      ) AS ${alias}`,
  };
}

/**
 * The columns of what a record requires: references that may not be left out, and pairs of which one must be given. It is
 * hidden with what they name. The migration that keeps `hidden_spans` has the same list.
 */
export function requiredColumns(definition: RecordDefinition): readonly string[] {
  const oneOf = new Set(definition.oneOf);
  return definition.fields
    .filter((field) => field.target !== undefined && (!field.optional || oneOf.has(field.name)))
    .map((field) => columnOf(field.name));
}
