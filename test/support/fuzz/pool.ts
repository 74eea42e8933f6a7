import type { Chance } from './chance.js';

// Enough to choose from; the oldest give way, so that what is new is reached as well.
const KEPT = 60;
const DEEPEST = 6;

/** A record as it was answered. */
export type Known = Readonly<Record<string, unknown>>;

/** What earlier answers have taught: values by the name of their field, records and ids by their kind. */
export interface Pool {
  /** Learns from the body of an answer; `segment` is where its records have their address. */
  learn(body: unknown, segment: string | undefined): void;
  /** A value that a field of this name had, as text. */
  textOf(name: string, chance: Chance): string | undefined;
  idOf(segment: string, chance: Chance): string | undefined;
  recordOf(segment: string, chance: Chance): Known | undefined;
  /** The id of a record of whatever kind. */
  anyId(chance: Chance): string | undefined;
}

/** @param untouchable ids that no request may be made of: the keys that the requests themselves bear */
export function emptyPool(untouchable: ReadonlySet<string>): Pool {
  const texts = new Map<string, string[]>();
  const records = new Map<string, Known[]>();
  const idOf = (segment: string, chance: Chance): string | undefined => {
    const id = pickFrom(records.get(segment), chance)?.['id'];
    return typeof id === 'string' ? id : undefined;
  };
  return {
    learn: (body, segment) => {
      for (const [name, value] of valuesIn(body))
        if (!untouchable.has(value)) keep(texts, name, value);
      if (segment === undefined) return;
      for (const record of recordsIn(body))
        if (!untouchable.has(record.id)) keep(records, segment, record);
    },
    textOf: (name, chance) => pickFrom(texts.get(name), chance),
    idOf,
    recordOf: (segment, chance) => pickFrom(records.get(segment), chance),
    anyId: (chance) => {
      const segment = pickFrom([...records.keys()], chance);
      return segment === undefined ? undefined : idOf(segment, chance);
    },
  };
}

/** Every text, number and flag with the name of its field; those in a list bear the list's. */
function valuesIn(value: unknown, name = '', depth = 0): readonly (readonly [string, string])[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[name, String(value)]];
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    valuesIn(inner, Array.isArray(value) ? name : key, depth + 1),
  );
}

/** The record that a body is, or those of its list. */
function recordsIn(body: unknown): readonly (Known & { readonly id: string })[] {
  const { data } = Object(body) as { readonly data?: unknown };
  return (Array.isArray(data) ? data : [body]).filter(
    (each): each is Known & { id: string } => typeof (Object(each) as Known)['id'] === 'string',
  );
}

function keep<Item>(kept: Map<string, Item[]>, name: string, item: Item): void {
  const items = kept.get(name) ?? [];
  items.push(item);
  if (items.length > KEPT) items.shift();
  kept.set(name, items);
}

function pickFrom<Item>(items: readonly Item[] | undefined, chance: Chance): Item | undefined {
  return items === undefined || items.length === 0 ? undefined : chance.pick(items);
}
