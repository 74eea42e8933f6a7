import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Ended, runAccord } from '../../support/command.js';

const KEY = 'accord_of-an-editor';
const ID = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';

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

const page = (data: unknown): Answering => says(200, { data, page: { next: null } });

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
