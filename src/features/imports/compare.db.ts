/** What the rows of an import change, and what of it cannot be. Statements over all rows of a kind at once. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { MOST_EXTRAS } from '../../platform/records/extras.field.js';
import { columnOf, columnsOf } from '../../platform/records/field.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { inCircles } from './circles.js';
import { open, refusing } from './judging.db.js';
import { INTO_LAST, asDuplicate } from './merged.db.js';

/** How a list of a file joins what a record has: what has this in common is there already. */
export const JOINED: Readonly<Record<string, (known: string, told: string) => string>> = {
  other_names: (known, told) =>
    `${known} ->> 'name' = ${told} ->> 'name' AND COALESCE(${known} ->> 'lang', '') = COALESCE(${told} ->> 'lang', '')`,
  identifiers: (known, told) =>
    `${known} ->> 'scheme' = ${told} ->> 'scheme' AND ${known} ->> 'identifier' = ${told} ->> 'identifier'`,
  links: (known, told) => `${known} ->> 'url' = ${told} ->> 'url'`,
};

/** Where a memory has the digests of the entries of a list. */
export function eachOf(column: string): string {
  return `${column} each`;
}

/** What a file is compared with: what its origin told before, and how its lists and extras go with those of the record. */
export interface Comparing {
  readonly origin: string;
  /** Whether they join those of the record, or take their place. */
  readonly joins: boolean;
}

/**
 * Says of each row that is a record what it changes. What the file does not give stays, and so does what its origin told just
 * so the last time, of the record or, before they were merged, of another one that it is now, whatever has become of it. The row of a
 * duplicate is compared with what was told of that.
 */
export async function compareRows(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  { origin, joins }: Comparing,
): Promise<void> {
  const { table, type, fields } = definition;
  await tx.query(
    `WITH RECURSIVE ${INTO_LAST}, duplicates (kept_id, told) AS (
       SELECT into_last.kept_id, jsonb_agg(memory.columns)
       FROM into_last JOIN import_memories AS memory ON memory.record_id = into_last.id AND memory.origin = $2 GROUP BY into_last.kept_id
     ), ${asDuplicate(open(definition))}
     UPDATE import_staging AS staged SET record_version = compared.version, merged = compared.later, fields = compared.fields,
       outcome = (CASE WHEN cardinality(compared.fields) = 0 THEN 'unchanged' ELSE 'update' END)::import_outcome
     FROM (
       SELECT staged.nth, record.version, later.body AS later, ARRAY(
         SELECT given.name FROM jsonb_object_keys(later.body) AS given (name)
         WHERE later.body -> given.name IS DISTINCT FROM earlier.body -> given.name ORDER BY given.name
       ) AS fields
       FROM import_staging AS staged JOIN ${table} AS record ON record.id = staged.record_id
       LEFT JOIN as_duplicate ON as_duplicate.nth = staged.nth
       LEFT JOIN import_memories AS memory ON memory.record_id = COALESCE(as_duplicate.record_id, staged.record_id)
         AND memory.origin = COALESCE(as_duplicate.origin, $2)
       LEFT JOIN duplicates ON duplicates.kept_id = staged.record_id
       CROSS JOIN LATERAL (SELECT to_jsonb(record)) AS earlier (body)
       CROSS JOIN LATERAL (
         SELECT CASE WHEN memory.record_id IS NULL AND duplicates.kept_id IS NULL THEN staged.patch ELSE (
           SELECT COALESCE(jsonb_object_agg(given.name, given.value), '{}') FROM jsonb_each(staged.patch) AS given (name, value)
           WHERE memory.columns ->> given.name IS DISTINCT FROM md5(given.value::text) AND NOT (
             memory.columns ->> given.name IS NULL AND EXISTS (
               SELECT FROM jsonb_array_elements(duplicates.told) AS told (columns) WHERE told.columns ->> given.name = md5(given.value::text)
             )
           )
         ) END - CASE WHEN ${joins ? 'false' : `as_duplicate.nth IS NOT NULL OR ${isOfSeveral(type)}`} THEN $3::text[] ELSE '{}' END
       ) AS news (patch)
       CROSS JOIN LATERAL (SELECT to_jsonb(jsonb_populate_record(record, news.patch ${joins ? joined(definition) : ''}))) AS later (body)
       WHERE ${open(definition)}
     ) AS compared
     WHERE staged.import_id = $1::uuid AND staged.nth = compared.nth`,
    [importId, origin, Object.keys(JOINED)],
  );
  if (joins) await refuseOverflowing(tx, importId, definition);
  const fixed = fields.filter((field) => field.fixed).flatMap(columnsOf);
  if (fixed.length === 0) return;
  await tx.query(
    `UPDATE import_staging AS staged SET ${refusing('validation_failed', "'/' || staged.fields[1]", "'it is set when the record is made'")}
     WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome = 'update' AND staged.fields && $2::text[]`,
    [importId, fixed],
  );
}

/** Whether two rows were made one record: the lists of one are not those of both. */
function isOfSeveral(type: string): string {
  return `EXISTS (
    SELECT FROM import_staging AS twice
    WHERE twice.import_id = $1::uuid AND twice.kind = '${type}' AND twice.record_id = staged.record_id AND twice.is_merged
  )`;
}

/** Refuses the rows that would give a record more than it may hold, so that it could not be changed any more. */
async function refuseOverflowing(
  tx: Transaction,
  importId: string,
  { type, fields }: RecordDefinition,
): Promise<void> {
  const refuse = (column: string, isTooMuch: string, detail: string): Promise<unknown> =>
    tx.query(
      `UPDATE import_staging AS staged SET ${refusing('validation_failed', `'/${column}'`, `'${detail}'`)}
       WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome = 'update' AND ${isTooMuch}`,
      [importId],
    );
  for (const { name, kind, schema } of fields)
    if (kind === 'list') {
      const most = String(schema['maxItems']);
      const isTooMuch = `jsonb_array_length(staged.merged -> '${columnOf(name)}') > ${most}`;
      await refuse(name, isTooMuch, `with those on record they are more than ${most}`);
    } else if (kind === 'extras') {
      const most = String(MOST_EXTRAS);
      await refuse(
        name,
        isLarger(`staged.merged -> 'extras'`, most),
        `with those on record they are more than ${most} bytes`,
      );
    }
}

/** Whether JSON takes more bytes than so many, as it is sent: without the blanks with which Postgres writes it. */
export function isLarger(json: string, bytes: string): string {
  return `(octet_length((${json})::text) > ${bytes}
    AND octet_length(regexp_replace((${json})::text, ${BETWEEN}, '\\1', 'g')) > ${bytes})`;
}

/** The blanks, and, to be left as they are, texts. */
const BETWEEN = `'("(?:[^"\\\\]|\\\\.)*")| '`;

/** Refuses the rows that would stand above themselves. Of what stands beneath another the two ids are in memory. */
export async function refuseCycles(
  tx: Transaction,
  importId: string,
  { type, table }: RecordDefinition,
  column: string,
): Promise<void> {
  const changing = `staged.import_id = $1::uuid AND staged.kind = '${type}'
    AND (staged.outcome = 'create' OR staged.outcome = 'update' AND '${column}' = ANY (staged.fields))`;
  const links = await tx.query<{ id: string; above: string }>(
    `WITH changed AS (
       SELECT staged.record_id AS id, staged.patch ->> '${column}' AS above FROM import_staging AS staged WHERE ${changing}
     )
     SELECT changed.id::text AS id, changed.above AS above FROM changed WHERE changed.above IS NOT NULL
     UNION ALL
     SELECT record.id::text, record.${column}::text FROM ${table} AS record
     WHERE record.${column} IS NOT NULL AND EXISTS (SELECT FROM changed WHERE changed.above IS NOT NULL)
       AND record.id NOT IN (SELECT changed.id FROM changed)`,
    [importId],
  );
  const circles = inCircles(new Map(links.map(({ id, above }) => [id, above])));
  if (circles.size === 0) return;
  await tx.query(
    `UPDATE import_staging AS staged SET ${refusing('cycle', `'/${column === 'parent_id' ? 'parentId' : 'derivedFromId'}'`, "'the record would stand above itself'")}
     WHERE ${changing} AND staged.record_id = ANY ($2::uuid[])`,
    [importId, [...circles]],
  );
}

/** Refuses the memberships that certainly overlap another one, of an earlier row or on record. */
export async function refuseOverlaps(tx: Transaction, importId: string): Promise<void> {
  await tx.query(
    `WITH rows AS (
       SELECT staged.nth, staged.record_id AS id, body.told ->> 'person_id' AS person_id, body.told ->> 'faction_id' AS faction_id,
         body.told ->> 'start_date' AS start_date, body.told ->> 'end_date' AS end_date
       FROM import_staging AS staged CROSS JOIN LATERAL (SELECT COALESCE(staged.merged, staged.patch)) AS body (told)
       WHERE staged.import_id = $1::uuid AND staged.kind = 'members' AND staged.outcome IN ('create', 'update')
     ), others AS (
       SELECT rows.* FROM rows
       UNION ALL
       SELECT 0, record.id, record.person_id::text, record.faction_id::text, record.start_date, record.end_date
       FROM members AS record
       WHERE record.retracted_at IS NULL AND record.person_id IN (SELECT rows.person_id::uuid FROM rows)
         -- By a hash, however few rows Postgres thinks that there are.
         AND record.id NOT IN (SELECT rows.id FROM rows)
     )
     UPDATE import_staging AS staged SET
       ${refusing('membership_overlaps', `'/startDate'`, "'the person is a member at that time already'")}
     FROM (
       SELECT DISTINCT one.nth FROM rows AS one
       JOIN others AS other ON other.person_id = one.person_id AND other.faction_id = one.faction_id
       WHERE other.id <> one.id AND other.nth < one.nth
         AND latest_start(other.start_date) < earliest_end(one.end_date)
         AND latest_start(one.start_date) < earliest_end(other.end_date)
     ) AS overlapping
     WHERE staged.import_id = $1::uuid AND staged.nth = overlapping.nth`,
    [importId],
  );
}

/**
 * Gives new records that came without one a slug of their own: what it begins with, and a number where that is taken. Two
 * that would have the same after all are told apart by their places in the file.
 */
export async function giveSlugs(
  tx: Transaction,
  importId: string,
  { type, table }: RecordDefinition,
): Promise<void> {
  const wanting = `staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome = 'create' AND NOT staged.patch ? 'slug'`;
  await tx.query(
    `WITH wanted AS (
       SELECT staged.nth, staged.slug_base AS base, row_number() OVER (PARTITION BY staged.slug_base ORDER BY staged.nth) AS place
       FROM import_staging AS staged WHERE ${wanting}
     ), known AS (
       SELECT record.slug FROM ${table} AS record
       UNION
       SELECT staged.patch ->> 'slug' FROM import_staging AS staged
       WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome IN ('create', 'update') AND staged.patch ? 'slug'
     ), taken AS (
       SELECT known.slug AS base, 1 AS number FROM known
       UNION ALL
       SELECT regexp_replace(known.slug, '-[0-9]{1,9}$', ''), (regexp_match(known.slug, '-([0-9]{1,9})$'))[1]::int
       FROM known WHERE known.slug ~ '-[0-9]{1,9}$'
     ), last AS (
       SELECT taken.base, max(taken.number) AS number FROM taken GROUP BY taken.base
     ), given AS (
       SELECT wanted.nth, CASE WHEN COALESCE(last.number, 0) + wanted.place = 1 THEN wanted.base
         ELSE wanted.base || '-' || COALESCE(last.number, 0) + wanted.place END AS slug
       FROM wanted LEFT JOIN last ON last.base = wanted.base
     ), apart AS (
       SELECT given.nth, CASE WHEN row_number() OVER (PARTITION BY given.slug ORDER BY given.nth) = 1
         AND NOT EXISTS (SELECT FROM known WHERE known.slug = given.slug)
         THEN given.slug ELSE given.slug || '-row-' || given.nth END AS slug
       FROM given
     )
     UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('slug', apart.slug)
     FROM apart WHERE staged.import_id = $1::uuid AND staged.nth = apart.nth`,
    [importId],
  );
}

function joined({ fields }: RecordDefinition): string {
  const columns = fields.flatMap(columnsOf);
  const lists = Object.entries(JOINED).filter(([column]) => columns.includes(column));
  const parts = lists.map(
    ([column, isSame]) => `|| CASE WHEN ${isGiven(column)} THEN jsonb_build_object('${column}',
      earlier.body -> '${column}' || ${column === 'other_names' ? formerName() : `'[]'`} || COALESCE((
        SELECT jsonb_agg(each.told ORDER BY each.place)
        FROM jsonb_array_elements(news.patch -> '${column}') WITH ORDINALITY AS each (told, place)
        WHERE NOT EXISTS (
          SELECT FROM jsonb_array_elements(earlier.body -> '${column}') AS known (told) WHERE ${isSame('known.told', 'each.told')}
        ) AND NOT ${wasTold(column)}
      ), '[]')) ELSE '{}' END`,
  );
  const extras = columns.includes('extras')
    ? `|| CASE WHEN news.patch ? 'extras' THEN jsonb_build_object('extras', (earlier.body -> 'extras') || (news.patch -> 'extras')) ELSE '{}' END`
    : '';
  return `${parts.join(' ')} ${extras}`;
}

/** Whether an entry of a list was in it the last time: if it is not there any more, somebody took it off. */
function wasTold(column: string): string {
  const entries = eachOf(column);
  return `COALESCE(
    memory.columns -> '${entries}' ? md5(each.told::text),
    EXISTS (SELECT FROM jsonb_array_elements(duplicates.told) AS told (columns) WHERE told.columns -> '${entries}' ? md5(each.told::text))
  )`;
}

/** A name that is replaced joins the others. */
const IS_RENAMED = `news.patch ? 'name' AND news.patch ->> 'name' <> earlier.body ->> 'name'`;

function isGiven(column: string): string {
  return column === 'other_names'
    ? `news.patch ? 'other_names' OR ${IS_RENAMED}`
    : `news.patch ? '${column}'`;
}

function formerName(): string {
  return `CASE WHEN ${IS_RENAMED} AND NOT EXISTS (
      SELECT FROM jsonb_array_elements((earlier.body -> 'other_names') || COALESCE(news.patch -> 'other_names', '[]')) AS known (told)
      WHERE known.told ->> 'name' = earlier.body ->> 'name'
    ) THEN jsonb_build_array(jsonb_build_object('name', earlier.body -> 'name')) ELSE '[]' END`;
}
