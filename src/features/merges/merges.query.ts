import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import type { MergesAsked } from './merges.db.js';

/** Whichever merge. */
export const ANY_MERGE: MergesAsked = {
  id: null,
  recordType: null,
  keptIds: null,
  duplicateIds: null,
  undone: null,
  after: null,
  limit: 1,
};

/**
 * Reads the query of the list of merges.
 *
 * @returns what is asked for, and what the list is: a cursor belongs to one
 * @throws Problem `validation_failed` with each bad parameter, `invalid_cursor`
 */
export function readMergesQuery(query: Parameters): MergesAsked & { readonly list: string } {
  const reader = new QueryReader(query);
  const { limit, cursor } = reader.takePaging();
  const list = `merges ${reader.rest}`;
  const recordType = takeWord(reader, 'recordType', ['factions', 'people']);
  const undone = takeWord(reader, 'undone', ['true', 'false']);
  const [keptIds, duplicateIds] = [takeIds(reader, 'keptId'), takeIds(reader, 'duplicateId')];
  reader.finish();
  return {
    id: null,
    recordType,
    keptIds,
    duplicateIds,
    undone: undone === null ? null : undone === 'true',
    after: cursor === null ? null : decodeCursor(cursor, list).id,
    limit,
    list,
  };
}

function takeWord(reader: QueryReader, name: string, words: readonly string[]): string | null {
  const word = reader.take(name);
  if (word !== null && !words.includes(word)) reader.refuse(name, `must be ${words.join(' or ')}`);
  return word;
}

function takeIds(reader: QueryReader, name: string): readonly string[] | null {
  const ids = reader.takeAll(name).flatMap((text) => text.split(','));
  if (!ids.every(isUuid)) reader.refuse(name, 'must be an id');
  return ids.length === 0 ? null : ids;
}
