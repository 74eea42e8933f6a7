/** What the rows of an import name: by the ids of the file, or by ours. Statements over all rows of a kind at once. */
import type { RecordType } from '../../domain/vocabulary.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnsOf } from '../../platform/records/field.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { beneath } from './circles.js';
import { refusing } from './judging.db.js';
import { INTO_LAST, MERGED } from './merged.db.js';

/** A column that names records. */
export interface Naming {
  readonly field: string;
  readonly column: string;
  readonly isList: boolean;
  /** `recordType`: the row says which kind. */
  readonly target: RecordType | 'recordType';
}

/** Puts, in the place of each id of the file, that of the record which the row with this id is, and the kept one for what was merged. */
export async function renameKeys(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
): Promise<void> {
  for (const naming of namings(definition)) {
    await tx.query(renaming(definition, naming), [importId]);
    if (MERGED.has(naming.target) || naming.target === 'recordType')
      await tx.query(keeping(definition, naming), [importId]);
  }
}

/**
 * Refuses the rows that would come to name what is not there, neither among the records nor among the rows, and those that name such
 * rows in turn. What a record names already is not asked about.
 */
export async function refuseDangling(
  tx: Transaction,
  importId: string,
  definitions: Definitions,
  definition: RecordDefinition,
): Promise<void> {
  const isOwn = ({ target }: Naming): boolean => target === definition.type;
  // What rows of the kind name among themselves comes last: by then it is known which of them are refused for anything else.
  for (const naming of namings(definition).toSorted(
    (a, b) => Number(isOwn(a)) - Number(isOwn(b)),
  )) {
    const targets = naming.target === 'recordType' ? [...definitions.keys()] : [naming.target];
    for (const target of targets) {
      const text = dangling(definition, naming, definitionOf(definitions, target));
      const refused = await tx.query<LostRow>(text, [importId]);
      if (isOwn(naming)) await refuseBeneath(tx, importId, { definition, naming }, refused);
    }
  }
}

/** A row that was refused for what it names; `lostId`: the record that it would have made. */
interface LostRow {
  readonly lostId: string | null;
}

/** Refuses what names, through however many rows of its kind, a record that is not made. The ids of these rows are in memory. */
async function refuseBeneath(
  tx: Transaction,
  importId: string,
  { definition, naming }: { readonly definition: RecordDefinition; readonly naming: Naming },
  refused: readonly LostRow[],
): Promise<void> {
  const lost = refused.flatMap(({ lostId }) => lostId ?? []);
  if (lost.length === 0) return;
  const links = await tx.query<{ nth: number; id: string | null; above: string }>(
    `SELECT staged.nth AS nth, CASE WHEN staged.outcome = 'create' THEN staged.record_id::text END AS id, lower(naming.id) AS above
     FROM import_staging AS staged CROSS JOIN LATERAL ${idsIn(naming)} AS naming (id)
     WHERE ${comingToName(definition, naming)}`,
    [importId],
  );
  const nths = beneath(lost, links);
  await tx.query(
    `UPDATE import_staging AS staged SET ${namesWhatIsLost(naming.field, definition.type)}
     WHERE staged.import_id = $1::uuid AND staged.nth = ANY ($2::int[])`,
    [importId, nths],
  );
}

/** The columns of a kind that name records. */
export function namings(definition: RecordDefinition): readonly Naming[] {
  return definition.fields.flatMap((field) => {
    const targets = field.targets ? Object.values(field.targets) : [field.target];
    return columnsOf(field).flatMap((column, at) => {
      const target = targets[at];
      if (target === undefined) return [];
      return [{ field: field.name, column, isList: field.kind === 'references', target }];
    });
  });
}

function unrefused({ type }: RecordDefinition): string {
  return `staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome IS DISTINCT FROM 'refused'`;
}

function keeping(definition: RecordDefinition, { column, isList }: Naming): string {
  const where = unrefused(definition);
  if (!isList)
    return `
      WITH RECURSIVE ${INTO_LAST}
      UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('${column}', into_last.kept_id)
      FROM into_last WHERE ${where} AND into_last.id = (staged.patch ->> '${column}')::uuid`;
  return `
    WITH RECURSIVE ${INTO_LAST}
    UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('${column}', (
      SELECT jsonb_agg(COALESCE(into_last.kept_id::text, each.id) ORDER BY each.place)
      FROM jsonb_array_elements_text(staged.patch -> '${column}') WITH ORDINALITY AS each (id, place)
      LEFT JOIN into_last ON into_last.id = each.id::uuid
    ))
    WHERE ${where} AND staged.patch -> '${column}' <> '[]' AND EXISTS (SELECT FROM into_last)`;
}

function renaming(definition: RecordDefinition, { column, isList, target }: Naming): string {
  const kind = target === 'recordType' ? `staged.patch ->> 'record_type'` : `'${target}'`;
  const where = unrefused(definition);
  if (!isList)
    return `
      UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('${column}', named.record_id)
      FROM import_staging AS named
      WHERE ${where} AND named.import_id = $1::uuid AND named.kind = ${kind}
        AND named.key = (staged.patch ->> '${column}')::uuid AND named.record_id <> named.key`;
  return `
    UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('${column}', (
      SELECT jsonb_agg(COALESCE(named.record_id::text, each.id) ORDER BY each.place)
      FROM jsonb_array_elements_text(staged.patch -> '${column}') WITH ORDINALITY AS each (id, place)
      LEFT JOIN import_staging AS named
        ON named.import_id = $1::uuid AND named.kind = '${target}' AND named.key = each.id::uuid
    ))
    WHERE ${where} AND staged.patch -> '${column}' <> '[]'`;
}

/** The ids that a row has in a column. */
function idsIn({ column, isList }: Naming): string {
  return isList
    ? `jsonb_array_elements_text(staged.patch -> '${column}')`
    : `(SELECT staged.patch ->> '${column}' WHERE staged.patch ->> '${column}' IS NOT NULL)`;
}

/** The rows that would come to name something. */
function comingToName({ type }: RecordDefinition, { column }: Naming): string {
  return `staged.import_id = $1::uuid AND staged.kind = '${type}'
    AND (staged.outcome = 'create' OR staged.outcome = 'update' AND '${column}' = ANY (staged.fields))`;
}

function namesWhatIsLost(field: string, named: string): string {
  return refusing(
    'reference_not_found',
    `'/${field}'`,
    `'there is no record in /${named} with this id, or its row was refused'`,
  );
}

function dangling(
  definition: RecordDefinition,
  naming: Naming,
  { type: named, table }: RecordDefinition,
): string {
  const ofKind =
    naming.target === 'recordType' ? `AND staged.patch ->> 'record_type' = '${named}'` : '';
  return `
    UPDATE import_staging AS staged SET ${namesWhatIsLost(naming.field, named)}
    FROM (
      SELECT DISTINCT staged.nth, CASE WHEN staged.outcome = 'create' THEN staged.record_id::text END AS lost_id
      FROM import_staging AS staged CROSS JOIN LATERAL ${idsIn(naming)} AS naming (id)
      LEFT JOIN ${table} AS record ON record.id = naming.id::uuid AND record.retracted_at IS NULL
      LEFT JOIN import_staging AS row ON row.import_id = $1::uuid AND row.kind = '${named}' AND row.record_id = naming.id::uuid
        AND row.outcome = 'create'
      WHERE ${comingToName(definition, naming)} ${ofKind} AND record.id IS NULL AND row.record_id IS NULL
    ) AS lost
    WHERE staged.import_id = $1::uuid AND staged.nth = lost.nth
    RETURNING lost.lost_id AS "lostId"`;
}
