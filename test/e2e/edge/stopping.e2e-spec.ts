import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { Stopping } from '../../../src/platform/http/stopping.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { openWire, requestText, statusesIn, type Wire } from '../../support/sockets.js';

/** Long enough for a test to send what comes too late, and to see what becomes of it. In milliseconds. */
const LINGER = 1_500;
const GRACE = 3_000;

let testDatabase: TestDatabase;
let accord: TestApp;
let outsider: pg.Client;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  accord = await startTestApp(testDatabase, { stopLimits: { linger: LINGER, grace: GRACE } });
  outsider = new pg.Client({ connectionString: testDatabase.url });
  await outsider.connect();
});
afterEach(async () => {
  await accord.stop();
  await outsider.end();
  await testDatabase.drop();
});

function write(name: string): string {
  const headers = {
    authorization: `Bearer ${accord.editorKey}`,
    'content-type': 'application/json',
  };
  return requestText('POST /v1/people', headers, JSON.stringify({ name }));
}

/** Lets no write of people through until the transaction ends. */
async function holdWrites(): Promise<void> {
  await outsider.query('BEGIN');
  await outsider.query('LOCK TABLE people IN ACCESS EXCLUSIVE MODE');
}

async function untilHeld(count: number): Promise<void> {
  for (;;) {
    const { rows } = await outsider.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks AS lock WHERE NOT lock.granted`,
    );
    if ((rows[0]?.count ?? 0) >= count) return;
  }
}

async function storedNames(): Promise<readonly string[]> {
  const { rows } = await outsider.query<{ name: string }>(
    'SELECT people.name AS name FROM people ORDER BY people.name',
  );
  return rows.map(({ name }) => name);
}

/** Begins the stop; it is over with the second promise. */
async function beginStop(): Promise<{ readonly over: Promise<void> }> {
  const stopping = accord.app.get(Stopping);
  const over = accord.app.close();
  while (!stopping.hasBegun) await setImmediate();
  return { over };
}

/** A connection on which one request was answered, and that is kept. */
async function keptConnection(): Promise<Wire> {
  const wire = openWire(accord.baseUrl, requestText('GET /livez'));
  await once(wire.socket, 'data');
  return wire;
}

/** Resolves when so many more requests have reached the service. */
function untilReached(count: number): Promise<void> {
  const server = accord.app.getHttpServer();
  let reached = 0;
  return new Promise((resolve) => {
    const note = (): void => {
      reached += 1;
      if (reached < count) return;
      server.off('request', note);
      resolve();
    };
    server.on('request', note);
  });
}

describe('a service that is stopped', () => {
  it('answers the write that is under way, and closes its connection', async () => {
    await holdWrites();
    const writing = openWire(accord.baseUrl, write('Amna'));
    await untilHeld(1);
    const { over } = await beginStop();
    await outsider.query('ROLLBACK');
    const received = await writing.received;
    expect(statusesIn(received)).toEqual([201]);
    expect(received).toMatch(/\r\nconnection: close\r\n/i);
    await over;
    expect(await storedNames()).toEqual(['Amna']);
  });

  it('answers all of several writes on one connection', async () => {
    await holdWrites();
    const writing = openWire(accord.baseUrl, write('Amna') + write('Bilal'));
    await untilHeld(2);
    const { over } = await beginStop();
    await outsider.query('ROLLBACK');
    expect(statusesIn(await writing.received)).toEqual([201, 201]);
    await over;
    expect(await storedNames()).toEqual(['Amna', 'Bilal']);
  });

  it('answers the read that is under way, and those who wait for the same answer', async () => {
    const idle = await keptConnection();
    await outsider.query('BEGIN');
    await outsider.query('LOCK TABLE people IN ACCESS EXCLUSIVE MODE');
    const reached = untilReached(3);
    const readings = [1, 2, 3].map(() =>
      openWire(accord.baseUrl, requestText('GET /v1/people?limit=7')),
    );
    await reached;
    await untilHeld(1);
    const { over } = await beginStop();
    // By then who is taken for idle is gone.
    await idle.received;
    await outsider.query('ROLLBACK');
    for (const { received } of readings) {
      const text = await received;
      expect(statusesIn(text)).toEqual([200]);
      expect(text).toMatch(/\r\nconnection: close\r\n/i);
    }
    await over;
  });

  it('refuses what comes on an open connection, and stores nothing of it', async () => {
    const wires = [await keptConnection(), await keptConnection()];
    const { over } = await beginStop();
    for (const { socket } of wires) socket.write(write('Amna'));
    for (const { received } of wires) {
      const text = await received;
      const [, refusal = ''] = text.split(/(?=HTTP\/1\.1 503)/);
      expect(statusesIn(text)).toEqual([200, 503]);
      expect(refusal).toMatch(/\r\nconnection: close\r\n/i);
      expect(refusal).toMatch(/\r\nretry-after: [1-9]/i);
      expect(refusal).toMatch(/\r\ncontent-type: application\/problem\+json/i);
      expect(refusal).toContain('"code":"unavailable"');
    }
    await over;
    expect(await storedNames()).toEqual([]);
  });

  it('takes no new connection, and lets idle ones go', async () => {
    const idle = await keptConnection();
    const silent = openWire(accord.baseUrl, '');
    await once(silent.socket, 'connect');
    const { over } = await beginStop();
    const late = openWire(accord.baseUrl, write('Amna'));
    const [error] = (await once(late.socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    expect(statusesIn(await idle.received)).toEqual([200]);
    expect(await silent.received).toBe('');
    await over;
    expect(await storedNames()).toEqual([]);
  });

  it('waits for somebody who is slow to read, and no longer than it may', async () => {
    const text = requestText('GET /v1/openapi.json').repeat(60);
    const wire = openWire(accord.baseUrl, text, { reads: false });
    wire.socket.pause();
    // Some of it was answered, so that all of it was received.
    await once(wire.socket, 'readable');
    const since = performance.now();
    const { over } = await beginStop();
    await over;
    expect(performance.now() - since).toBeGreaterThanOrEqual(GRACE - 1);
    wire.socket.resume();
    expect(statusesIn(await wire.received).length).toBeLessThan(60);
  });
});
