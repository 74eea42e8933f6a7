/** What names a record, whatever its kind: found, held, and made to name another. */
import type { Transaction } from '../prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Definitions } from './record.definition.js';
import { namingColumns, type NamingColumn } from './references.db.js';

/** A field of a record in which one or some of the records asked for are named. */
export interface Naming {
  readonly naming: NamingColumn;
  readonly recordId: string;
  readonly retracted: boolean;
  /** Which of them. */
  readonly ids: readonly string[];
}

/** Everything that names one of some records, retracted or not; each is held until the transaction ends. */
export async function lockNaming(
  tx: Transaction,
  definitions: Definitions,
  type: RecordType,
  ids: readonly string[],
): Promise<readonly Naming[]> {
  const columns = namingColumns(definitions, type);
  const parts = columns.map(
    (naming, at) => `part${String(at)} AS (
      SELECT ${String(at)} AS at, record.id::text AS "recordId", record.retracted_at IS NOT NULL AS retracted,
        ARRAY(SELECT named.id::text FROM unnest(${idsIn(naming)}) AS named (id) WHERE named.id = ANY ($1::uuid[])) AS ids
      FROM ${naming.table} AS record
      WHERE ${naming.isList ? `record.${naming.column} && $1::uuid[]` : `record.${naming.column} = ANY ($1::uuid[])`} ${ofKind(naming, type)}
      ORDER BY record.id FOR UPDATE)`,
  );
  const all = columns.map((_, at) => `SELECT * FROM part${String(at)}`);
  const rows = await tx.query<Omit<Naming, 'naming'> & { at: number }>(
    `WITH ${parts.join(', ')} ${all.join(' UNION ALL ')}`,
    [ids],
  );
  return rows.flatMap(({ at, ...found }) => {
    const naming = columns[at];
    return naming ? [{ naming, ...found }] : [];
  });
}

/** Has a column of some rows name another record, each by an UPDATE of its row: a revision each. */
export async function renameIn(
  tx: Transaction,
  { table, column, isList }: NamingColumn,
  recordIds: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const named = isList ? `array_replace(record.${column}, $2::uuid, $3::uuid)` : '$3::uuid';
  await tx.query(
    `UPDATE ${table} AS record SET ${column} = ${named}
     WHERE record.id = ANY ($1::uuid[]) AND $2::uuid = ANY (${isList ? `record.${column}` : `ARRAY[record.${column}]`})`,
    [recordIds, from, to],
  );
}

function idsIn({ column, isList }: NamingColumn): string {
  return isList ? `record.${column}` : `ARRAY[record.${column}]`;
}

function ofKind({ isOfAnyKind }: NamingColumn, type: RecordType): string {
  return isOfAnyKind ? `AND record.record_type = '${type}'` : '';
}
