/** Holds what an import changes and names, just before it writes. */
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { Definitions } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { namings } from './references.db.js';
import { ORDER } from './row.staging.js';

/**
 * Holds the records that are about to change, and those that are named, so that none is retracted before the commit: as a
 * request does, whatever names first and what is named later, so that neither waits for the other.
 */
export async function holdRecords(
  tx: Transaction,
  importId: string,
  definitions: Definitions,
): Promise<void> {
  for (const type of ORDER.toReversed()) {
    const { table } = definitionOf(definitions, type);
    await hold(
      `SELECT staged.record_id FROM import_staging AS staged
       WHERE staged.import_id = $1::uuid AND staged.kind = '${type}' AND staged.outcome = 'update'`,
      'UPDATE',
    );
    for (const naming of ORDER)
      for (const { column, isList, target } of namings(definitionOf(definitions, naming))) {
        if (target !== type && target !== 'recordType') continue;
        const id = isList
          ? `jsonb_array_elements_text(staged.patch -> '${column}')::uuid`
          : `(staged.patch ->> '${column}')::uuid`;
        const ofKind =
          target === 'recordType' ? `AND staged.patch ->> 'record_type' = '${type}'` : '';
        await hold(
          `SELECT ${id} FROM import_staging AS staged
           WHERE staged.import_id = $1::uuid AND staged.kind = '${naming}' AND staged.outcome IN ('create', 'update') ${ofKind}`,
          'SHARE',
        );
      }
    async function hold(ids: string, strength: 'UPDATE' | 'SHARE'): Promise<void> {
      await tx.query(
        `WITH held AS MATERIALIZED (
           SELECT record.id FROM ${table} AS record WHERE record.id IN (${ids}) ORDER BY record.id FOR ${strength} OF record
         ) SELECT count(*) FROM held`,
        [importId],
      );
    }
  }
}

/** Holds the source that an import cites, so that it is not retracted before the commit; false when it was before. */
export async function holdSource(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT 1 FROM sources AS source WHERE source.id = $1::uuid AND source.retracted_at IS NULL FOR SHARE',
    [id],
  );
  return rows.length > 0;
}
