import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';
import type { LongRow } from '../../platform/prisma/long.reads.js';
import type { Query } from '../../platform/records/reading.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';
import { bodyExpression, heldAt } from '../../platform/records/records.db.js';
import { ownReferences, type OwnReference } from './export.order.js';

/** Popolo has the votes within their vote event, and who attended within the event: so many at most. */
const MOST_WITHIN = 1_000;

/** A record, and what Popolo says of it besides. */
export interface PopoloRow extends LongRow {
  readonly id: string;
  /** The sources that support it and have an address, as JSON: a list of `{url, note}`; null: none. */
  readonly sources: string | null;
  /** Of a vote event, the faction that decides. */
  readonly factionId?: string;
}

/** A record that stands within another one. */
export interface RowWithin extends LongRow {
  readonly above: string;
  /** Who attended, or has voted, when that is a person on record. */
  readonly name: string | null;
}

/** Which records are asked for. */
export interface Wanted {
  readonly definition: RecordDefinition;
  readonly definitions: Definitions;
  /** Of what has a span, only what held at this instant, ISO; null: all. */
  readonly asOf: string | null;
}

/** All records of a resource, each after those that it names; of citations, those that are about a live record. */
export function recordsQuery(wanted: Wanted): Query {
  const { definition } = wanted;
  const own = ownReferences(definition);
  const depth =
    own.length === 0
      ? ''
      : `LEFT JOIN (${depths(definition, own)}) AS place ON place.id = record.id`;
  const order = own.length === 0 ? 'record.id' : 'COALESCE(place.depth, 0), record.id';
  return {
    text: `SELECT ${bodyExpression(definition, 'record')}::text AS json
      FROM ${definition.table} AS record ${depth}
      WHERE ${conditions(wanted).join(' AND ')} ORDER BY ${order}`,
    values: valuesOf(wanted),
  };
}

/** All records of a resource by their ids, with their sources. */
export function citedQuery(wanted: Wanted): Query {
  const { definition } = wanted;
  const faction =
    definition.type === 'vote-events'
      ? `, (SELECT motion.faction_id::text FROM motions AS motion WHERE motion.id = record.motion_id) AS "factionId"`
      : '';
  return {
    text: `SELECT record.id::text AS id, ${bodyExpression(definition, 'record')}::text AS json,
        ${sourcesOf(definition.type)} AS sources ${faction}
      FROM ${definition.table} AS record
      WHERE ${conditions(wanted).join(' AND ')} ORDER BY record.id`,
    values: valuesOf(wanted),
  };
}

/** How the records within another one are asked for. */
export interface Within extends Wanted {
  /** The column that names what they are within. */
  readonly above: string;
  /** SQL over `record`: which of them. */
  readonly only?: string;
  /** The first so many of each, or those beyond. */
  readonly part: 'first' | 'beyond';
}

/** The records within others, in the order of the ids of these. */
export function withinQuery({ above, only = 'true', part, ...wanted }: Within): Query {
  const { definition } = wanted;
  const place = part === 'first' ? '<=' : '>';
  return {
    text: `SELECT record.above::text AS above, record.json AS json,
        (SELECT person.name FROM people AS person WHERE person.id = record.person_id) AS name
      FROM (
        SELECT record.${above} AS above, record.id AS id, record.person_id AS person_id,
          ${bodyExpression(definition, 'record')}::text AS json,
          row_number() OVER (PARTITION BY record.${above} ORDER BY record.id) AS nth
        FROM ${definition.table} AS record
        WHERE ${conditions(wanted).join(' AND ')} AND ${only}
      ) AS record
      WHERE record.nth ${place} ${String(MOST_WITHIN)} ORDER BY record.above, record.id`,
    values: valuesOf(wanted),
  };
}

/** Some records of a resource: SQL over `record` says which. */
export function outsideQuery(wanted: Wanted, only: string): Query {
  const { definition } = wanted;
  return {
    text: `SELECT ${bodyExpression(definition, 'record')}::text AS json FROM ${definition.table} AS record
      WHERE ${conditions(wanted).join(' AND ')} AND ${only} ORDER BY record.id`,
    values: valuesOf(wanted),
  };
}

function valuesOf({ definition, asOf }: Wanted): readonly unknown[] {
  return asOf === null || definition.span === undefined ? [] : [asOf];
}

function conditions(wanted: Wanted): readonly string[] {
  const { definition, definitions } = wanted;
  const isAny = definition.fields.some(({ target }) => target === 'recordType');
  return [
    'record.retracted_at IS NULL',
    ...(valuesOf(wanted).length === 0 ? [] : heldAt(definition, '$1::timestamptz')),
    ...(isAny ? [isAboutLive(definitions)] : []),
  ];
}

/** That the record that a citation is about is there: citations outlive what they are about. */
function isAboutLive(definitions: Definitions): string {
  const cases = [...definitions.values()].map(
    ({ type, table }) =>
      `WHEN '${type}' THEN EXISTS (SELECT FROM ${table} AS about WHERE about.id = record.record_id AND about.retracted_at IS NULL)`,
  );
  return `CASE record.record_type::text ${cases.join(' ')} ELSE false END`;
}

/** How deep each record is: one more than the deepest of the same kind that it names. */
function depths({ type, table }: RecordDefinition, own: readonly OwnReference[]): string {
  const edges = own.map(({ column, isList, isAny }) => {
    const named = isList ? 'named.id' : `naming.${column}`;
    const each = isList ? `CROSS JOIN LATERAL unnest(naming.${column}) AS named (id)` : '';
    const ofKind = isAny ? `AND naming.record_type::text = '${type}'` : '';
    return `SELECT naming.id, ${named} FROM ${table} AS naming ${each}
      WHERE naming.retracted_at IS NULL AND ${named} IS NOT NULL ${ofKind}`;
  });
  return `
    WITH RECURSIVE edges (id, above) AS MATERIALIZED (${edges.join(' UNION ALL ')}),
    deep (id, depth) AS (
      SELECT edges.id, 1 FROM edges
      WHERE NOT EXISTS (SELECT FROM edges AS higher WHERE higher.id = edges.above)
      UNION SELECT edges.id, deep.depth + 1 FROM deep JOIN edges ON edges.above = deep.id
    )
    SELECT deep.id, max(deep.depth) AS depth FROM deep GROUP BY deep.id`;
}

function sourcesOf(type: RecordType): string {
  return `(
    SELECT json_agg(json_build_object('url', cited.url, 'note', cited.title) ORDER BY cited.url, cited.title)::text
    FROM (
      SELECT DISTINCT origin.url, origin.title FROM citations AS citation JOIN sources AS origin ON origin.id = citation.source_id
      WHERE citation.record_id = record.id AND citation.record_type::text = '${type}' AND citation.stance = 'supports'
        AND citation.retracted_at IS NULL AND origin.retracted_at IS NULL AND origin.url IS NOT NULL
    ) AS cited)`;
}

/** The database's time as a moment begins, ISO: what is visible is judged by it throughout. */
export async function instantOf(read: Read): Promise<string> {
  const [row] = await read<{ instant: string }>(
    'SELECT statement_timestamp()::text AS instant',
    [],
  );
  if (!row) throw new Error('the database does not say what time it is');
  return row.instant;
}
