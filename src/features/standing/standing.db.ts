import type { Claim, FactOf, Near } from '../../domain/claims.js';
import type { Evidence } from '../../domain/facts.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { bodyExpression, whereKey } from '../../platform/records/records.db.js';
import { resources } from '../resources.js';
import { evidence } from '../facts/evidence.db.js';

/** A record of any kind, with what tells whom it is about and what speaks for and against it. */
export interface LoadedClaim<Type extends RecordType> {
  readonly id: Claim['recordId'];
  readonly retracted: boolean;
  /** The instant at which it was read, ISO. */
  readonly instant: string;
  readonly record: FactOf[Type];
  readonly near: Near;
  readonly evidence: Evidence;
}

/** A record by id or slug, retracted or not, in one statement; undefined when there is none that the reading may see. */
export async function loadClaim<Type extends RecordType>(
  read: Read,
  definition: RecordDefinition & { readonly type: Type },
  key: string,
): Promise<LoadedClaim<Type> | undefined> {
  const where = whereKey(definition, key);
  if (where === undefined) return undefined;
  const [row] = await read<Omit<LoadedClaim<Type>, 'record'> & { readonly record: string }>(
    `SELECT record.id::text AS id, record.retracted_at IS NOT NULL AS retracted,
       (SELECT iso_instant(asked.instant) FROM asked) AS instant, ${bodyExpression(definition, 'record')}::text AS record,
       json_build_object(
         'participants', ${near('participants', PARTICIPANTS[definition.type])},
         'motions', ${near('motions', MOTIONS[definition.type])}
       ) AS near, evidence.json AS evidence
     FROM ${definition.table} AS record CROSS JOIN LATERAL ${evidence('ARRAY[record.id]')} AS evidence
     WHERE ${where}`,
    [key],
  );
  return row && { ...row, record: JSON.parse(row.record) as FactOf[Type] };
}

const PARTICIPANTS: Partial<Record<RecordType, string>> = {
  mergers: 'above.merger_id = record.id AND above.retracted_at IS NULL',
  stances: 'above.id = record.participant_id',
};

const MOTIONS: Partial<Record<RecordType, string>> = {
  'vote-events': 'above.id = record.motion_id',
};

/** The records that a record is seen with, as a JSON array. */
function near(type: 'participants' | 'motions', condition: string | undefined): string {
  const definition = resources.find((each) => each.type === type);
  if (condition === undefined || !definition) return `'[]'::json`;
  return `(SELECT COALESCE(json_agg(${bodyExpression(definition, 'above')}), '[]') FROM ${type} AS above WHERE ${condition})`;
}
