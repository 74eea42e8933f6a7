import type { Contract } from '../contract.js';

type Json = Readonly<Record<string, unknown>>;

/** The words that a story is told with: each is written once, and found again wherever it turns up. */
const WORD = /qz[a-z]{8}/g;
const LETTERS = 'abcdefghijklmnoprstuvwxy';

/** Words of which no two are alike, and those that were given so far. */
export interface Words {
  readonly next: () => string;
  /** The given words within a text, each once, in whatever case. */
  readonly within: (text: string) => readonly string[];
}

export function uniqueWords(random: () => number): Words {
  const given = new Set<string>();
  const draw = (): string => {
    const letters = Array.from({ length: 8 }, () => LETTERS[Math.floor(random() * LETTERS.length)]);
    return `qz${letters.join('')}`;
  };
  return {
    next: () => {
      let word = draw();
      while (given.has(word)) word = draw();
      given.add(word);
      return word;
    },
    within: (text) =>
      [...new Set(text.toLowerCase().match(WORD))].filter((word) => given.has(word)),
  };
}

/** The body with a word in the place of every text that people write; dates, ids and closed vocabularies stay. */
export function reworded(contract: Contract, schema: Json, body: Json, next: () => string): Json {
  return Object(rewordedValue(contract.resolve(schema), body, next)) as Json;
}

function rewordedValue(schema: Json, value: unknown, next: () => string): unknown {
  if (Array.isArray(value)) {
    const items = Object(schema['items']) as Json;
    return value.map((each) => rewordedValue(items, each, next));
  }
  if (typeof value === 'string') return isFreeText(schema) ? text(schema, next()) : value;
  if (typeof value !== 'object' || value === null) return value;
  const properties = Object(schema['properties']) as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      name === 'field' ? each : rewordedValue(properties[name] ?? {}, each, next),
    ]),
  );
}

function isFreeText(schema: Json): boolean {
  const types = [schema['type']].flat();
  const isDate = String(schema['pattern']).startsWith('^\\d');
  return types.includes('string') && !('enum' in schema) && schema['format'] !== 'uuid' && !isDate;
}

function text(schema: Json, word: string): string {
  return schema['format'] === 'iri' ? `https://${word}.example/${word}` : word;
}
