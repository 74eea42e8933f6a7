/** What the rows of an import name: by the ids of the file, or by ours. Statements over all rows of a kind at once. */
import type { RecordType } from '../../domain/vocabulary.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnsOf } from '../../platform/records/field.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
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
  for (const naming of namings(definition)) {
    const targets = naming.target === 'recordType' ? [...definitions.keys()] : [naming.target];
    for (const target of targets) {
      const text = dangling(definition, naming, definitionOf(definitions, target));
      let refused: number;
      do {
        refused = (await tx.query(text, [importId])).length;
      } while (refused > 0 && target === definition.type);
    }
  }
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

function dangling(
  { type }: RecordDefinition,
  { field, column, isList, target }: Naming,
  { type: named, table }: RecordDefinition,
): string {
  const ids = isList
    ? `jsonb_array_elements_text(staged.patch -> '${column}')`
    : `(SELECT staged.patch ->> '${column}' WHERE staged.patch ->> '${column}' IS NOT NULL)`;
  const ofKind = target === 'recordType' ? `AND staged.patch ->> 'record_type' = '${named}'` : '';
  return `
    UPDATE import_staging AS staged SET
      ${refusing('reference_not_found', `'/${field}'`, `'there is no record in /${named} with this id, or its row was refused'`)}
    FROM (
      SELECT DISTINCT staged.nth
      FROM import_staging AS staged CROSS JOIN LATERAL ${ids} AS naming (id)
      LEFT JOIN ${table} AS record ON record.id = naming.id::uuid AND record.retracted_at IS NULL
      LEFT JOIN import_staging AS row ON row.import_id = $1::uuid AND row.kind = '${named}' AND row.record_id = naming.id::uuid
        AND row.outcome = 'create'
      WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' ${ofKind}
        AND (staged.outcome = 'create' OR staged.outcome = 'update' AND '${column}' = ANY (staged.fields))
        AND record.id IS NULL AND row.record_id IS NULL
    ) AS lost
    WHERE staged.import_id = $1::uuid AND staged.nth = lost.nth
    RETURNING staged.nth`;
}
