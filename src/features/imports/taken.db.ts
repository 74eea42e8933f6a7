/** What the database would refuse of rows, told before they are written. Statements over all rows of a kind at once. */
import type { ProblemCode } from '../../platform/errors/problem.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnOf } from '../../platform/records/field.js';
import { assertPeriods } from '../../platform/records/record.body.js';
import { parseBody } from '../../platform/records/record.changes.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { bodyExpression } from '../../platform/records/records.db.js';
import { refusing } from './judging.db.js';
import { problemsOf } from './row.staging.js';
import { refuseRows, type Refused } from './staging.db.js';

/** What only one record of a kind may have. */
interface Sole {
  readonly columns: readonly string[];
  readonly code: ProblemCode;
  readonly pointer: string;
  /** Retracted ones have it still. */
  readonly forGood?: boolean;
}

const SLUG: Sole = { columns: ['slug'], code: 'slug_taken', pointer: '/slug', forGood: true };

const SOLE: Partial<Readonly<Record<RecordType, readonly Sole[]>>> = {
  factions: [SLUG],
  people: [SLUG],
  mergers: [SLUG],
  participants: [
    { columns: ['merger_id', 'faction_id'], code: 'participant_exists', pointer: '/factionId' },
    { columns: ['merger_id', 'person_id'], code: 'participant_exists', pointer: '/personId' },
  ],
  attendance: [
    { columns: ['meeting_id', 'person_id'], code: 'attendance_exists', pointer: '/personId' },
  ],
};

/** Refuses the rows that would have what another record has, or an earlier row, and may be had once. */
export async function refuseTaken(
  tx: Transaction,
  importId: string,
  { type, table }: RecordDefinition,
): Promise<void> {
  for (const { columns, code, pointer, forGood = false } of SOLE[type] ?? []) {
    const told = columns.map((column) => `body.told ->> '${column}'`).join(`, `);
    const kept = columns.map((column) => `record.${column}::text`).join(`, `);
    await tx.query(
      `WITH rows AS (
         SELECT staged.nth, staged.record_id AS id, ARRAY[${told}] AS what
         FROM import_staging AS staged CROSS JOIN LATERAL (SELECT COALESCE(staged.merged, staged.patch)) AS body (told)
         WHERE staged.import_id = $1::uuid AND staged.kind = '${type}'
           AND (staged.outcome = 'create' OR staged.outcome = 'update' AND staged.fields && $2::text[])
       ), whole AS (
         SELECT rows.* FROM rows WHERE array_position(rows.what, NULL) IS NULL
       ), others AS (
         SELECT whole.* FROM whole
         UNION ALL
         SELECT 0, record.id, ARRAY[${kept}] FROM ${table} AS record ${forGood ? '' : 'WHERE record.retracted_at IS NULL'}
       )
       UPDATE import_staging AS staged SET
         ${refusing(code, `'${pointer}'`, `'another record has it, or an earlier line of the file'`)}
       FROM (
         SELECT DISTINCT whole.nth FROM whole JOIN others AS other ON other.what = whole.what
         WHERE other.id <> whole.id AND other.nth < whole.nth
       ) AS taken
       WHERE staged.import_id = $1::uuid AND staged.nth = taken.nth`,
      [importId, columns],
    );
  }
}

/** Refuses the rows by which a period would end before it begins, with what the record has of it, or the legislative period. */
export async function refusePeriods(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
): Promise<void> {
  const { type, table, periods = [] } = definition;
  if (periods.length === 0) return;
  const columns = periods.flat().map(columnOf);
  const rows = await tx.query<{ nth: number; body: string }>(
    `SELECT staged.nth AS nth, ${bodyExpression(definition, 'record')}::text AS body
     FROM import_staging AS staged CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, COALESCE(staged.merged, staged.patch)) AS record
     WHERE staged.import_id = $1::uuid AND staged.kind = '${type}'
       AND (staged.outcome = 'update' AND staged.fields && $2::text[] OR staged.outcome = 'create' AND staged.links ? 'events')`,
    [importId, columns],
  );
  const refused: Refused[] = [];
  for (const { nth, body } of rows) {
    try {
      assertPeriods(definition, parseBody({ json: body }));
    } catch (error) {
      refused.push({ nth, problems: problemsOf(error) });
    }
  }
  if (refused.length > 0) await refuseRows(tx, importId, refused);
}
