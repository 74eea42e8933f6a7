import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { Database } from '../../../src/platform/prisma/database.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { sendBytes, sendRaw } from '../../support/routes.js';

const ORIGIN = { origin: 'https://newsroom.example.org' };
const EXPOSED = [
  'age',
  'content-disposition',
  'etag',
  'idempotent-replayed',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-poll-interval',
  'x-request-id',
];

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
});
afterAll(() => accord.stop());

const READS = [
  '/v1',
  '/v1/openapi.json',
  '/v1/status',
  '/v1/factions',
  '/v1/factions?limit=1',
  '/v1/factions/mqm-p',
  '/v1/factions/mqm-p/revisions',
  `/v1/mergers/${STORY}/status`,
  `/v1/mergers/${STORY}/timeline?limit=2`,
];

const words = (header: string | null): readonly string[] =>
  (header ?? '').split(',').map((word) => word.trim().toLowerCase());

describe('a browser on another site', () => {
  it('may read, and see the headers that it needs, whatever the answer', async () => {
    for (const path of [...READS, '/livez', '/v1/factions/none', '/v1/keys', '/v1/%zz']) {
      const { headers } = await accord.get(path, ORIGIN);
      expect([path, headers.get('access-control-allow-origin')]).toEqual([path, '*']);
      expect([path, words(headers.get('access-control-expose-headers'))]).toEqual([path, EXPOSED]);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('may ask beforehand, and learns that it may read with a key and a tag, and not write', async () => {
    const preflight = (method: string): Promise<Answer> =>
      accord.send('OPTIONS', '/v1/factions', {
        headers: {
          ...ORIGIN,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,if-none-match',
        },
      });
    for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']) {
      const { status, headers } = await preflight(method);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(words(headers.get('access-control-allow-methods'))).toEqual(['get', 'head']);
      expect(words(headers.get('access-control-allow-headers'))).toEqual([
        'authorization',
        'idempotency-key',
        'if-none-match',
        'last-event-id',
      ]);
    }
  });
});

describe('HEAD', () => {
  it('answers with the headers of GET, and no body', async () => {
    // Of the moment and of the connection, not of the answer.
    const own = ['date', 'x-request-id', 'connection', 'keep-alive'];
    const told = ({ headers }: Answer): object =>
      Object.fromEntries([...headers].filter(([name]) => !own.includes(name)));
    for (const path of [...READS, '/livez', '/readyz', '/v1/factions/none', '/v1/keys']) {
      const [get, head] = [await accord.get(path), await accord.send('HEAD', path)];
      expect([path, head.status, head.text]).toEqual([path, get.status, '']);
      expect([path, told(head)]).toEqual([path, told(get)]);
      expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(get.text));
    }
  });

  it('is told that nothing has changed as GET is', async () => {
    for (const path of READS) {
      const tag = String((await accord.get(path)).headers.get('etag'));
      const head = await accord.send('HEAD', path, { headers: { 'if-none-match': tag } });
      expect([path, head.status, head.headers.get('etag')]).toEqual([path, 304, tag]);
    }
  });
});

describe('a read that was made before', () => {
  it('is answered 304 without a body while nothing has changed, however the tag is sent', async () => {
    for (const path of READS) {
      const first = await accord.get(path);
      const tag = String(first.headers.get('etag'));
      expect([path, tag]).toEqual([path, expect.stringMatching(/^"[\w.-]+"$/)]);
      expect(first.headers.get('cache-control')).toMatch(
        /^public, (no-cache|max-age=0, s-maxage=1)$/,
      );
      expect(words(first.headers.get('vary'))).toContain('authorization');
      for (const sent of [tag, `W/${tag}`, `"another", ${tag}`, '*']) {
        const again = await accord.get(path, { 'if-none-match': sent });
        expect([path, sent, again.status, again.text]).toEqual([path, sent, 304, '']);
        expect(again.headers.get('etag')).toBe(tag);
        expect(again.headers.get('content-type')).toBeNull();
      }
      for (const sent of ['"another"', tag.slice(0, -1), '']) {
        const again = await accord.get(path, { 'if-none-match': sent });
        expect([path, sent, again.status, again.text]).toEqual([path, sent, 200, first.text]);
      }
    }
  });

  it('is answered anew once the list has changed', async () => {
    const tag = String((await accord.get('/v1/factions?limit=100')).headers.get('etag'));
    await accord.record('/v1/factions', { name: 'Haqiqi', classification: 'faction' });
    const again = await accord.get('/v1/factions?limit=100', { 'if-none-match': tag });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).not.toBe(tag);
  });

  it('is another one for a key holder, who sees more', async () => {
    const path = '/v1/factions/mqm-p/revisions';
    const tag = String((await accord.get(path)).headers.get('etag'));
    const asked = await accord.send('GET', path, { headers: { 'if-none-match': tag } }, 'editor');
    expect(asked.status).toBe(200);
    expect(asked.body.data[0]).toHaveProperty('actor');
  });

  it('that is refused has no tag and is not kept', async () => {
    for (const path of ['/v1/factions/none', '/v1/factions?limit=0', '/v1/keys']) {
      const { headers, status } = await accord.get(path, { 'if-none-match': '*' });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers.get('etag')).toBeNull();
    }
  });
});

describe('every answer', () => {
  it('has a request id of its own, which nobody else chooses', async () => {
    const seen = new Set<string | null>();
    const given = '11111111-1111-4111-8111-111111111111';
    const paths = [...READS, '/livez', '/v1/none', '/v1/factions/none', '/v1/%zz'];
    for (const path of paths) {
      const { headers } = await accord.get(path, { 'x-request-id': given });
      const id = headers.get('x-request-id');
      expect([path, id]).toEqual([path, expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)]);
      seen.add(id);
    }
    expect(seen.size).toBe(paths.length);
    expect(seen).not.toContain(given);
  });

  it('to a write has the request id that its revision bears', async () => {
    const made = await accord.post('/v1/people', { name: 'Anis Kaimkhani' });
    const [revision] = await accord.database.read<{ id: string }>(
      `SELECT revision.request_id AS id FROM revisions AS revision WHERE revision.record_id = $1::uuid`,
      [made.body.id],
    );
    expect(revision?.id).toBe(made.headers.get('x-request-id'));
  });

  it('is taken for what it says it is, and tells nothing of the server', async () => {
    for (const path of [...READS, '/v1/none', '/v1/%zz']) {
      const { headers } = await accord.get(path);
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect([path, headers.get('server'), headers.get('x-powered-by')]).toEqual([
        path,
        null,
        null,
      ]);
    }
  });
});

describe('a request that is hardly one', () => {
  const problem = (code: string, status: number): object => ({
    type: `urn:accord:problem:${code}`,
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
  });

  it('is answered with a problem all the same', async () => {
    const cases = [
      ['GET', '/v1/factions/%zz', {}, 'bad_request', 400],
      ['GET', '/%', {}, 'bad_request', 400],
      ['GET', `/v1/factions/${'a'.repeat(500)}`, {}, 'not_found', 404],
      ['GET', '/v1/factions', { 'x-long': 'a'.repeat(20_000) }, 'bad_request', 400],
      ['GET', `/v1/factions?q=${'a'.repeat(20_000)}`, {}, 'bad_request', 400],
      ['GET', '/nothing', {}, 'not_found', 404],
      ['PUT', '/v1/factions', {}, 'not_found', 404],
      ['POST', '/v1', {}, 'not_found', 404],
    ] as const;
    for (const [method, path, headers, code, status] of cases) {
      const answer = await sendRaw(accord, { method, path, headers });
      expect([path.slice(0, 40), answer.status]).toEqual([path.slice(0, 40), status]);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(JSON.parse(answer.text)).toEqual(problem(code, status));
    }
    expect((await accord.get('/livez')).status).toBe(200);
  });

  const told = async (lines: readonly string[]): Promise<readonly [string, unknown]> => {
    const text = await sendBytes(
      accord.baseUrl,
      [...lines, 'Connection: close', '', ''].join('\r\n'),
    );
    const [head = '', body = ''] = text.split('\r\n\r\n');
    return [head.split('\r\n')[0] ?? '', JSON.parse(body)];
  };

  it('is answered with a problem where Node alone would answer with less, or not at all', async () => {
    for (const lines of [
      ['GET /v1/factions HTTP/1.1'],
      ['POST /v1/people HTTP/1.1', `Authorization: Bearer ${accord.editorKey}`],
      ['CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443'],
      ['NONSENSE /v1/factions HTTP/1.1', 'Host: localhost'],
    ]) {
      const refusal = ['HTTP/1.1 400 Bad Request', problem('bad_request', 400)];
      expect([lines, await told(lines)]).toEqual([lines, refusal]);
    }
  });

  it('is served when it expects what nobody here knows, and in HTTP/1.0 without a host', async () => {
    const served = ['HTTP/1.1 200 OK', { status: 'ok' }];
    expect(await told(['GET /livez HTTP/1.1', 'Host: localhost', 'Expect: nonsense'])).toEqual(
      served,
    );
    expect(await told(['GET /livez HTTP/1.0'])).toEqual(served);
  });

  it('does not keep the whole request before it from its own answer', async () => {
    const body = JSON.stringify({ name: 'Khalid Maqbool Siddiqui' });
    const head = [
      'POST /v1/people HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${accord.editorKey}`,
      'Content-Type: application/json',
      `Content-Length: ${String(body.length)}`,
    ];
    const text = await sendBytes(accord.baseUrl, `${head.join('\r\n')}\r\n\r\n${body} and more`);
    expect(text).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 400']);
  });

  it('is answered also when its headers go on for megabytes', async () => {
    const lines = ['GET /livez HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(8_000_000)}`];
    const refusal = ['HTTP/1.1 400 Bad Request', problem('bad_request', 400)];
    for (let time = 0; time < 5; time += 1) expect(await told(lines)).toEqual(refusal);
  });
});

describe('a body that is too large', () => {
  it('is read to its end, so that whoever writes first and reads then gets the problem', async () => {
    const { hostname, port } = new URL(accord.baseUrl);
    const body = Buffer.alloc(10_000_000, 'a');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        authorization: `Bearer ${accord.editorKey}`,
      };
      const sent = request(
        { hostname, port, method: 'POST', path: '/v1/people', headers },
        (answer) => {
          answer.resume();
          // Nothing was cut off while it was being written.
          resolve(sent.writableFinished ? answer.statusCode : undefined);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
    expect(status).toBe(413);
  });
});

describe('the settings of a session', () => {
  it('hold beside those of the operator’s address', async () => {
    const url = new URL(accord.databaseUrl);
    url.searchParams.set('options', '-c statement_timeout=5432');
    const database = new Database(url.href);
    const [settings] = await database.read<object>(
      `SELECT current_setting('TimeZone') AS zone, current_setting('pg_trgm.word_similarity_threshold') AS written,
         current_setting('pg_trgm.strict_word_similarity_threshold') AS spoken`,
      [],
    );
    expect(settings).toEqual({ zone: 'UTC', written: '0.2', spoken: '0.4' });
    await database.onApplicationShutdown();
  });
});
