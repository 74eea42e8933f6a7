/** Which records the rows of an import are: those that are there, or new ones. Statements over all rows of a kind at once. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnsOf } from '../../platform/records/field.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { open, refusing, severalOf } from './judging.db.js';
import { INTO_LAST, passOverMerged } from './merged.db.js';
import { byToldKey, byToldTerm, byWhatWasTold, passingOverRetracted } from './told.db.js';

/** Refuses the later ones of rows that have one id, one identifier, or everything in common. */
export async function refuseRepeated(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
): Promise<void> {
  const refuse = (told: string, pointer: string): Promise<unknown> =>
    tx.query(
      `WITH told AS (${told}), first AS (
         SELECT told.what, min(told.nth) AS nth, min(told.line) AS line FROM told GROUP BY told.what HAVING count(DISTINCT told.nth) > 1
       )
       UPDATE import_staging AS staged SET
         ${refusing('repeated_in_file', pointer, "'line ' || first.line || ' is the same record'")}
       FROM told JOIN first ON first.what = told.what
       WHERE staged.import_id = $1::uuid AND staged.nth = told.nth AND told.nth > first.nth`,
      [importId],
    );
  const from = `FROM import_staging AS staged`;
  await refuse(
    `SELECT staged.nth, staged.line, staged.key::text AS what ${from} WHERE ${open(definition)} AND staged.key IS NOT NULL`,
    `'/id'`,
  );
  await refuse(
    `SELECT staged.nth, staged.line, staged.digest AS what ${from} WHERE ${open(definition)} AND staged.key IS NULL`,
    'NULL',
  );
  if (hasIdentifiers(definition))
    await refuse(
      `SELECT staged.nth, staged.line, each.told AS what ${from}
       CROSS JOIN LATERAL jsonb_array_elements(staged.patch -> 'identifiers') AS each (told) WHERE ${open(definition)}`,
      `'/identifiers'`,
    );
}

/**
 * Finds the records that rows are: by identifiers, by our own ids, by slugs, because their origin told the same of it before or,
 * of what has no name, because they say nothing else.
 */
export async function matchRows(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  origin: string,
): Promise<void> {
  const { table } = definition;
  const run = (text: string): Promise<unknown> => tx.query(text, [importId]);
  if (hasIdentifiers(definition)) await tx.query(byIdentifiers(definition), [importId, origin]);
  await run(byOwn(definition, 'record.id = staged.key'));
  // An id of ours that is not known here is of another database, and its slug says nothing here.
  if (definition.hasSlug)
    await run(byOwn(definition, `NOT staged.keeps_key AND record.slug = staged.patch ->> 'slug'`));
  await tx.query(byWhatWasTold(definition), [importId, origin]);
  await tx.query(byToldKey(definition), [importId, origin]);
  if (definition.type === 'members') {
    await run(byIdInFile(definition));
    await run(byTerm(definition));
    await tx.query(byToldTerm(definition), [importId, origin]);
  } else if (definition.nameField === undefined) await run(byWhatItSays(definition));
  await tx.query(passingOverRetracted(definition), [importId, origin]);
  await run(
    `UPDATE import_staging AS staged SET ${refusing('retracted', `'/id'`, "'the record was retracted'")}
     FROM ${table} AS record
     WHERE ${open(definition)} AND record.id = staged.record_id AND record.retracted_at IS NOT NULL`,
  );
  await passOverMerged(tx, importId, definition, origin);
  await run(
    `UPDATE import_staging AS staged SET ${refusing('repeated_in_file', `'/id'`, "'line ' || first.line || ' is the same record'")}
     FROM (${severalOf(definition)}) AS first
     WHERE ${open(definition)} AND staged.record_id = first.record_id AND staged.nth > first.nth`,
  );
}

/** The rows that are no record yet become one: under their own id if it is one of ours, that nothing had before. */
export async function makeNew(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
): Promise<void> {
  await tx.query(
    `UPDATE import_staging AS staged SET outcome = 'create',
       record_id = CASE WHEN staged.keeps_key THEN staged.key ELSE uuid_v7() END
     WHERE ${open(definition)} AND staged.record_id IS NULL`,
    [importId],
  );
  await tx.query(
    `UPDATE import_staging AS staged SET ${refusing('id_taken', `'/id'`, "'the id belonged to something else'")}
     WHERE staged.import_id = $1::uuid AND staged.kind = '${definition.type}' AND staged.outcome = 'create' AND staged.keeps_key
       AND (EXISTS (SELECT FROM revisions AS revision WHERE revision.record_id = staged.record_id)
         OR EXISTS (SELECT FROM purges AS purge WHERE purge.record_id = staged.record_id))`,
    [importId],
  );
}

/** Whether records of a kind are told apart by who they are elsewhere. */
function hasIdentifiers({ fields }: RecordDefinition): boolean {
  return fields.some(({ name }) => name === 'identifiers');
}

/**
 * A row that hits several records is that of which its origin, $2, told the same identifiers the last time: one of them has been moved
 * to another record here.
 */
function byIdentifiers(definition: RecordDefinition): string {
  return `
    WITH told AS (
      SELECT staged.nth, each.told ->> 'scheme' AS scheme, each.told ->> 'identifier' AS identifier
      FROM import_staging AS staged CROSS JOIN LATERAL jsonb_array_elements(staged.patch -> 'identifiers') AS each (told)
      WHERE ${open(definition)}
    ), known AS (
      SELECT record.id, each.told ->> 'scheme' AS scheme, each.told ->> 'identifier' AS identifier
      FROM ${definition.table} AS record CROSS JOIN LATERAL jsonb_array_elements(record.identifiers) AS each (told)
      WHERE record.retracted_at IS NULL
    ), hits (nth, id) AS (
        SELECT told.nth, known.id FROM told JOIN known ON known.scheme = told.scheme AND known.identifier = told.identifier
        UNION ALL
        SELECT staged.nth, record.id FROM import_staging AS staged JOIN ${definition.table} AS record ON record.id = staged.key
        WHERE ${open(definition)} AND record.retracted_at IS NULL
    ), several AS (
      SELECT hits.nth, array_agg(DISTINCT hits.id) AS ids, array_agg(DISTINCT hits.id) FILTER (WHERE memory.record_id IS NOT NULL) AS told
      FROM hits JOIN import_staging AS staged ON staged.import_id = $1::uuid AND staged.nth = hits.nth
      LEFT JOIN import_memories AS memory ON memory.record_id = hits.id AND memory.origin = $2
        AND memory.columns ->> 'identifiers' = md5((staged.patch -> 'identifiers')::text)
      GROUP BY hits.nth
    ), found AS (
      SELECT several.nth, CASE WHEN cardinality(several.told) = 1 THEN several.told ELSE several.ids END AS ids FROM several
    )
    UPDATE import_staging AS staged SET record_id = found.ids[1],
      outcome = CASE WHEN cardinality(found.ids) > 1 THEN 'refused'::import_outcome END,
      problems = CASE WHEN cardinality(found.ids) > 1 THEN jsonb_build_array(jsonb_build_object(
        'code', 'matches_several', 'pointer', '/identifiers', 'detail', 'the row is several records: ' || array_to_string(found.ids, ', ')
      )) ELSE staged.problems END
    FROM found WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}

function byOwn(definition: RecordDefinition, isSame: string): string {
  return `
    WITH RECURSIVE ${INTO_LAST}
    UPDATE import_staging AS staged SET record_id = COALESCE(into_last.kept_id, record.id)
    FROM ${definition.table} AS record LEFT JOIN into_last ON into_last.id = record.id
    WHERE ${open(definition)} AND staged.record_id IS NULL AND ${isSame}`;
}

/** A membership of a person is known by the id that Popolo gives it, which is kept in its extras. */
function byIdInFile(definition: RecordDefinition): string {
  return `
    UPDATE import_staging AS staged SET record_id = found.id
    FROM (
      SELECT staged.nth, (array_agg(record.id ORDER BY record.id))[1] AS id
      FROM import_staging AS staged
      CROSS JOIN LATERAL jsonb_each(COALESCE(staged.patch -> 'extras', '{}')) AS told (scheme, values)
      JOIN (${definition.table} AS record CROSS JOIN LATERAL jsonb_each(record.extras) AS known (scheme, values))
        ON record.person_id::text = staged.patch ->> 'person_id' AND known.scheme = told.scheme AND known.values ->> 'id' = told.values ->> 'id'
      WHERE ${open(definition)} AND staged.record_id IS NULL AND NOT staged.keeps_key AND record.retracted_at IS NULL
      GROUP BY staged.nth
    ) AS found
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}

/** A membership is known by its person, its faction and its start. */
function byTerm(definition: RecordDefinition): string {
  return sameAs(
    definition,
    `record.person_id::text = staged.patch ->> 'person_id' AND record.faction_id::text = staged.patch ->> 'faction_id'
      AND COALESCE(record.start_date, '') = COALESCE(staged.patch ->> 'start_date', '')`,
  );
}

/** What has no name is known by all that is said; what it names, and what it must say, finds it. */
function byWhatItSays(definition: RecordDefinition): string {
  const telling = definition.fields.filter(
    ({ kind, optional }) =>
      kind === 'reference' || kind === 'oneReference' || (!optional && SCALAR.has(kind)),
  );
  const same = telling
    .flatMap(columnsOf)
    .map(
      (column) =>
        `COALESCE(record."${column}"::text, '') = COALESCE(staged.patch ->> '${column}', '')`,
    );
  return sameAs(
    definition,
    [
      'NOT staged.keeps_key',
      ...same,
      `NOT EXISTS (
        SELECT FROM jsonb_each(staged.patch) AS given (name, value)
        WHERE to_jsonb(record) -> given.name IS DISTINCT FROM given.value
      )`,
    ].join(' AND '),
  );
}

const SCALAR: ReadonlySet<string> = new Set(['text', 'word', 'date', 'whole', 'flag']);

function sameAs(definition: RecordDefinition, isSame: string): string {
  return `
    UPDATE import_staging AS staged SET record_id = found.id
    FROM (
      SELECT staged.nth, (array_agg(record.id ORDER BY record.id))[1] AS id
      FROM import_staging AS staged JOIN ${definition.table} AS record ON ${isSame}
      WHERE ${open(definition)} AND staged.record_id IS NULL AND record.retracted_at IS NULL
      GROUP BY staged.nth
    ) AS found
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}
