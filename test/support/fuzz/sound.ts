/** Values that a schema allows, with ids and words that earlier answers have taught. */
import type { Chance } from './chance.js';
import type { Pool } from './pool.js';
import type { Schema, Surface } from './surface.js';

/** What values are made from. */
export interface Maker {
  readonly surface: Surface;
  readonly pool: Pool;
  readonly chance: Chance;
}

const TEXTS = [
  'Kamran Tessori',
  'کامران ٹیسوری',
  'Ünïtéd 統一 🤝',
  'O\'Brien; -- "quoted" \\ 100%_',
  '$1 ${x} {{y}} <b>&amp;</b>',
  'a\tb\nc',
  'e\u0301\u202e\ufeff',
  '1',
];
const WORDS = ['en', 'ur', 'wikidata', 'psp', 'mqm-2022', 'a', 'A1', 'https://example.org/a?b=c'];
const NOBODY = '01890000-0000-7000-8000-000000000000';

/** A value of a field, by its schema and its name. */
export function soundValue(maker: Maker, given: Schema, name: string): unknown {
  const { chance } = maker;
  const schema = maker.surface.resolve(given);
  const types = [schema['type']].flat();
  if (types.includes('null') && chance.sometimes(0.2)) return null;
  if (Array.isArray(schema['enum'])) return chance.pick(schema['enum'] as readonly unknown[]);
  if (Array.isArray(schema['anyOf']))
    return soundValue(maker, chance.pick(schema['anyOf'] as readonly Schema[]), name);
  switch (types.find((type) => type !== 'null')) {
    case 'object':
      return soundObject(maker, schema);
    case 'array':
      return soundList(maker, schema, name);
    case 'boolean':
      return chance.sometimes(0.5);
    case 'integer':
    case 'number':
      return soundNumber(chance, schema);
    default:
      return soundText(maker, schema, name);
  }
}

/** A value for a parameter of a query, as text. */
export function soundParameter(maker: Maker, schema: Schema | undefined, name: string): string {
  const { pool, chance } = maker;
  if (['cursor', 'after', 'lastEventId'].includes(name)) return pool.textOf('next', chance) ?? 'x';
  // Most parameters are said to be a string and no more: what a field of that name holds will do.
  const narrow = Object.keys(schema ?? {}).some((key) => key !== 'type' && key !== 'description');
  if (schema !== undefined && narrow) return String(soundValue(maker, schema, name));
  const [one, other] = [pool.textOf(name, chance), pool.textOf(name, chance)];
  if (one === undefined || other === undefined)
    return chance.sometimes(0.5) ? soundDate(chance) : chance.pick(TEXTS);
  return chance.pick([one, one, `${one},${other}`, `${one}..${other}`, `${one}..`]);
}

/** A date, whole or in part. */
function soundDate(chance: Chance): string {
  const two = (least: number, most: number): string =>
    String(chance.whole(least, most)).padStart(2, '0');
  const year = String(chance.sometimes(0.9) ? chance.whole(2021, 2023) : chance.whole(1, 9999));
  const month = `${year.padStart(4, '0')}-${two(1, 12)}`;
  const day = `${month}-${two(1, 28)}`;
  const zone = chance.pick(['Z', '+05:00', '-11:30']);
  return chance.pick([
    year.padStart(4, '0'),
    month,
    day,
    day,
    `${day}T${two(0, 23)}:${two(0, 59)}${zone}`,
  ]);
}

function soundObject(maker: Maker, schema: Schema): Schema {
  const { chance } = maker;
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const chosen = properties.filter(([name]) => required.includes(name) || chance.sometimes(0.25));
  const least = Number(schema['minProperties'] ?? 0);
  const taken = chosen.length < least ? [chance.pick(properties)] : chosen;
  const most = Number(schema['maxProperties'] ?? taken.length);
  const made = Object.fromEntries(
    taken.slice(0, most).map(([name, each]) => [name, soundValue(maker, each, name)]),
  );
  return withPairs(maker, made);
}

/** A `…Type` beside an `…Id` says of what kind the id is. */
function withPairs({ pool, chance }: Maker, made: Schema): Schema {
  const pairs = Object.keys(made)
    .filter((name) => name.endsWith('Type'))
    .map((name) => [name.replace(/Type$/, 'Id'), pool.idOf(String(made[name]), chance) ?? NOBODY]);
  return { ...made, ...(Object.fromEntries(pairs) as Schema) };
}

function soundList(maker: Maker, schema: Schema, name: string): readonly unknown[] {
  const { chance } = maker;
  const length = chance.whole(Number(schema['minItems'] ?? 0), 2);
  const items = Array.from({ length }, () => soundValue(maker, schema['items'] as Schema, name));
  return schema['uniqueItems'] === true ? [...new Set(items)] : items;
}

function soundNumber(chance: Chance, schema: Schema): number {
  const least = Number(schema['minimum'] ?? -10);
  const most = Number(schema['maximum'] ?? 2_147_483_647);
  return chance.pick([least, most, chance.whole(least, Math.min(most, least + 100))]);
}

function soundText(maker: Maker, schema: Schema, name: string): string {
  const { chance, pool } = maker;
  if (schema['format'] === 'uuid') return soundId(maker, name);
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  if (pattern.startsWith('^\\d{4}')) return soundDate(chance);
  const longest = Number(schema['maxLength'] ?? 200);
  const known = pool.textOf(name, chance);
  const all = [...WORDS, ...TEXTS, 'x'.repeat(longest), ...(known === undefined ? [] : [known])];
  const shape = new RegExp(pattern, 'u');
  const fitting = all.filter(
    (text) =>
      shape.test(text) &&
      text.length <= longest &&
      (schema['format'] !== 'uri' || URL.canParse(text)),
  );
  return chance.pick(fitting.length > 0 ? fitting : ['x']);
}

/** The id of a record of the kind that the field's name says, or one that such a field had. */
function soundId({ surface, pool, chance }: Maker, name: string): string {
  const title = name.replace(/Ids?$/, '');
  const segment = surface.segmentOf(title.charAt(0).toUpperCase() + title.slice(1));
  const known = segment === undefined ? undefined : pool.idOf(segment, chance);
  const guess = chance.sometimes(0.3) ? undefined : pool.textOf(name, chance);
  return known ?? guess ?? pool.anyId(chance) ?? NOBODY;
}
