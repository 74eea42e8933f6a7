/** What no service of ours can be brought to at will: connections that break, too many requests, answers that make no sense. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Ended, runAccord } from '../../support/command.js';

const ID = '01890000-0000-7000-8000-000000000001';

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let url: string;
let folder: string;
/** By method and path. */
let answers: Record<string, Answering> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accord-odd-'));
  await writeFile(join(folder, 'people.ndjson'), '{"recordType":"people","name":"Somebody"}\n');
  server = createServer((request, response) => {
    const known = answers[`${request.method ?? ''} ${new URL(request.url ?? '', url).pathname}`];
    if (known === undefined) says(404, { code: 'not_found', detail: 'No.' })(response, request);
    else known(response, request);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
beforeEach(() => {
  answers = {};
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Answers when the request has come to its end. */
function says(status: number, body: unknown): Answering {
  return (response, request) => {
    request.resume().once('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const breaksOff: Answering = (response) => response.destroy();

function run(...args: string[]): Promise<Ended> {
  const env = { ACCORD_URL: url, ACCORD_KEY: 'accord_of-an-editor' };
  return runAccord(args, { env, cwd: folder });
}

describe('accord import', () => {
  const ended = {
    id: ID,
    state: 'failed',
    format: 'ndjson',
    resource: null,
    title: 'people.ndjson',
    dryRun: false,
    atomic: true,
    sourceId: null,
    rows: { total: 1, create: 0, update: 0, unchanged: 0, refused: 0 },
    applied: 0,
    problem: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:01.000Z',
  };
  const staged = { ...ended, state: 'staged', endedAt: null };

  it('ends with 4 when the connection breaks while the file is sent', async () => {
    answers = { 'POST /v1/imports': breaksOff };
    expect((await run('import', 'people.ndjson')).code).toBe(4);
  });

  it('ends with 4 when it breaks after that, and says where the import is', async () => {
    answers = {
      'POST /v1/imports': says(202, staged),
      [`GET /v1/imports/${ID}`]: breaksOff,
    };
    const { code, stdout, stderr } = await run('import', 'people.ndjson');
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(
      new RegExp(`; what becomes of the import is told at /v1/imports/${ID}\n$`),
    );
  });

  it.each([
    ['4 when the service was stopped meanwhile', 'unavailable', 4],
    ['1 when the service has a bug', 'internal', 1],
  ])('says why an import failed, and ends with %s', async (_, code, exit) => {
    const problem = { code, pointer: null, detail: 'It came to no end.' };
    answers = {
      'POST /v1/imports': says(202, staged),
      [`GET /v1/imports/${ID}`]: says(200, { ...ended, problem }),
      [`GET /v1/imports/${ID}/rows`]: says(200, { data: [], page: { next: null } }),
    };
    const done = await run('import', 'people.ndjson');
    expect(done.code).toBe(exit);
    expect(done.stdout).toMatch(
      new RegExp(`^import ${ID} failed: .*\n +${code}: It came to no end\\.\n$`),
    );
  });
});

describe('accord export', () => {
  it('leaves no half of a file, and the one that is there, when the connection breaks', async () => {
    await writeFile(join(folder, 'kept.json'), 'as it was');
    answers['GET /v1/export'] = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half of it', () => response.destroy());
    };
    expect((await run('export', 'kept.json')).code).toBe(4);
    expect(await readFile(join(folder, 'kept.json'), 'utf8')).toBe('as it was');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect((await run('export')).code).toBe(4);
  });

  it('is whole when two write the same file at once', async () => {
    let [finishFirst, secondIsIn] = [(): void => undefined, false];
    answers['GET /v1/export'] = (response) => {
      if (secondIsIn) {
        response.end('the second, whole');
        return;
      }
      secondIsIn = true;
      response.write('the first, ', () => {
        heard();
      });
      finishFirst = () => response.end('whole as well');
    };
    let heard: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (heard = resolve));
    const first = run('export', 'both.json');
    await begun;
    while (!(await readdir(folder)).some((name) => name.startsWith('both.json'))) await pause();
    const read = (): Promise<string> => readFile(join(folder, 'both.json'), 'utf8');
    expect([(await run('export', 'both.json')).code, await read()]).toEqual([
      0,
      'the second, whole',
    ]);
    finishFirst();
    expect([(await first).code, await read()]).toEqual([0, 'the first, whole as well']);
  });
});

describe('accord doctor', () => {
  it('takes no document that it was not given for one of another version', async () => {
    answers['GET /livez'] = answers['GET /readyz'] = says(200, { status: 'ok' });
    answers['GET /v1/openapi.json'] = says(429, { code: 'too_many_requests' });
    answers['GET /v1'] = says(200, {});
    const { code, stdout } = await run('doctor', '--quick', '--json');
    const { checks } = JSON.parse(stdout);
    expect([code, checks[2]]).toEqual([
      5,
      expect.objectContaining({ name: 'contract', findings: ['the service answered 429'] }),
    ]);
  });
});

describe('too many requests', () => {
  const tooMany: Answering = (response) => {
    response.writeHead(429, { 'retry-after': '0' }).end('{"code":"too_many_requests"}');
  };

  it('are waited out by reads, five times', async () => {
    let times = 0;
    let most = 5;
    answers['GET /v1/mergers'] = (response, request) => {
      times += 1;
      (times > most ? says(200, { data: [], page: { next: null } }) : tooMany)(response, request);
    };
    expect(await run('mergers', '--json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(times).toBe(6);
    most = 100;
    times = 0;
    expect((await run('mergers')).code).toBe(3);
    expect(times).toBe(6);
  });

  it('are not waited out by a file, which is sent once', async () => {
    let times = 0;
    answers['POST /v1/imports'] = (response, request) => {
      times += 1;
      request.resume().once('end', () => {
        tooMany(response, request);
      });
    };
    expect([(await run('import', 'people.ndjson')).code, times]).toEqual([3, 1]);
  });
});

describe('an answer of somebody else', () => {
  it.each([
    ['a page of a proxy', 502, '<h1>Bad gateway</h1>', 1, /^The service answered 502\. \(502\)\n$/],
    ['nothing', 503, '', 4, /^The service answered 503\. \(503\)\n$/],
    [
      'what is no JSON',
      200,
      '<h1>Welcome</h1>',
      4,
      /^the answer is no JSON: is this an Accord\?\n$/,
    ],
  ])('is told as such: %s', async (_, status, text, exit, told) => {
    answers['GET /v1/mergers'] = (response) => {
      response.writeHead(status).end(text);
    };
    const { code, stdout, stderr } = await run('mergers');
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(told);
  });
});
