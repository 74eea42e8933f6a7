import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Ended, runAccord } from '../../support/command.js';

const KEY = 'accord_of-an-editor';
const ID = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
const FILE = '{"id":"1","name":"Kamran Tessori"}\n';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answering = (asked: Asked, response: ServerResponse) => void;

let server: Server;
let url: string;
let folder: string;
let asked: Asked[] = [];
let answers: Record<string, Answering> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accord-unserved-'));
  server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
beforeEach(() => {
  asked = [];
  answers = {};
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '', url);
  const question = {
    method: request.method ?? '',
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
  asked.push(question);
  const known = answers[`${question.method} ${pathname}`];
  if (known === undefined) say(response, 404, { status: 404, code: 'not_found', detail: 'No.' });
  else known(question, response);
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const says =
  (status: number, body: unknown): Answering =>
  (_, response) => {
    say(response, status, body);
  };

function run(...args: string[]): Promise<Ended> {
  return runAccord(args, { env: { ACCORD_URL: url, ACCORD_KEY: KEY }, cwd: folder });
}

const rows = { total: 1, create: 1, update: 0, unchanged: 0, refused: 0 };
const ended = {
  id: ID,
  state: 'done',
  format: 'ndjson',
  dryRun: false,
  atomic: true,
  sourceId: null,
  rows,
  applied: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:01.000Z',
};
const page = (data: unknown): Answering => says(200, { data, page: { next: null } });

describe('accord import', () => {
  /** The import, as it is at first and as it ends. */
  function serveImport(end: object, told: Record<string, unknown[]> = {}): void {
    const staged = { ...end, state: 'staged', endedAt: null, applied: 0 };
    answers = {
      'POST /v1/imports': says(202, staged),
      [`GET /v1/imports/${ID}`]: says(200, end),
      [`GET /v1/imports/${ID}/rows`]: ({ query }, response) => {
        say(response, 200, { data: told[query['outcome'] ?? ''] ?? [], page: { next: null } });
      },
    };
  }

  it('sends the file as it is, waits for the end, and says what came of it', async () => {
    await writeFile(join(folder, 'people.ndjson'), FILE);
    serveImport(ended);
    const { code, stdout, stderr } = await run('import', 'people.ndjson');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`import ${ID} done: create 1, update 0, unchanged 0, refused 0\n`);
    const [sent] = asked;
    expect(sent?.body.toString()).toBe(FILE);
    expect(sent?.query).toEqual({
      format: 'ndjson',
      dryRun: 'false',
      atomic: 'true',
      title: 'people.ndjson',
    });
    expect(sent?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/x-ndjson',
    });
    expect(sent?.headers['content-encoding']).toBeUndefined();
  });

  it('sends what is gzipped as gzip, and takes stdin', async () => {
    await writeFile(join(folder, 'people.csv.gz'), gzipSync('name\nA\n'));
    serveImport(ended);
    expect(
      (await run('import', 'people.csv.gz', '--resource', 'people', '--source', ID)).code,
    ).toBe(0);
    expect(asked[0]?.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(asked[0]?.body ?? '').toString()).toBe('name\nA\n');
    expect(asked[0]?.query).toMatchObject({ format: 'csv', resource: 'people', sourceId: ID });

    const env = { ACCORD_URL: url, ACCORD_KEY: KEY };
    await runAccord(['import', '-', '--format', 'popolo'], { env, input: '{"persons":[]}' });
    expect(asked.findLast(({ method }) => method === 'POST')?.body.toString()).toBe(
      '{"persons":[]}',
    );
  });

  it('tells of a dry run row by row, with who is near', async () => {
    const row = {
      line: 3,
      recordType: 'people',
      recordId: null,
      fields: [],
      problems: [],
      near: [],
    };
    const problems = [{ code: 'validation_failed', pointer: '/name', detail: 'is missing' }];
    const near = [{ id: OTHER, name: 'Kamran Tesori', score: 0.8 }];
    serveImport(
      { ...ended, dryRun: true, rows: { ...rows, total: 3, update: 1, refused: 1 } },
      {
        create: [{ ...row, outcome: 'create', near }],
        update: [{ ...row, line: 4, outcome: 'update', recordId: ID, fields: ['name', 'summary'] }],
        refused: [{ ...row, line: 5, outcome: 'refused', problems }],
      },
    );
    const { code, stdout } = await run('import', 'people.ndjson', '--dry-run');
    expect(code).toBe(3);
    expect(stdout.split('\n')).toEqual([
      `import ${ID} dry run, nothing changed: create 1, update 1, unchanged 0, refused 1`,
      '     5  refused  people',
      '        validation_failed /name: is missing',
      '     3  create   people',
      `        near: Kamran Tesori (0.80) ${OTHER}`,
      `     4  update   people ${ID}: name, summary`,
      '',
    ]);
    expect(asked[0]?.query['dryRun']).toBe('true');
  });

  it.each([
    ['3 when all is refused', { state: 'refused' }, 3],
    ['6 when the bad rows are left out', { atomic: false, rows: { ...rows, refused: 2 } }, 6],
    ['1 when the service fails', { state: 'failed' }, 1],
  ])('ends with %s', async (_, end, code) => {
    serveImport({ ...ended, ...end });
    expect((await run('import', 'people.ndjson', '--json')).code).toBe(code);
  });

  it('says why an import failed', async () => {
    const problem = { code: 'internal', pointer: null, detail: 'It broke.' };
    serveImport({ ...ended, state: 'failed', problem });
    expect((await run('import', 'people.ndjson')).stdout).toMatch(/\n +internal: It broke\.\n$/);
  });

  it('ends with 3 when the file is refused as a whole, and with 4 when the service goes away', async () => {
    const detail = 'Line 1 is no JSON.';
    answers['POST /v1/imports'] = says(400, { status: 400, code: 'malformed_json', detail });
    const refused = await run('import', 'people.ndjson');
    expect([refused.code, refused.stderr]).toEqual([3, `${detail} (400 malformed_json)\n`]);
    answers['POST /v1/imports'] = (_, response) => response.destroy();
    expect((await run('import', 'people.ndjson')).code).toBe(4);
  });
});

describe('accord export', () => {
  it('writes what it gets to stdout, and into a file', async () => {
    answers['GET /v1/export'] = (_, response) => response.end('{"persons":[]}');
    expect((await run('export', '--as-of', '2022-12', '--public')).stdout).toBe('{"persons":[]}');
    expect(asked[0]?.query).toEqual({ format: 'popolo', asOf: '2022-12', view: 'public' });
    expect((await run('export', 'all.json')).stdout).toBe('14 bytes are in all.json\n');
    expect(await readFile(join(folder, 'all.json'), 'utf8')).toBe('{"persons":[]}');
  });

  it('leaves no half of a file, and the one that is there, when the connection breaks', async () => {
    await writeFile(join(folder, 'kept.json'), 'as it was');
    answers['GET /v1/export'] = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half of it', () => response.destroy());
    };
    expect((await run('export', 'kept.json')).code).toBe(4);
    expect(await readFile(join(folder, 'kept.json'), 'utf8')).toBe('as it was');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect((await run('export')).code).toBe(4);
  });
});

describe('accord duplicates', () => {
  it('lists pairs with the reason', async () => {
    const pair = {
      of: 'people',
      ids: [ID, OTHER],
      names: ['Tessori', 'Tesori'],
      score: 0.9,
      reason: 'one letter',
    };
    answers['GET /v1/duplicates'] = page([pair, pair]);
    const { stdout } = await run('duplicates', 'list', '--limit', '1');
    expect(stdout).toMatch(
      new RegExp(`^0\\.90 +Tessori = Tesori +${ID} ${OTHER} +one letter$`, 'm'),
    );
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse((await run('duplicates', 'list', '--json')).stdout)).toEqual([pair, pair]);
    expect(asked[0]?.query).toEqual({ of: 'people', limit: '1' });
  });

  it('decides', async () => {
    answers['POST /v1/duplicates/decisions'] = says(201, { id: ID });
    expect((await run('duplicates', 'same', ID, OTHER, '--keep', OTHER)).code).toBe(0);
    expect((await run('duplicates', 'different', ID, OTHER, '--of', 'factions')).code).toBe(0);
    expect(asked.map(({ body }) => JSON.parse(body.toString()))).toEqual([
      { of: 'people', ids: [ID, OTHER], decision: 'same', keep: OTHER },
      { of: 'factions', ids: [ID, OTHER], decision: 'different' },
    ]);
    expect((await run('duplicates', 'same', ID, OTHER, '--keep', 'neither')).code).toBe(2);
  });
});

describe('too many requests', () => {
  it('are waited out by reads', async () => {
    let times = 0;
    answers['GET /v1/mergers'] = (question, response) => {
      times += 1;
      if (times > 1) page([])(question, response);
      else response.writeHead(429, { 'retry-after': '0' }).end('{}');
    };
    expect(await run('mergers', '--json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(times).toBe(2);
  });
});
