/** What a record has any number of, and what becomes of it when two are made one, and two again. */

/** Another name of a person or a faction, whatever else is said of it. */
export interface OtherName {
  readonly name: string;
}

/** Who somebody is elsewhere. */
export interface Identifier {
  readonly scheme: string;
  readonly identifier: string;
}

/** A page about a person or a faction, whatever else is said of it. */
export interface Link {
  readonly url: string;
}

/** By where it was told, what has no field of its own. */
export type Extras = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a record has any number of, so that it can have another's as well. */
export interface Belongings {
  readonly otherNames: readonly OtherName[];
  readonly identifiers: readonly Identifier[];
  readonly links: readonly Link[];
  readonly extras: Extras;
}

type Named = Belongings & { readonly name: string };

/**
 * What belongs to the kept record once it has what the duplicate has and it lacks, at the end. The duplicate's main name becomes an
 * alias. A name that is there already, letter by letter, is not added; of extras the kept record's word stays.
 *
 * @example
 * mergedBelongings(kamranTessori, kamranTesori).otherNames; // [{ name: 'Kamran Tesori', kind: 'alias' }]
 */
export function mergedBelongings(kept: Named, duplicate: Named): Belongings {
  const names = [{ name: duplicate.name, kind: 'alias' }, ...duplicate.otherNames];
  const newNames = lacking([kept, ...kept.otherNames], names, ({ name }) => name);
  const newIdentifiers = lacking(kept.identifiers, duplicate.identifiers, (one) =>
    JSON.stringify([one.scheme, one.identifier]),
  );
  return {
    otherNames: [...kept.otherNames, ...newNames],
    identifiers: [...kept.identifiers, ...newIdentifiers],
    links: [...kept.links, ...lacking(kept.links, duplicate.links, ({ url }) => url)],
    extras: Object.fromEntries(
      [...new Set([...Object.keys(kept.extras), ...Object.keys(duplicate.extras)])].map(
        (origin) => [origin, { ...duplicate.extras[origin], ...kept.extras[origin] }],
      ),
    ),
  };
}

/**
 * What belongs to the kept record without what a merge added. What was changed since is no longer the merge's: it stays.
 *
 * @param before what belonged to it before the merge, which added at the end
 * @param after the same right after it
 */
export function belongingsWithout(
  now: Belongings,
  before: Belongings,
  after: Belongings,
): Belongings {
  return {
    otherNames: without(now.otherNames, after.otherNames.slice(before.otherNames.length)),
    identifiers: without(now.identifiers, after.identifiers.slice(before.identifiers.length)),
    links: without(now.links, after.links.slice(before.links.length)),
    extras: extrasWithout(now.extras, before.extras, after.extras),
  };
}

/** The items whose key none of the others has, the first of each key. */
function lacking<Item>(
  there: readonly Item[],
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const keys = new Set(there.map(keyOf));
  return items.filter((item) => {
    const isNew = !keys.has(keyOf(item));
    keys.add(keyOf(item));
    return isNew;
  });
}

/** A list without the items of another one, each once. */
function without<Item extends object>(list: readonly Item[], gone: readonly Item[]): Item[] {
  const left = gone.map((item) => JSON.stringify(item));
  return list.filter((item) => {
    const at = left.indexOf(JSON.stringify(item));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** An origin that the merge brought goes with the last of what it told. */
function extrasWithout(now: Extras, before: Extras, after: Extras): Extras {
  const left = Object.entries(now).map(([origin, told]): [string, Extras[string]] => {
    const isAdded = ([name, value]: [string, unknown]): boolean =>
      !Object.hasOwn(before[origin] ?? {}, name) &&
      JSON.stringify(after[origin]?.[name]) === JSON.stringify(value);
    return [origin, Object.fromEntries(Object.entries(told).filter((one) => !isAdded(one)))];
  });
  return Object.fromEntries(
    left.filter(
      ([origin, told]) =>
        Object.keys(told).length > 0 || !(origin in after) || Object.hasOwn(before, origin),
    ),
  );
}
