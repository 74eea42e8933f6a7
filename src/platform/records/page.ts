import { encodeCursor, type Position } from './cursor.js';

/** A page of a list; `next` is the cursor at which it goes on, null where it does not. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly page: { readonly next: string | null };
}

/**
 * The page that what was found makes: that is one more than the limit, if there is so much, which tells whether there is a
 * next page.
 *
 * @param list what the list is: its address, filters and sort
 * @param placeOf where a page ends whose last entry this is
 */
export function pageFrom<Found>(
  found: readonly Found[],
  { limit, list }: { readonly limit: number; readonly list: string },
  placeOf: (last: Found) => Position,
): Page<Found> {
  const data = found.slice(0, limit);
  const last = found.length > limit ? data.at(-1) : undefined;
  return { data, page: { next: last ? encodeCursor(placeOf(last), list) : null } };
}

/** The place in a list that is in the order of ids. */
export function byId({ id }: { readonly id: string }): Position {
  return { key: '', id };
}
