/**
 * What a request reads: with whose eyes, at which instant, and out of which recording. Every query that reads records is
 * written over the plain tables; the relations made here stand before it under the same names and hold only what the
 * reading may hold. What is visible is decided in `visible.ts`, and only here is it asked.
 */
import type { RecordType } from '../../domain/vocabulary.js';
import type { View } from '../auth/caller.js';
import { columnOf, columnsOf } from './field.js';
import type { Definitions, RecordDefinition } from './record.definition.js';
import { recordingRelations } from './recordings.js';
import { isVisible, optionalReferences, requiresVisible, type Asked } from './visible.js';

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

const KEPT_COLUMNS = ['id', 'version', 'retracted_at', 'created_at', 'updated_at'];

/** What a query may name besides the tables of records. */
const MADE_HERE = ['asked', 'lineage', 'turns', 'namings', 'feed'];

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

/**
 * The query with the relations of a reading before it: each table that it names holds what the reading may see, `asked`
 * its instants, `lineage` from which source each source derives, `turns` and `namings` what was recorded ever, `feed` the changes
 * of all records.
 *
 * @param query begins with SELECT; its relations are named without a schema
 */
export function queryOf(reading: Reading, definitions: Definitions, query: Query): Query {
  const { text, bound } = preparedFor(reading, definitions, query);
  return { text, values: [...query.values, ...bound.map((name) => reading[name])] };
}

/** A text with the relations of a reading, and what of the reading is bound behind the query's own values. */
interface Composed {
  readonly text: string;
  readonly bound: readonly ('instant' | 'knownAt' | 'mergerId')[];
}

/** What is asked often is not put together anew. Lists are asked for in thousands of ways: now and then all is forgotten. */
const COMPOSED = new WeakMap<Definitions, Map<string, Map<string, Composed>>>();
const MOST_COMPOSED = 500;

function preparedFor(reading: Reading, definitions: Definitions, query: Query): Composed {
  const ofDefinitions = COMPOSED.get(definitions) ?? new Map<string, Map<string, Composed>>();
  COMPOSED.set(definitions, ofDefinitions);
  // All of a reading and of the values that the text depends on.
  const shape = `${reading.view} ${String(reading.knownAt === null)} ${String(reading.mergerId === undefined)} ${String(query.values.length)}`;
  const ofShape = ofDefinitions.get(shape) ?? new Map<string, Composed>();
  ofDefinitions.set(shape, ofShape);
  const known = ofShape.get(query.text);
  if (known) return known;
  const composed = compose(reading, definitions, query);
  if (ofShape.size === MOST_COMPOSED) ofShape.clear();
  ofShape.set(query.text, composed);
  return composed;
}

function compose(reading: Reading, definitions: Definitions, { text, values }: Query): Composed {
  const names = new Set(text.match(/\b[a-z_]+\b/g));
  const isPlain = reading.view === 'all' && reading.knownAt === null;
  if (isPlain && !MADE_HERE.some((name) => names.has(name))) return { text, bound: [] };
  const bound: Composed['bound'][number][] = [];
  const bind = (name: Composed['bound'][number], type: string): string =>
    `$${String(values.length + bound.push(name))}::${type}`;
  // Of the feed nothing is read that was told later than the instant: the clock is asked after all that is read was there.
  const clock = names.has('feed') ? 'clock_timestamp()' : 'statement_timestamp()';
  const asked: Asked = {
    isPublic: reading.view === 'public',
    // Bound also when it is null: a statement is prepared once for both.
    instant: `COALESCE(${bind('instant', 'timestamptz')}, ${clock})`,
    knownUntil: reading.knownAt === null ? null : `span_end(${bind('knownAt', 'text')})`,
    merger:
      reading.knownAt === null || reading.mergerId === undefined ? null : bind('mergerId', 'uuid'),
  };
  const relations = [
    `asked (instant, known_until) AS (SELECT ${asked.instant}, ${asked.knownUntil ?? 'NULL::timestamptz'})`,
    ...tableRelations(names, definitions, asked),
    ...recordingRelations(names, definitions, asked.isPublic ? (id) => isVisible(id, asked) : null),
  ];
  return { text: `WITH ${relations.join(',\n')}\n${text}`, bound };
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
  if (names.has('lineage')) shadows.push(lineage(definitions, asked));
  if (names.has('feed')) shadows.push(feed(asked));
  return shadows;
}

/** The records of a table that the reading may see, without what they name and it may not see. */
function shadow(definition: RecordDefinition, definitions: Definitions, asked: Asked): string {
  const visible = asked.isPublic
    ? `WHERE ${isVisible('record.id', asked)}${requiresVisible(definition, asked)}`
    : '';
  return `${definition.table} AS NOT MATERIALIZED (${shownRows(definition, definitions, asked, rowsOf(definition, asked))} ${visible})`;
}

/** Rows without the optional references that the reading may not see. */
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
  return `SELECT ${columns.join(', ')}
    FROM ${rows}${masks.map(({ join }) => join(asked)).join('')}`;
}

/**
 * The row of a revision, from `before` or `after`: a relation for a FROM, which needs `asked` and a `revision` with
 * `recorded_at`. The public's row lacks what is hidden now or was hidden then; there is none when what the row required then
 * is hidden now.
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
  return `(${shownRows(definition, definitions, asked, `${row} AS record`)} WHERE true ${requiresVisible(definition, asked)})`;
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
 * The feed, an entry for each change. The public's holds what was public, while its record is; a merger is named if it is
 * shown now and was then. A lifting that was told before its time, by a clock that was set back since, is told again later.
 */
function feed({ isPublic, ...rest }: Asked): string {
  const at = 'COALESCE(change.published_at, revision.recorded_at, purge.purged_at)';
  const now = { ...rest, isPublic, instant: '(SELECT asked.instant FROM asked)' };
  const then = { ...now, knownUntil: `(${at} + interval '1 microsecond')` };
  const merger = `LEFT JOIN public.mergers AS merger ON merger.id = change.merger_id AND ${isVisible('merger.id', then)}`;
  const shown = `AND change.is_public AND ${isVisible('revision.record_id', now)}`;
  return `feed (position, id, record_type, record_id, merger_id, version, operation, recorded_at, actor, reason) AS NOT MATERIALIZED (
    SELECT change.position, change.id, COALESCE(revision.record_type, purge.record_type),
      COALESCE(revision.record_id, purge.record_id), ${isPublic ? 'merger.id' : 'change.merger_id'}, revision.version,
      CASE WHEN purge.id IS NOT NULL THEN 'purged' WHEN change.published_at IS NOT NULL THEN 'published'
        ELSE revision.operation::text END, ${at},
      CASE WHEN change.published_at IS NULL THEN COALESCE(revision.actor, purge.actor) END,
      CASE WHEN change.published_at IS NULL THEN COALESCE(revision.reason, purge.reason) END
    FROM public.changes AS change
    LEFT JOIN public.revisions AS revision ON revision.position = change.revision_position
    LEFT JOIN public.purges AS purge ON purge.id = change.purge_id ${isPublic ? merger : ''}
    WHERE (change.revision_position IS NOT NULL OR change.purge_id IS NOT NULL) ${isPublic ? shown : ''}
      AND (change.published_at IS NULL OR change.published_at <= ${now.instant}))`;
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
