/** What makes the rest of a request nonsense: its method, address, query, headers, and how it goes over the wire. */
import type { Chance } from './chance.js';
import { headerText, type Draft, type Pair } from './draft.js';
import type { Spoiler } from './spoiled.bodies.js';

/** Spoils an address, a method or a header, still told in sound HTTP. */
export function spoilHead(draft: Draft, chance: Chance): void {
  chance.pick(HEAD_SPOILERS)(draft, chance);
}

/** Spoils the bytes on the wire. */
export function spoilWire(draft: Draft, chance: Chance): void {
  chance.pick(WIRE_SPOILERS)(draft, chance);
}

// Between them every kind that a router may fall over: escapes, half escapes, what is no UTF-8, what looks like a way up.
const STRANGE_SEGMENTS = [
  '',
  '%',
  '%2',
  '%zz',
  '%00',
  '%ff',
  '%ED%A0%80',
  '%C0%AF',
  '..',
  '%2e%2e',
  '..%2f..%2fetc',
  '.',
  ':id',
  '{id}',
  '*',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '0',
  '-1',
  '1e9',
  "'%20OR%20'1'='1",
  '01890000-0000-7000-8000-000000000000',
  '01890000-0000-7000-8000-00000000000G',
  '%EF%BB%BF',
  '%F0%9F%A4%9D',
  'a;b=c',
  'A'.repeat(99),
  'A'.repeat(5_000),
  '%41'.repeat(2_000),
];
const STRANGE_NAMES = [
  '',
  '__proto__',
  'constructor',
  'a[b]',
  'a[]',
  'limit[]',
  '%00',
  '%',
  'nonsense',
  'view',
];
const STRANGE_PARAMETERS = [
  '',
  ',',
  ',,,',
  '..',
  '2023..2022',
  '2023-13',
  '0',
  '-1',
  '101',
  '1e2',
  '99999999999999999999',
  'NaN',
  '%00',
  '%',
  '%ED%A0%80',
  '%FF',
  '+',
  'null',
  'true,maybe',
  '%27%20OR%20%271%27=%271',
  '%25_%5C',
  '%D9%81%D8%A7',
  '01890000-0000-7000-8000-00000000000G',
  'x'.repeat(3_000),
  '%F0%9F%A4%9D'.repeat(300),
  'e30',
  'W10',
  'WyJhIiwiYiIsImMiXQ',
];
const STRANGE_METHODS = [
  'PUT',
  'OPTIONS',
  'TRACE',
  'HEAD',
  'QUERY',
  'PROPFIND',
  'POST',
  'PATCH',
  'DELETE',
  'GET',
];
const STRANGE_TYPES = [
  '',
  '/',
  ';',
  'json',
  'text/plain',
  'application/json; charset=utf-16',
  'application/json;;;',
  'application/JSON',
  'application/jsonx',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json, text/plain',
  `a/${'b'.repeat(3_000)}`,
  headerText('application/ﷺ'),
];
const STRANGE_HEADERS: readonly Pair[] = [
  ...[
    '',
    '*',
    'W/"v1"',
    '"v1',
    'v1',
    '"v0"',
    '"v-1"',
    '"v99999999999999999999"',
    `"v1"${', "v1"'.repeat(500)}`,
  ].flatMap((tag): Pair[] => [
    ['if-match', tag],
    ['if-none-match', tag],
  ]),
  ...[
    '',
    ' ',
    'k',
    'k'.repeat(300),
    'k'.repeat(9_000),
    headerText('کلید'),
    '\xff\xfe',
    '"quoted"',
  ].map((key): Pair => ['idempotency-key', key]),
  ...[
    '',
    ' ',
    'x'.repeat(501),
    '\xc3',
    '\xff',
    headerText('\ufffd'),
    headerText('\ud800'),
    '\t',
  ].map((reason): Pair => ['x-reason', reason]),
  ...[
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'bearer a b',
    `Bearer ${'x'.repeat(8_000)}`,
    'Bearer \xff',
    'Bearer null',
  ].map((key): Pair => ['authorization', key]),
  ['accept', 'text/html;q=nonsense'],
  ['accept-encoding', 'nonsense, *;q=0'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'nonsense'],
  ['range', 'bytes=5-1'],
  ['expect', '100-continue'],
  ['expect', 'nonsense'],
  ['upgrade', 'websocket'],
  ['connection', 'upgrade'],
  ['connection', 'close, nonsense'],
  ['x-http-method-override', 'DELETE'],
  ['origin', 'null'],
  ['access-control-request-method', 'DELETE'],
  ['x-forwarded-for', 'x'.repeat(1_000)],
  ['accept-version', '2.0.0'],
  ['cookie', `__proto__=${'x'.repeat(2_000)}`],
  ['x-request-id', 'mine'],
  ['x-long', 'x'.repeat(20_000)],
  ['x-very-long', 'x'.repeat(300_000)],
  ['if-modified-since', 'nonsense'],
];

const HEAD_SPOILERS: readonly Spoiler[] = [
  (draft, chance) => {
    draft.method = chance.pick(STRANGE_METHODS);
  },
  (draft, chance) => {
    draft.segments[chance.whole(0, draft.segments.length - 1)] = chance.pick(STRANGE_SEGMENTS);
  },
  (draft, chance) => {
    draft.segments.push(chance.pick(STRANGE_SEGMENTS));
  },
  (draft, chance) => {
    draft.query.push([nameIn(draft.query, chance), chance.pick(STRANGE_PARAMETERS)]);
  },
  (draft, chance) => {
    const names = draft.operation.parameters.filter((each) => each.in === 'query');
    const name = names.length === 0 ? 'limit' : chance.pick(names).name;
    draft.query.push([name, chance.pick(STRANGE_PARAMETERS)]);
  },
  (draft, chance) => {
    const name = nameIn(draft.query, chance);
    const times = chance.pick([2, 50, 1_200]);
    for (let time = 0; time < times; time += 1) draft.query.push([name, String(time)]);
  },
  (draft, chance) => {
    draft.query.push(['q', 'x'.repeat(chance.pick([4_000, 12_000, 20_000, 200_000]))]);
  },
  (draft, chance) => {
    draft.headers = without(draft.headers, 'content-type');
    if (chance.sometimes(0.8)) draft.headers.push(['content-type', chance.pick(STRANGE_TYPES)]);
  },
  (draft, chance) => {
    const [name, value] = chance.pick(STRANGE_HEADERS);
    if (chance.sometimes(0.8)) draft.headers = without(draft.headers, name);
    draft.headers.push([name, value]);
  },
  (draft) => {
    draft.headers = [];
  },
];

const WIRE_SPOILERS: readonly Spoiler[] = [
  (draft) => {
    draft.framing = 'chunked';
  },
  (draft) => {
    draft.framing = 'cut';
  },
  (draft) => {
    draft.framing = 'overlong';
  },
  (draft) => {
    draft.framing = 'halfChunk';
  },
  inHead((head) => head.replace('HTTP/1.1', 'HTTP/1.0')),
  inHead((head) => head.replace('HTTP/1.1', 'HTTP/9.9')),
  inHead((head) => head.replace(/\r\nhost: [^\r]*/, '')),
  inHead((head) => head.replace(/\r\nhost: [^\r]*/, '$&$&')),
  inHead((head) => head.replace(/^\w+/, 'NONSENSE')),
  inHead((head) => head.replace(/^\w+/, (method) => method.toLowerCase())),
  inHead((head) => head.replace(/ \//, ' ')),
  inHead((head) => head.replace(/ \//, ' http://example.org/')),
  inHead((head) => head.replace(/ \//, ' //')),
  inHead((head) => head.replace(/ \/\S*/, ' *')),
  inHead((head) => head.replace(/ \/\S*/, '$&\xff\x80')),
  inHead((head) => head.replace(/ \/\S*/, '$& x')),
  inHead((head) => head.replace(/ \/\S*/, '$&#fragment')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\nno colon\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\n folded\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\nx-nul: a\x00b\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\nx y: z\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\ncontent-length: nonsense\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, '\r\ntransfer-encoding: nonsense\r\n\r\n')),
  inHead((head) => head.replace(/\r\n\r\n$/, `${'\r\nx-many: 1'.repeat(1_500)}\r\n\r\n`)),
  inHead((head) => head.replaceAll('\r\n', '\n')),
  inHead(() => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'),
  inHead(() => 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n'),
];

function inHead(change: (head: string) => string): Spoiler {
  return (draft) => {
    draft.head = change;
  };
}

function nameIn(query: readonly Pair[], chance: Chance): string {
  const known = query.map(([name]) => name);
  return chance.pick([...known, chance.pick(STRANGE_NAMES)]);
}

function without(headers: readonly Pair[], name: string): Pair[] {
  return headers.filter(([each]) => each !== name);
}
