import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startTestApp, type Answer, type TestApp, answerOf } from '../../support/app.js';
import { imported, ndjson, rowsOf } from '../../support/importing.js';
import { expectRefusal, storedRows } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

async function send(
  query: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${accord.baseUrl}/v1/imports?${query}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { authorization: `Bearer ${accord.editorKey}`, ...headers },
  });
  const answer = answerOf(response.status, response.headers, await response.text());
  accord.judge({ method: 'POST', path: `/v1/imports?${query}` }, answer);
  return answer;
}

async function untilState(state: string): Promise<void> {
  for (let attempt = 0; attempt < 5_000; attempt += 1) {
    const { body } = await accord.send('GET', '/v1/imports?limit=1', {}, 'editor');
    const [last] = body.data;
    if (last?.title === 'Broken' && last.state === state) return;
  }
  throw new Error(`no import is ${state}`);
}

async function staged(): Promise<number> {
  const [row] = await accord.database.read<{ count: number }>(
    'SELECT count(*)::int AS count FROM import_staging',
    [],
  );
  return row?.count ?? NaN;
}

const person = { recordType: 'people', name: 'Somebody' };
const line = `${JSON.stringify(person)}\n`;

type Unreadable = readonly [
  what: string,
  query: string,
  file: () => Buffer | string,
  line: number | null,
  encoding?: string,
];

/** Files that cannot be read, and the line that is told; null: none. */
const UNREADABLE: readonly Unreadable[] = [
  ['a line that is no JSON', 'format=ndjson', () => `${line}${line}{"recordType"\n`, 3],
  ['a line of no kind of record', 'format=ndjson', () => `${line}{"recordType":"areas"}\n`, 2],
  ['a line of 2 MiB', 'format=ndjson', () => `${line}{"name":"${'x'.repeat(2 ** 21)}"}`, 2],
  ['a million brackets', 'format=ndjson', () => `${line}${'['.repeat(500_000)}`, 2],
  [
    'brackets in brackets',
    'format=ndjson',
    () => `${line}{"recordType":"people","name":${'['.repeat(100)}${']'.repeat(100)}}`,
    2,
  ],
  [
    'bytes that are no UTF-8',
    'format=ndjson',
    () => Buffer.concat([Buffer.from(line), Buffer.from([0x22, 0xff, 0xfe, 0x0a])]),
    2,
  ],
  ['a Popolo that is a list', 'format=popolo&scheme=hostile', () => '[]', 1],
  ['a Popolo that is empty', 'format=popolo&scheme=hostile', () => '', 1],
  [
    'a Popolo that is cut off',
    'format=popolo&scheme=hostile',
    () => '{"persons":\n[{"name":"A"},',
    2,
  ],
  [
    'a Popolo that is no JSON',
    'format=popolo&scheme=hostile',
    () => '{"persons":\n[{name:"A"}]}',
    2,
  ],
  [
    'an element of 100 MB on one line',
    'format=popolo&scheme=hostile',
    () => `{"persons":\n[{"name":"${'x'.repeat(100_000_000)}"}]}`,
    2,
  ],
  [
    'NUL in an area',
    'format=popolo&scheme=hostile',
    () => '{"areas":\n[{"id":"a","name":"\\u0000"}]}',
    2,
  ],
  ['a CSV with a quote that stays open', 'format=csv&resource=people', () => 'name\n"A\n', 2],
  ['a CSV with too many cells', 'format=csv&resource=people', () => 'name,summary\nA,B,C\n', 2],
  [
    'brackets in brackets of Popolo',
    'format=popolo&scheme=hostile',
    () => `{"persons":\n[{"name":${'['.repeat(100)}${']'.repeat(100)}}]}`,
    2,
  ],
  ['a CSV of too many columns', 'format=csv&resource=people', () => `name${',a'.repeat(300)}\n`, 1],
  ['no gzip', 'format=ndjson', () => line, 1, 'gzip'],
  [
    'a gzip that is cut off',
    'format=ndjson',
    () => gzipSync(Buffer.from(line.repeat(100))).subarray(0, -9),
    1,
    'gzip',
  ],
  [
    'a gzip with something behind it',
    'format=ndjson',
    () => Buffer.concat([gzipSync(line), Buffer.from('and more')]),
    1,
    'gzip',
  ],
  ['a gzip bomb', 'format=ndjson', () => gzipSync(line.repeat(1_000_000)), null, 'gzip'],
];

describe('a hostile file', () => {
  // Of the whole row: a parameter that a row lacks would be Jest's callback.
  it.each(UNREADABLE.map((row) => [row[0], row] as const))('is refused for %s', async (_, row) => {
    const [, query, file, at, encoding] = row;
    const before = await storedRows(accord);
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
    const answer = await send(query, file(), headers);
    expect(answer).toMatchObject({ status: 400, body: { code: 'unreadable_file' } });
    if (at !== null) expect(answer.body.line).toBe(at);
    expect(await storedRows(accord)).toEqual(before);
    expect(await staged()).toBe(0);
    const { body } = await accord.send('GET', '/v1/imports?limit=1', {}, 'editor');
    expect(body.data[0]).toMatchObject({ state: 'failed', problem: { code: 'unreadable_file' } });
  });

  it('is refused for columns that are none, that are missing, and that stand twice', async () => {
    const answer = await send('format=csv&resource=people', 'nom,slug,slug\nA,a,a\n');
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/nom',
      '/name',
      '/slug',
    ]);
  });

  it('is refused for parameters that are wrong, and for a source that is not there', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    for (const [query, status] of [
      ['', 400],
      ['format=xml', 400],
      ['format=csv', 400],
      ['format=ndjson&resource=people', 400],
      ['format=popolo', 400],
      ['format=popolo&scheme=Every%20Politician', 400],
      [`format=ndjson&sourceId=${nobody}`, 422],
    ] as const)
      expect([query, (await send(query, line)).status]).toEqual([query, status]);
    const zipped = await send('format=ndjson', line, { 'content-encoding': 'br' });
    expect(zipped).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  it('tells each bad row with its line, and stores nothing', async () => {
    const faction = (name: string, rest: object = {}): object => ({
      recordType: 'factions',
      classification: 'party',
      name,
      ...rest,
    });
    const [a, b] = [
      '01890000-0000-7000-8000-00000000000a',
      '01890000-0000-7000-8000-00000000000b',
    ] as const;
    const file = ndjson([
      person,
      { ...person, name: 'x'.repeat(10_000) },
      { ...person, nome: 'Somebody' },
      { ...person, name: 'Twin', identifiers: [{ scheme: 'wikidata', identifier: 'Q1' }] },
      { ...person, name: 'Tween', identifiers: [{ scheme: 'wikidata', identifier: 'Q1' }] },
      faction('A', { id: a, parentId: b }),
      faction('B', { id: b, parentId: a }),
      faction('C', { parentId: '01890000-0000-7000-8000-00000000000c' }),
      { recordType: 'people', name: 'Dates', birthDate: '2023', deathDate: '2022' },
      person,
    ]);
    const before = await storedRows(accord);
    const done = await imported(accord, 'format=ndjson', file);
    expect(done).toMatchObject({ state: 'refused', applied: 0, rows: { refused: 8, create: 2 } });
    expect(await storedRows(accord)).toEqual(before);
    const rows = await rowsOf(accord, done.id, '&outcome=refused');
    expect(
      rows.map(({ line: at, problems }) => [at, problems[0]?.code, problems[0]?.pointer]),
    ).toEqual([
      [2, 'validation_failed', '/name'],
      [3, 'validation_failed', '/nome'],
      [5, 'repeated_in_file', '/identifiers'],
      [6, 'cycle', '/parentId'],
      [7, 'cycle', '/parentId'],
      [8, 'reference_not_found', '/parentId'],
      [9, 'end_before_start', '/deathDate'],
      [10, 'repeated_in_file', null],
    ]);
    const good = await imported(accord, 'format=ndjson&atomic=false', file);
    expect(good).toMatchObject({ state: 'done', applied: 2, rows: { refused: 8, create: 2 } });
  });

  it.each([
    [
      'ndjson',
      (name: string) => ndjson([{ ...person, name }]),
      (told: string) => `{"recordType":"people","name":"A","extras":{"x":${told}}}\n`,
    ],
    [
      'popolo&scheme=hostile',
      (name: string) => JSON.stringify({ persons: [{ name }] }),
      (told: string) => `{"persons":[{"name":"A","x":${told}}]}`,
    ],
    [
      'csv&resource=people',
      (name: string) => `name\n${name}\n`,
      (told: string) => `name,extras\nA,"{""x"":${told.replaceAll('"', '""')}}"\n`,
    ],
  ])(
    'of format=%s is refused for names too long, NUL and half characters',
    async (format, named, told) => {
      const before = await storedRows(accord);
      const files = [
        named('x'.repeat(10_000)),
        named(' '),
        told('{"a":"\\u0000"}'),
        told('{"\\ud800":1}'),
      ];
      // JSON escapes NUL; a table holds it as it is.
      if (format.startsWith('csv')) files.push(named('A\0'));
      for (const file of files) {
        const done = await imported(accord, `format=${format}`, file);
        expect(done).toMatchObject({ state: 'refused', rows: { refused: 1 } });
        const [row] = await rowsOf(accord, done.id);
        expect(row?.problems[0]).toMatchObject({ code: 'validation_failed' });
      }
      expect(await storedRows(accord)).toEqual(before);
    },
  );

  it('that gives what every object has is refused for it, wherever that stands', async () => {
    const before = await storedRows(accord);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const told = `"${name}":{"birthDate":"1959","birth_date":"1959"}`;
      for (const [query, file, pointer] of [
        ['format=ndjson', `{"recordType":"people","name":"A",${told}}\n`, `/${name}`],
        [
          'format=ndjson',
          `{"recordType":"people","name":"A","extras":{"x":{${told}}}}\n`,
          `/extras/x/${name}`,
        ],
        ['format=popolo&scheme=x', `{"persons":[{"name":"A",${told}}]}`, `/extras/x/${name}`],
        ['format=popolo&scheme=x', `{"persons":[{"name":"A","accord":{${told}}}]}`, `/${name}`],
      ] as const) {
        const done = await imported(accord, query, file);
        const rows = await rowsOf(accord, done.id);
        expect([file, rows[0]?.problems[0]?.pointer]).toEqual([file, pointer]);
      }
      const area = await send('format=popolo&scheme=x', `{"areas":[{"id":"a",${told}}]}`);
      expect(area).toMatchObject({ status: 400, body: { code: 'unreadable_file', line: 1 } });
    }
    expect(await storedRows(accord)).toEqual(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('of formulas is taken as text, exported so that nothing computes it, and the same again', async () => {
    const formulas = [
      '=HYPERLINK("http://evil.example")',
      '+1+1',
      '-1',
      '@SUM(A1)',
      "'=1",
      '=cmd|x!A1',
    ];
    const cells = formulas.map((each) => `"${each.replaceAll('"', '""')}"`);
    const table = ['name,summary', ...cells.map((each) => `${each},${each}`)].join('\n');
    const query = 'format=csv&resource=people&title=Formulas';
    const done = await imported(accord, query, table);
    expect(done).toMatchObject({ state: 'done', rows: { create: 6 } });
    const rows = await rowsOf(accord, done.id);
    const people = await Promise.all(
      rows.map(async ({ recordId }) => (await accord.get(`/v1/people/${String(recordId)}`)).body),
    );
    // An apostrophe before a formula is a guard, and no part of it.
    const texts = formulas.map((each) => each.replace(/^'/, ''));
    expect(people.map(({ name }) => name)).toEqual(texts);
    expect(people.map(({ summary }) => summary)).toEqual(texts);
    const { text } = await accord.get('/v1/export?format=csv&resource=people');
    expect(text).not.toMatch(/(^|,|\n)"?[=+\-@]/);
    const again = await imported(accord, query, text);
    expect(again.rows['unchanged']).toBe(again.rows['total']);
  });

  it('is told of to whoever sends all of it before the answer is read', async () => {
    const sending = request(`${accord.baseUrl}/v1/imports?format=ndjson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accord.editorKey}`, connection: 'close' },
    });
    const chunk = Buffer.alloc(2 ** 20, 'x');
    for (let at = 0; at < 20; at += 1)
      await new Promise<void>((resolve, reject) => {
        sending.write(chunk, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    sending.end();
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(400);
  });

  it('leaves nothing when its connection breaks', async () => {
    const before = await storedRows(accord);
    const sending = request(`${accord.baseUrl}/v1/imports?format=ndjson&title=Broken`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accord.editorKey}` },
    });
    sending.on('error', () => undefined);
    // Enough for rows to be put aside before the end of the file.
    for (let at = 0; at < 1_000; at += 1)
      sending.write(`${JSON.stringify({ ...person, name: `Person ${String(at)}` })}\n`);
    await untilState('staged');
    sending.destroy();
    await untilState('failed');
    expect(await storedRows(accord)).toEqual(before);
    expect(await staged()).toBe(0);
  });

  it('is refused to whoever has no key, unread', async () => {
    await expectRefusal(
      accord,
      () => accord.send('POST', '/v1/imports?format=ndjson', { body: line }, 'reader'),
      [401, 'unauthorized'],
    );
  });
});
