import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connect } from 'node:net';
import {
  Authenticator,
  hashOf,
  newKey as makeKey,
} from '../../../src/platform/auth/authenticator.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { expectProblem } from '../../support/refusals.js';

const ADDRESS = 8;
const KEY = 5;

let accord: TestApp;
beforeAll(async () => {
  // As behind a proxy on this machine, so that each test has an address of its own.
  const limits = { address: ADDRESS, key: KEY };
  accord = await startTestApp(undefined, { limits, trustProxy: ['loopback'] });
});
afterAll(() => accord.stop());

let address = '';
let last = 0;
beforeEach(() => {
  last += 1;
  address = `192.0.2.${String(last)}`;
});

interface Sent {
  readonly method?: string;
  readonly key?: string;
  readonly from?: string;
}

function ask(path: string, { method = 'GET', key, from = address }: Sent = {}): Promise<Answer> {
  const headers = {
    'x-forwarded-for': from,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  return accord.send(method, path, { headers });
}

/** How many requests are left, by the policy that the answer names; null where it names none. */
function left({ headers }: Answer): readonly [string, number] | null {
  const [, policy, rest] = /^"(\w+)";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '') ?? [];
  return policy === undefined ? null : [policy, Number(rest)];
}

/** Asks until nothing is left. */
async function exhaust(sent: Sent, times = ADDRESS): Promise<void> {
  for (let time = 0; time < times; time += 1) await ask('/v1', sent);
}

function expectTooMany(answer: Answer, policy: string): void {
  expectProblem(answer, [429, 'too_many_requests']);
  const [, reset] = /;t=(\d+)$/.exec(answer.headers.get('ratelimit') ?? '') ?? [];
  expect(Number(reset)).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(reset);
  expect(left(answer)).toEqual([policy, 0]);
}

/** A key that nobody has used yet. */
async function newKey(): Promise<string> {
  const key = makeKey();
  const hash = hashOf(key);
  await accord.database.prisma.key.create({ data: { name: 'a stranger', role: 'editor', hash } });
  return key;
}

describe('a reader', () => {
  it('is told what there is and what is left, whatever the answer, and is refused beyond it', async () => {
    const paths = ['/v1', '/v1/factions', '/v1/factions/none', '/v1/keys', '/nothing', '/v1/%zz'];
    const answers: Answer[] = [];
    for (const path of [...paths, '/v1/openapi.json', '/docs']) answers.push(await ask(path));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 401, 404, 400, 200, 200]);
    expect(answers.map(left)).toEqual([7, 6, 5, 4, 3, 2, 1, 0].map((rest) => ['reader', rest]));
    const policies = answers.map(({ headers }) => headers.get('ratelimit-policy'));
    expect(new Set(policies)).toEqual(new Set([`"reader";q=${String(ADDRESS)};w=60`]));
    // What is given again costs nothing.
    const again = await ask('/v1/factions');
    expect([again.status, left(again)]).toEqual([200, null]);
    const counted = paths.filter((path) => path !== '/v1/factions');
    for (const path of [...counted, '/v1/openapi.json', '/docs', '/livez/']) {
      expectTooMany(await ask(path), 'reader');
      expect((await ask(path, { method: 'HEAD' })).status).toBe(429);
    }
    expectTooMany(await ask('/v1/factions', { method: 'POST' }), 'reader');
  });

  it('is counted also when nothing has changed', async () => {
    const tag = String((await ask('/v1')).headers.get('etag'));
    const headers = { 'x-forwarded-for': address, 'if-none-match': tag };
    const again = await accord.send('GET', '/v1', { headers });
    expect([again.status, left(again)]).toEqual([304, ['reader', ADDRESS - 2]]);
  });

  it('keeps nobody at another address from reading, but shares the quota of 64 bits of IPv6', async () => {
    await exhaust({ from: `2001:db8:0:${String(last)}::1` });
    expectTooMany(await ask('/v1', { from: `2001:db8:0:${String(last)}:ffff::2` }), 'reader');
    expect((await ask('/v1', { from: `2001:db8:1:${String(last)}::1` })).status).toBe(200);
    expect((await ask('/v1')).status).toBe(200);
  });

  it('may ask before a request, and ask whether the service is well, without being counted', async () => {
    const preflight = { 'x-forwarded-for': address, 'access-control-request-method': 'GET' };
    const asked = async (): Promise<readonly Answer[]> => [
      await ask('/livez'),
      await ask('/readyz?x=1'),
      await accord.send('OPTIONS', '/v1', { headers: { ...preflight, origin: 'https://a.org' } }),
    ];
    for (const answer of await asked()) expect(left(answer)).toBeNull();
    expect(left(await ask('/v1'))).toEqual(['reader', ADDRESS - 1]);
    await exhaust({});
    expect((await asked()).map(({ status }) => status)).toEqual([200, 200, 204]);
  });
});

describe('the holder of a key', () => {
  it('is counted by the key, wherever they are and whatever others do there', async () => {
    const [one, other] = [await newKey(), await newKey()];
    await exhaust({});
    expect(left(await ask('/v1', { key: one }))).toEqual(['key', KEY - 1]);
    expect(left(await ask('/v1/keys', { key: one }))).toEqual(['key', KEY - 2]);
    expect(left(await ask('/nothing', { key: one, from: '203.0.113.1' }))).toEqual(['key', 2]);
    expect(left(await ask('/v1/%zz', { key: one, from: '203.0.113.2' }))).toEqual(['key', 1]);
    await exhaust({ key: one });
    expectTooMany(await ask('/v1', { key: one, from: '203.0.113.3' }), 'key');
    expect(left(await ask('/v1', { key: other }))).toEqual(['key', KEY - 1]);
    expect((await ask('/v1', { key: one })).headers.get('ratelimit-policy')).toBe(
      `"key";q=${String(KEY)};w=60`,
    );
  });

  it('is counted by the key however its header is written', async () => {
    const key = await newKey();
    const written = [`Bearer ${key}`, `bearer ${key}`, `BEARER   ${key}`];
    const rests = [];
    for (const authorization of written)
      rests.push(
        left(
          await accord.send('GET', '/v1', {
            headers: { 'x-forwarded-for': address, authorization },
          }),
        ),
      );
    expect(rests).toEqual([KEY - 1, KEY - 2, KEY - 3].map((rest) => ['key', rest]));
  });

  it('is a reader without it: two quotas', async () => {
    const key = await newKey();
    await exhaust({ key }, KEY + 1);
    expect(left(await ask('/v1'))).toEqual(['reader', ADDRESS - 1]);
  });

  it('is not let through when the key was revoked while the body was on its way', async () => {
    const issued = await accord.send(
      'POST',
      '/v1/keys',
      { body: { name: 'about to go', role: 'editor' } },
      'admin',
    );
    const { hostname, port } = new URL(accord.baseUrl);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    const body = JSON.stringify({ name: 'Nobody' });
    const head = [
      'POST /v1/people HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      `Authorization: Bearer ${String(issued.body.key)}`,
      'Content-Type: application/json',
      `Content-Length: ${String(body.length)}`,
    ];
    const authenticator = accord.app.get(Authenticator);
    const identify = authenticator.identify.bind(authenticator);
    const counted = new Promise<void>((resolve) => {
      authenticator.identify = (header) => identify(header).finally(resolve);
    });
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await counted;
    authenticator.identify = identify;
    await accord.send('DELETE', `/v1/keys/${String(issued.body.id)}`, {}, 'admin');
    socket.write(body);
    const text = await new Promise<string>((resolve) => {
      let received = '';
      socket.on('data', (chunk: string) => (received += chunk));
      socket.on('end', () => {
        resolve(received);
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('keys that are made up', () => {
  it('count against the address, and so does a revoked one', async () => {
    for (let time = 0; time < ADDRESS; time += 1) {
      const answer = await ask('/v1', { key: makeKey() });
      expectProblem(answer, [401, 'unauthorized']);
      expect(left(answer)).toEqual(['reader', ADDRESS - 1 - time]);
    }
    expectTooMany(await ask('/v1', { key: makeKey() }), 'reader');
    expectTooMany(await ask('/nothing', { key: makeKey() }), 'reader');
    expectTooMany(await ask('/v1'), 'reader');
  });

  it('are not even looked up once there were too many; a key that was good lately still is', async () => {
    const [known, unknown] = [await newKey(), await newKey()];
    await ask('/v1', { key: known });
    for (let time = 0; time <= ADDRESS; time += 1) await ask('/v1', { key: makeKey() });
    const authenticator = accord.app.get(Authenticator);
    const lookUps = jest.spyOn(authenticator, 'identify');
    expectTooMany(await ask('/v1', { key: makeKey() }), 'reader');
    expectTooMany(await ask('/v1', { key: unknown }), 'reader');
    expect(lookUps).not.toHaveBeenCalled();
    expect(left(await ask('/v1', { key: known }))).toEqual(['key', KEY - 2]);
    expect(left(await ask('/v1', { key: unknown, from: '203.0.113.9' }))).toEqual(['key', KEY - 1]);
    lookUps.mockRestore();
  });
});

describe('the address of a client', () => {
  it('is what a proxy says only where the proxy is trusted', async () => {
    const proud = await startTestApp(undefined, { limits: { address: 2, key: 0 } });
    const from = async (client: string): Promise<number> =>
      (await proud.send('GET', '/v1', { headers: { 'x-forwarded-for': client } })).status;
    expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.3')]).toEqual([
      200, 200, 429,
    ]);
    // A limit of 0 is none, and says nothing.
    const answer = await proud.send('GET', '/v1', {}, 'admin');
    expect([answer.status, left(answer)]).toEqual([200, null]);
    await proud.stop();
  });
});
