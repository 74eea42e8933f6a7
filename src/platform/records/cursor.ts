import { createHash } from 'node:crypto';
import { Problem } from '../errors/problem.js';
import { isUuid } from '../http/text.js';

/** Where a page ended: the sort key and the id of its last record. */
export interface Position {
  readonly key: string;
  readonly id: string;
}

/** The opaque text of a position, with a digest of it and of the list that made it. */
export function encodeCursor({ key, id }: Position, list: string): string {
  return Buffer.from(JSON.stringify([digest(list, key, id), key, id])).toString('base64url');
}

/**
 * @param list what the list is: its address, filters and sort
 * @throws Problem `invalid_cursor` when the text was not made by this list
 */
export function decodeCursor(cursor: string, list: string): Position {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [made, key, id] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
    if (typeof key === 'string' && isUuid(id) && made === digest(list, key, id)) return { key, id };
  } catch {
    // Not even JSON: refused below like any other.
  }
  throw new Problem(
    'invalid_cursor',
    'The cursor was not made by this list with these filters and this order.',
  );
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}
