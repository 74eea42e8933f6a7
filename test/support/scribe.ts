import type { RecordType } from '../../src/domain/vocabulary.js';
import { RecordsService } from '../../src/platform/records/records.service.js';
import type { TestApp } from './app.js';
import type { Fields } from './factories.js';

/** Who writes what is told in its own time: each change is recorded at the instant that it is given. */
export interface Scribe {
  /** Stores a record and returns its id; what a nested path would give may be among the fields. */
  create(instant: string, type: RecordType, fields: Fields): Promise<string>;
  patch(instant: string, type: RecordType, id: string, fields: Fields): Promise<void>;
  retract(instant: string, type: RecordType, id: string): Promise<void>;
  /** Undoes a retraction, in SQL. */
  restore(instant: string, type: RecordType, id: string): Promise<void>;
}

const ABOVE = ['participantId', 'milestoneId', 'meetingId'];
const NESTED: readonly RecordType[] = ['stances', 'transitions', 'attendance'];

export function scribeOf(accord: TestApp): Scribe {
  const records = accord.app.get(RecordsService);
  const author = { name: 'a scribe', keyId: '', reason: 'a test', requestId: null };
  return {
    create: (instant, type, fields) =>
      records.together({ ...author, instant }, async ({ create }) => {
        const isAbove = (name: string): boolean =>
          (NESTED.includes(type) && ABOVE.includes(name)) ||
          (type === 'successions' && name === 'mergerId');
        const part = (above: boolean): Fields =>
          Object.fromEntries(Object.entries(fields).filter(([name]) => isAbove(name) === above));
        return create(type, part(false), part(true));
      }),
    patch: (instant, type, id, fields) =>
      records.together({ ...author, instant }, ({ patch }) => patch(type, id, fields)),
    retract: (instant, type, id) =>
      records.retract(type, id, { expected: 'any', author: { ...author, instant } }),
    restore: (instant, type, id) =>
      records.together({ ...author, instant }, async ({ tx }) => {
        const table = type.replace('-', '_');
        await tx.query(`UPDATE ${table} SET retracted_at = NULL WHERE ${table}.id = $1::uuid`, [
          id,
        ]);
      }),
  };
}
