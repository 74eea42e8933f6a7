/** What makes a body nonsense: a value within it, or the bytes of it. */
import type { Chance } from './chance.js';
import { payloadOf, type Draft } from './draft.js';

/** Spoils a request in one way. */
export type Spoiler = (draft: Draft, chance: Chance) => void;

/** Spoils a value within the body. */
export function spoilBody(draft: Draft, chance: Chance): void {
  chance.pick(BODY_SPOILERS)(draft, chance);
}

/** Spoils the bytes that the body is written as. */
export function spoilBytes(draft: Draft, chance: Chance): void {
  chance.pick(BYTE_SPOILERS)(draft, chance);
}

type Holder = Record<string, unknown>;

const STRANGE_NAMES = [
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  'id',
  'version',
  'a/b~c',
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  'nonsense',
];
const STRANGE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.MAX_SAFE_INTEGER + 2,
  -2_147_483_649,
  1e308,
  '',
  ' \t\u00a0',
  'a\u0000b',
  '\ud83d',
  '\udc00\ud800',
  'x'.repeat(100_000),
  '\u202e\u0301'.repeat(200),
  "' OR '1'='1",
  '2023-02-30',
  '0000-00-00',
  '2023-01-01T25:61Z',
  '+275760-09-14',
  '01890000-0000-7000-8000-00000000000g',
  [],
  {},
  [[[[]]]],
  [null],
  { a: { b: { c: {} } } },
  { $ref: '#', $ne: null },
];
// Put where a literal stood: JSON that no JavaScript value is written as, and what only looks like JSON.
const STRANGE_LITERALS = [
  '1e999',
  '-1e999',
  '1e-999',
  '-0',
  '123456789012345678901234567890',
  '0.1e1',
  '01',
  '0x10',
  'NaN',
  'undefined',
  "'a'",
  '"\\x"',
  '"\\ud800"',
  '"\\u0000"',
  '"a\u0001b"',
  '[1,]',
  '{"a":1,"a":2}',
  '{"__proto__":{"admin":true}}',
  '{"\\u005f_proto__":1}',
  '{"constructor":{"prototype":{}}}',
];
const STRANGE_BODIES = [
  '',
  ' ',
  '\ufeff{}',
  'null',
  '[]',
  '"x"',
  '7',
  '{',
  '{}{}',
  'a=b',
  '\u0000',
];
const STRANGE_BYTES = ['ff', 'c3', 'eda080', 'c080', '00', 'f4908080'];

const BODY_SPOILERS: readonly Spoiler[] = [
  inHolder((holder, name, chance) => {
    holder[name] = chance.pick(STRANGE_VALUES);
  }),
  inHolder((holder, name, chance) => {
    holder[name] = chance.pick([[holder[name]], { value: holder[name] }, [holder[name], 1]]);
  }),
  inHolder((holder, name) => {
    holder[name] = Array.from({ length: 20_000 }, (_, at) => at);
  }),
  inHolder((holder, name) => {
    Reflect.deleteProperty(holder, name);
  }),
  inHolder((holder, name, chance) => {
    holder[chance.pick(STRANGE_NAMES)] = holder[name];
  }),
  (draft, chance) => {
    draft.body = chance.pick(STRANGE_VALUES);
  },
];

const BYTE_SPOILERS: readonly Spoiler[] = [
  (draft, chance) => {
    draft.payload = Buffer.from(chance.pick(STRANGE_BODIES));
  },
  inLiteral((chance) => chance.pick(STRANGE_LITERALS)),
  inLiteral((chance) => {
    const depth = chance.pick([31, 33, 1_000, 100_000]);
    return chance.sometimes(0.5)
      ? `${'['.repeat(depth)}${']'.repeat(depth)}`
      : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  }),
  inBytes((bytes, chance) => bytes.subarray(0, chance.whole(0, bytes.length))),
  inBytes((bytes, chance) => {
    const at = chance.whole(0, bytes.length);
    const strange = Buffer.from(chance.pick(STRANGE_BYTES), 'hex');
    return Buffer.concat([bytes.subarray(0, at), strange, bytes.subarray(at)]);
  }),
  inBytes((bytes, chance) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[chance.whole(0, changed.length - 1)] = chance.whole(0, 255);
    return changed;
  }),
  inBytes((bytes, chance) => {
    const spaces = Buffer.alloc(chance.pick([1_000, 1024 * 1024, 1024 * 1024 + 1]), ' ');
    return Buffer.concat([bytes, spaces]);
  }),
];

/** Spoils one field of an object or list somewhere in the body. */
function inHolder(spoil: (holder: Holder, name: string, chance: Chance) => void): Spoiler {
  return (draft, chance) => {
    draft.body = structuredClone(draft.body);
    const holders = holdersIn(draft.body);
    if (holders.length === 0) return;
    const holder = chance.pick(holders);
    const names = Object.keys(holder);
    spoil(holder, names.length === 0 ? 'nonsense' : chance.pick(names), chance);
  };
}

function holdersIn(value: unknown): readonly Holder[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Holder, ...Object.values(value).flatMap(holdersIn)];
}

/** Puts other JSON where a number, a text or a word stood. */
function inLiteral(replacement: (chance: Chance) => string): Spoiler {
  return inBytes((bytes, chance) => {
    const text = bytes.toString();
    const literals = [...text.matchAll(/(?<=[:[,])("(?:[^"\\]|\\.)*"|[\w.-]+)(?=[,\]}])/g)];
    if (literals.length === 0) return Buffer.from(replacement(chance));
    const { index, 0: literal } = chance.pick(literals);
    const after = text.slice(index + literal.length);
    return Buffer.from(text.slice(0, index) + replacement(chance) + after);
  });
}

function inBytes(change: (bytes: Buffer, chance: Chance) => Buffer): Spoiler {
  return (draft, chance) => {
    draft.payload = change(payloadOf(draft) ?? Buffer.from('{"name":"x"}'), chance);
  };
}
