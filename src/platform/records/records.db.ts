/**
 * The SQL of a record, from its declaration. Postgres writes the JSON: a row goes out as the body that the API shows, and a
 * revision's row (`jsonb_populate_record`) through the same expression.
 */
import type { Transaction } from '../prisma/transaction.js';
import type { Read } from '../prisma/database.js';
import { columnOf, columnsOf, nestedName, type Field } from './field.js';
import { isStorable, isUuid } from '../http/text.js';
import { madeOnce } from './made.once.js';
import type { RecordDefinition } from './record.definition.js';
import type { Filter, ListQuery } from './records.query.js';
import type { ListedRecord, StoredRecord } from './stored.record.js';

type Row = Readonly<Record<string, unknown>>;

/** The body of a row as the API shows it: an SQL expression over the row called `alias`. */
export const bodyExpression = madeOnce((definition: RecordDefinition, alias = ''): string => {
  const names = definition.fields.map(({ name }) => name);
  return jsonExpression(definition, alias, [
    'id',
    ...names,
    'version',
    'retractedAt',
    'createdAt',
    'updatedAt',
  ]);
});

/** Some of the fields of a row, as the API shows them. */
export function jsonExpression(
  definition: RecordDefinition,
  alias: string,
  names: readonly string[],
): string {
  const columns = names.map((name) => {
    const field = definition.fields.find((each) => each.name === name);
    if (field) return `${fieldExpression(field, alias)} AS "${name}"`;
    const column = `${alias}."${columnOf(name)}"`;
    return `${name.endsWith('At') ? `iso_instant(${column})` : column} AS "${name}"`;
  });
  return `(SELECT row_to_json(body) FROM (SELECT ${columns.join(', ')}) AS body)`;
}

/** A field of a row as the API shows it. */
export function fieldExpression(field: Field, alias: string): string {
  const column = (name: string): string => `${alias}."${columnOf(name)}"`;
  if (field.kind !== 'oneReference') return column(field.name);
  const keys = Object.keys(field.targets ?? {});
  const names = keys.map((key) => column(nestedName(field.name, key)));
  const pairs = keys.map((key, at) => `'${key}', ${names[at] ?? ''}`);
  return `CASE WHEN num_nonnulls(${names.join(', ')}) > 0 THEN json_strip_nulls(json_build_object(${pairs.join(', ')})) END`;
}

/** The row of a body: its columns by name, as `jsonb_populate_record` reads them. */
export function rowOf(definition: RecordDefinition, body: Row): Row {
  const row: Record<string, unknown> = {};
  for (const field of definition.fields) {
    const value = body[field.name];
    if (field.kind !== 'oneReference') {
      if (value !== undefined) row[columnOf(field.name)] = value;
      continue;
    }
    for (const key of Object.keys(field.targets ?? {})) {
      const ids = Object(value ?? {}) as Row;
      row[columnOf(nestedName(field.name, key))] = ids[key] ?? null;
    }
  }
  return row;
}

/** One record by id or slug, retracted or not; undefined when there is none that the reading may see. */
export async function findRecord(
  read: Read,
  definition: RecordDefinition,
  key: string,
): Promise<StoredRecord | undefined> {
  const where = whereKey(definition, key);
  if (where === undefined) return undefined;
  const [record] = await read<StoredRecord>(selectRecord(definition, where), [key]);
  return record;
}

/** One record by id or slug, locked until the transaction ends. */
export async function lockRecord(
  tx: Transaction,
  definition: RecordDefinition,
  key: string,
): Promise<StoredRecord | undefined> {
  const where = whereKey(definition, key);
  if (where === undefined) return undefined;
  const [record] = await tx.query<StoredRecord>(
    `${selectRecord(definition, where)} FOR UPDATE OF record`,
    [key],
  );
  return record;
}

/** Stores a new record. */
export async function insertRecord(
  tx: Transaction,
  definition: RecordDefinition,
  row: Row,
): Promise<StoredRecord> {
  const json = jsonColumns(definition);
  const values = Object.entries(row).map(([column, value]) =>
    value !== null && json.has(column) ? JSON.stringify(value) : value,
  );
  const [record] = await tx.query<StoredRecord>(
    insertStatement(definition, ...Object.keys(row)),
    values,
  );
  return requireRow(record);
}

/** Changes the columns of a record; its version grows if any of them differs. */
export async function updateRecord(
  tx: Transaction,
  definition: RecordDefinition,
  id: string,
  row: Row,
): Promise<StoredRecord> {
  const [record] = await tx.query<StoredRecord>(updateStatement(definition, ...Object.keys(row)), [
    JSON.stringify(row),
    id,
  ]);
  return requireRow(record);
}

/** Retracts a record (it stays, with its history, and counts no more) or takes that back. The trigger sets the instant. */
export async function setRetracted(
  tx: Transaction,
  definition: RecordDefinition,
  id: string,
  retracted: boolean,
): Promise<StoredRecord> {
  const [record] = await tx.query<StoredRecord>(
    `UPDATE ${definition.table} AS record SET retracted_at = CASE WHEN $2 THEN now() END WHERE record.id = $1::uuid
     RETURNING ${recordColumns(definition)}`,
    [id, retracted],
  );
  return requireRow(record);
}

/** One page of a list, and one record more if there is a next page. */
export async function listRecords(
  read: Read,
  definition: RecordDefinition,
  query: ListQuery,
  parent: { readonly field: string; readonly id: string } | null,
): Promise<readonly ListedRecord[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${String(values.push(value))}`;
  const { from, order, type } = listOrder(definition, query, bind);
  const conditions = [
    'record.retracted_at IS NULL',
    ...query.filters.map((filter) => filterCondition(filter, bind)),
  ];
  if (parent) conditions.push(`record.${columnOf(parent.field)} = ${bind(parent.id)}::uuid`);
  if (query.asOf !== null && definition.span) {
    const at = `${bind(query.asOf)}::timestamptz`;
    const { start, end, revoked } = definition.span;
    conditions.push(`COALESCE(span_start(record.${columnOf(start)}) <= ${at}, true)`);
    if (end !== undefined)
      conditions.push(`COALESCE(span_end(record.${columnOf(end)}) > ${at}, true)`);
    if (revoked !== undefined)
      conditions.push(`COALESCE(span_start(record.${columnOf(revoked)}) > ${at}, true)`);
  }
  if (query.after) {
    const place = `(${bind(query.after.key)}::${type}, ${bind(query.after.id)}::uuid)`;
    conditions.push(`(${order}, record.id) ${query.descending ? '<' : '>'} ${place}`);
  }
  const direction = query.descending ? 'DESC' : 'ASC';
  return read<ListedRecord>(
    `SELECT record.id::text AS id, (${order})::text AS key, ${bodyExpression(definition, 'record')}::text AS json
     FROM ${from} WHERE ${conditions.join(' AND ')}
     ORDER BY ${order} ${direction}, record.id ${direction} LIMIT ${bind(query.limit + 1)}::int`,
    values,
  );
}

function recordColumns(definition: RecordDefinition): string {
  return `record.id::text AS id, record.version AS version, record.retracted_at IS NOT NULL AS retracted,
    ${bodyExpression(definition, 'record')}::text AS json`;
}

const selectRecord = madeOnce(
  (definition: RecordDefinition, where = ''): string =>
    `SELECT ${recordColumns(definition)} FROM ${definition.table} AS record WHERE ${where}`,
);

const insertStatement = madeOnce((definition: RecordDefinition, ...names): string => {
  const columns = names.map((name) => `"${name}"`);
  return `INSERT INTO ${definition.table} AS record (${columns.join(', ')})
    VALUES (${columns.map((_, at) => `$${String(at + 1)}`).join(', ')})
    RETURNING ${recordColumns(definition)}`;
});

const updateStatement = madeOnce((definition: RecordDefinition, ...names): string => {
  const columns = names.map((name) => `"${name}"`);
  return `UPDATE ${definition.table} AS record
    SET ${columns.map((name) => `${name} = given.${name}`).join(', ')}
    FROM jsonb_populate_record(NULL::${definition.table}, $1::jsonb) AS given
    WHERE record.id = $2::uuid
    RETURNING ${recordColumns(definition)}`;
});

/** The columns that hold JSON. */
function jsonColumns({ fields }: RecordDefinition): ReadonlySet<string> {
  const json = fields.filter(({ kind }) => ['object', 'list', 'extras'].includes(kind));
  return new Set(json.flatMap(columnsOf));
}

/** How a record called `record` is found by an id or a slug in $1; undefined when the text is neither. */
export function whereKey(definition: RecordDefinition, key: string): string | undefined {
  if (isUuid(key)) return 'record.id = $1::uuid';
  return definition.hasSlug && isStorable(key) ? 'record.slug = $1' : undefined;
}

function filterCondition(filter: Filter, bind: (value: unknown) => string): string {
  const column = `record."${columnsOf(filter.field)[0] ?? ''}"`;
  if ('from' in filter) {
    const { from, until } = filter;
    return [
      ...(from === null ? [] : [`span_end(${column}) > span_start(${bind(from)}::text)`]),
      ...(until === null ? [] : [`span_start(${column}) < span_end(${bind(until)}::text)`]),
    ].join(' AND ');
  }
  if (filter.field.kind === 'references') return `${column} && ${bind(filter.oneOf)}::uuid[]`;
  if (filter.field.kind === 'reference') return `${column} = ANY (${bind(filter.oneOf)}::uuid[])`;
  if (filter.field.kind === 'flag') return `${column} = ANY (${bind(filter.oneOf)}::boolean[])`;
  if (filter.field.kind === 'whole') return `${column} = ANY (${bind(filter.oneOf)}::int[])`;
  return `${column}::text = ANY (${bind(filter.oneOf)}::text[])`;
}

function listOrder(
  definition: RecordDefinition,
  query: ListQuery,
  bind: (value: unknown) => string,
): { from: string; order: string; type: string } {
  const all = `${definition.table} AS record`;
  const from =
    query.q === null
      ? all
      : `${matches(definition, bind(query.q))} JOIN ${all} ON record.id = match.record_id`;
  switch (query.sort) {
    case 'createdAt':
      return { from, order: 'record.created_at', type: 'timestamptz' };
    case 'updatedAt':
      return { from, order: 'record.updated_at', type: 'timestamptz' };
    case 'name':
      return {
        from,
        order: `lower(record.${columnOf(definition.nameField ?? 'id')})`,
        type: 'text',
      };
    case 'date':
      return {
        from,
        order: `date_order(record."${columnOf(definition.dateField ?? 'id')}")`,
        type: 'timestamptz',
      };
    case 'match':
      return { from, order: 'match.score', type: 'numeric' };
  }
}

/**
 * The records whose names resemble a text, each with its best score. A letter that is wrong, too many, missing or in its
 * neighbour's place costs at most four of the text's trigrams, and brings at most four of the name's that the text lacks:
 * of n + 4 in all n - 4 are the same. A fifth of a short text is always asked for, of a long one half is always enough.
 */
export function matches(definition: RecordDefinition, text: string): string {
  return `(
    SELECT names.record_id AS record_id,
      max(round((0.8 * word_similarity(asked.folded, names.folded) + 0.2 * similarity(asked.folded, names.folded))::numeric, 6)) AS score
    FROM (SELECT folded.text AS folded, cardinality(show_trgm(folded.text)) AS trigrams FROM fold_name(${text}) AS folded (text)) AS asked
    JOIN names ON names.record_type = '${definition.type}' AND asked.folded <% names.folded
    WHERE word_similarity(asked.folded, names.folded)
      >= greatest(0.2, least(0.5, (asked.trigrams - 4.0) / (asked.trigrams + 4.0)))
    GROUP BY names.record_id
  ) AS match`;
}

function requireRow(record: StoredRecord | undefined): StoredRecord {
  if (!record) throw new Error('the statement returned no row');
  return record;
}
