import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SERVER_LIMITS } from '../../../src/platform/http/server.limits.js';
import { answerOf, startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger } from '../../support/factories.js';
import { expectProblem, storedRows } from '../../support/refusals.js';
import { openWire, requestText, statusesIn, type Wire } from '../../support/sockets.js';

// As in the service, only sooner. In milliseconds.
const LIMITS = {
  head: 200,
  request: 1_500,
  keepAlive: 200,
  silence: 500,
  // More than twice the silence: where the system took some of an answer just before, Node waits for silence once more.
  taking: 1_500,
  check: 20,
  connections: 40,
};

/** As many answers as no system takes in its buffers for a client that does not read: some 20 MB. */
const MANY = 60;

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp(undefined, { serverLimits: LIMITS });
});
afterAll(() => accord.stop());

/** Sends a byte now and then for as long as the connection is there. */
function trickle({ socket }: Wire): void {
  const timer = setInterval(() => socket.write('x'), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

/** Begins a write that would take minutes. */
function writeSlowly(): Wire {
  const headers = {
    authorization: `Bearer ${accord.editorKey}`,
    'content-type': 'application/json',
    'content-length': '100000',
  };
  const wire = openWire(accord.baseUrl, `${requestText('POST /v1/people', headers)}{"name": "`);
  trickle(wire);
  return wire;
}

/** The address of a list of some 100 kB that is kept. */
async function keptList(): Promise<string> {
  const path = '/v1/mergers?limit=100&sort=-createdAt';
  for (let number = 0; number < 100; number += 1)
    await buildMerger(accord, { summary: 'A merger of factions. '.repeat(45) });
  expect((await accord.get(path)).text.length).toBeGreaterThan(100_000);
  return path;
}

/** The last of the answers received is the problem of a request that took too long. */
function expectTimeout(received: string): void {
  const [head = '', body = ''] = received.slice(received.lastIndexOf('HTTP/1.1')).split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  expect(line).toBe('HTTP/1.1 408 Request Timeout');
  const headers = new Headers(lines.map((each) => each.split(': ') as [string, string]));
  expectProblem(answerOf(408, headers, body), [408, 'request_timeout']);
  expect(headers.get('connection')).toBe('close');
}

/** The server's end of the next connection that it takes. */
async function nextTaken(): Promise<Socket> {
  const server = accord.app.getHttpServer();
  const [socket] = (await once(server, 'connection')) as [Socket];
  return socket;
}

describe('a client', () => {
  it('that never says what it wants is told so, and cut off', async () => {
    expectTimeout(await openWire(accord.baseUrl, '').received);
  });

  it('that sends its headers bit by bit is told so, and cut off', async () => {
    const wire = openWire(accord.baseUrl, 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ');
    trickle(wire);
    expectTimeout(await wire.received);
  });

  it('that sends its body bit by bit is told so, cut off, and has stored nothing', async () => {
    const before = await storedRows(accord);
    const received = await writeSlowly().received;
    expectTimeout(received);
    expect(statusesIn(received)).toEqual([408]);
    expect(await storedRows(accord)).toEqual(before);
  });

  it('gets the answer to its whole request before the refusal of half a one', async () => {
    const received = await openWire(
      accord.baseUrl,
      `${requestText('GET /livez')}GET /livez HTTP/1.1\r\nHost`,
    ).received;
    expect(statusesIn(received)).toEqual([200, 408]);
    expectTimeout(received);
  });

  it('that asks nothing more is let go, and nothing is said', async () => {
    const received = await openWire(accord.baseUrl, requestText('GET /livez')).received;
    expect(statusesIn(received)).toEqual([200]);
  });

  it('has less time for its headers, and between two requests, than for a whole request', async () => {
    const ended: string[] = [];
    const body = writeSlowly();
    const head = openWire(accord.baseUrl, 'GET /livez HTTP/1.1\r\nX-Long: ');
    trickle(head);
    const idle = openWire(accord.baseUrl, requestText('GET /livez'));
    const all = Object.entries({ body, head, idle }).map(([name, { received }]) =>
      received.then(() => ended.push(name)),
    );
    await Promise.all(all);
    expect(ended.at(-1)).toBe('body');
  });

  it('that does not read its answers is cut off', async () => {
    const taken = nextTaken();
    const text = requestText('GET /v1/openapi.json').repeat(MANY);
    const wire = openWire(accord.baseUrl, text, { reads: false });
    wire.socket.pause();
    const socket = await taken;
    let isSilent = false;
    socket.once('timeout', () => (isSilent = true));
    await once(socket, 'close');
    expect(isSilent).toBe(true);
    expect(socket.bytesRead).toBe(text.length);
    wire.socket.resume();
    expect(statusesIn(await wire.received).length).toBeLessThan(MANY);
  });

  it.each([
    ['made', () => '/v1/openapi.json', MANY],
    ['kept', keptList, 4 * MANY],
  ])(
    'that reads its answers bit by bit, never silent for long, is cut off: one that is %s',
    async (_, pathOf, many) => {
      const path = await pathOf();
      const taken = nextTaken();
      const text = requestText(`GET ${path}`).repeat(many);
      const wire = openWire(accord.baseUrl, text, { reads: false });
      wire.socket.pause();
      const sip = setInterval(() => wire.socket.read(50_000), 20);
      const socket = await taken;
      let isSilent = false;
      socket.once('timeout', () => (isSilent = true));
      await once(socket, 'close');
      clearInterval(sip);
      expect(isSilent).toBe(false);
      wire.socket.destroy();
    },
  );

  it('that reads at once gets all of its answers, however many', async () => {
    const { baseUrl } = accord;
    const close = requestText('GET /livez', { connection: 'close' });
    const text = requestText('GET /v1/openapi.json').repeat(MANY) + close;
    const received = await openWire(baseUrl, text).received;
    expect(statusesIn(received)).toEqual(Array<number>(MANY + 1).fill(200));
  });

  it('beyond the number that there may be is broken off, and the others are served', async () => {
    const held = Array.from({ length: LIMITS.connections }, () =>
      openWire(accord.baseUrl, requestText('GET /livez')),
    );
    await Promise.all(held.map(({ socket }) => once(socket, 'data')));
    expect(await openWire(accord.baseUrl, requestText('GET /livez')).received).toBe('');
    const received = await Promise.all(held.map((wire) => wire.received));
    expect(new Set(received.flatMap(statusesIn))).toEqual(new Set([200]));
    expect(statusesIn(await openWire(accord.baseUrl, requestText('GET /livez')).received)).toEqual([
      200,
    ]);
  });
});

describe('the limits of the service', () => {
  it('outlast the minute after which a proxy gives a connection up, and any request', () => {
    expect(SERVER_LIMITS.keepAlive).toBeGreaterThan(60_000);
    // Four attempts of ten seconds each, and as many times two for a connection.
    expect(SERVER_LIMITS.silence).toBeGreaterThan(4 * (10_000 + 2_000));
    expect(SERVER_LIMITS.head).toBeLessThan(SERVER_LIMITS.request);
  });
});
