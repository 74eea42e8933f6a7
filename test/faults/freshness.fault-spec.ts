/**
 * Nothing that does not say so is old, whatever breaks between an instance and its database. One instance writes a number
 * that grows, another one reads it, whose connections are cut, stopped and killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import pg from 'pg';
import { Head } from '../../src/platform/snapshots/head.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { tell } from '../support/environment.js';
import { buildMerger } from '../support/factories.js';
import { breakFreshness } from '../support/freshness/breaks.js';
import { Pulse, quantile, titleOf, type Reading } from '../support/freshness/pulse.js';
import { Proxy } from '../support/proxy.js';
import { startTestServer, stopTestServer } from '../support/server.js';

// Shows that the tests can fail: see test/support/freshness/breaks.ts.
const BROKEN = process.env['ACCORD_FRESHNESS_BREAK'];

/** How old an answer may be that does not say so, in milliseconds. */
const BOUND = 2_000;
/** How soon a change is seen elsewhere, half of the time, while nothing is broken. */
const USUAL = 50;
/** How long something stays broken. */
const LONG = 5_000;
const IMPORTED = 200_000;

jest.setTimeout(300_000);

let database: TestDatabase;
let sql: pg.Client;
beforeAll(async () => {
  // Processes are stopped: those of a server of our own.
  delete process.env['DATABASE_URL'];
  await startTestServer();
});
afterAll(() => stopTestServer());

let proxy: Proxy;
let writer: TestApp;
let reader: TestApp;
let head: Head;
let pulse: Pulse;
let merger: string;
beforeEach(async () => {
  database = await createTestDatabase();
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  proxy = await Proxy.before(database.url);
  writer = await startTestApp(database);
  reader = await startTestApp(database, { listenUrl: proxy.url });
  breakFreshness(reader.app, BROKEN);
  head = reader.app.get(Head);
  merger = (await buildMerger(writer, { title: titleOf(0) })).id;
  pulse = new Pulse(`/v1/mergers/${merger}/status`, writeHere);
});
afterEach(async () => {
  pulse.close();
  await sql.end();
  await reader.stop();
  await writer.stop();
  await proxy.close();
  await database.drop();
});

async function writeHere(number: number): Promise<void> {
  const { status, text } = await writer.patch(`/v1/mergers/${merger}`, { title: titleOf(number) });
  if (status !== 200) throw new Error(`the writer was answered ${text}`);
}

async function writeInSql(number: number): Promise<void> {
  const values = [titleOf(number), merger];
  await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', values);
}

/** Reads on both instances while something is done; none of it may be old. */
async function readDuring(
  what: string,
  work: () => Promise<void>,
  how = pulse,
): Promise<readonly Reading[]> {
  const places = [
    { name: 'the reader', url: reader.baseUrl },
    { name: 'the writer', url: writer.baseUrl },
  ];
  const readings = await how.during(work, places);
  for (const [at, { ages, lags, slowest }] of readings.entries()) {
    const [half, most, oldest] = [quantile(lags, 0.5), quantile(lags, 0.99), Math.max(0, ...ages)];
    tell(
      `${what}, ${places[at]?.name ?? ''}: seen after ${half.toFixed(1)} ms (p50), ${most.toFixed(0)} ms (p99); ${String(ages.length)} answers, the oldest ${oldest.toFixed(0)} ms old, the slowest after ${slowest.toFixed(0)} ms`,
    );
  }
  for (const { ages, declared, statuses } of readings) {
    expect([...statuses.keys()]).toEqual([200]);
    expect(declared).toEqual([]);
    expect(ages.length).toBeGreaterThan(20);
    expect(Math.max(...ages)).toBeLessThan(BOUND);
  }
  return readings;
}

const forLong = (): Promise<void> => sleep(LONG);

/** The backends of the reader’s two connections beside its pool. */
function backends(): readonly [listener: number, asker: number] {
  const { listener, asker } = Object(head) as {
    readonly listener: { readonly backend: number };
    readonly asker: { readonly backend: number };
  };
  return [listener.backend, asker.backend];
}

describe('a change', () => {
  it('is seen elsewhere within moments', async () => {
    const [read] = await readDuring('nothing is broken', forLong);
    expect(quantile(read?.lags ?? [], 0.5)).toBeLessThan(USUAL);
  });

  it('of which nobody tells is found', async () => {
    await readDuring('written in SQL', forLong, new Pulse(pathOf(merger), writeInSql));
  });
});

describe('the listener', () => {
  it('hears nothing more, and its connection is not closed', async () => {
    await readDuring('the listener is cut off', async () => {
      await sleep(500);
      proxy.drop();
      await forLong();
      proxy.carryAgain();
      await sleep(1_000);
    });
  });

  it('hears nothing, and nobody asks: the database is not away for that', async () => {
    proxy.drop();
    await forLong();
    expect(head.isAway()).toBe(false);
    expect((await reader.post('/v1/people', { name: 'Farooq Sattar' })).status).toBe(201);
    const { status, headers } = await fetch(reader.baseUrl + pathOf(merger));
    expect([status, headers.get('age')]).toEqual([200, null]);
  });

  it('is stopped, as by SIGSTOP', async () => {
    const [listener] = backends();
    await readDuring('its backend is stopped', () => stopped([listener]));
  });

  it('and the asker are stopped', async () => {
    await readDuring('both backends are stopped', () => stopped(backends()));
  });

  it('is killed again and again', async () => {
    await readDuring('its backend is killed', () => killing(([listener]) => [listener]));
  });

  it('and the asker are killed again and again', async () => {
    await readDuring('both backends are killed', () => killing((both) => both));
  });

  it('hears no more where a pooler shares sessions: it polls', async () => {
    Object(head).listener.onNotification = () => undefined;
    await readDuring('nobody is told', forLong);
  });

  async function stopped(pids: readonly number[]): Promise<void> {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await forLong();
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await sleep(1_000);
  }

  async function killing(
    which: (backends: readonly [number, number]) => readonly number[],
  ): Promise<void> {
    const until = performance.now() + LONG;
    while (performance.now() < until) {
      for (const pid of which(backends()))
        await sql.query('SELECT pg_terminate_backend($1)', [pid]);
      await sleep(150);
    }
  }
});

describe('a transaction', () => {
  it('that stays open holds nothing up, and is seen when it is committed', async () => {
    const late = new pg.Client({ connectionString: database.url });
    await late.connect();
    const { id } = await buildMerger(writer, { title: titleOf(0) });
    await late.query('BEGIN');
    await late.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', [titleOf(1), id]);
    await readDuring('a transaction is open', forLong);
    const other = new Pulse(pathOf(id), async () => {
      await late.query('COMMIT');
    });
    const places = [{ name: 'the reader', url: reader.baseUrl }];
    const [read] = await other.during(() => sleep(BOUND), places, null);
    expect(Math.max(...(read?.ages ?? []))).toBeLessThan(BOUND);
    expect(read?.lags).toHaveLength(1);
    other.close();
    await late.end();
  });

  it(`of ${String(IMPORTED)} rows holds nothing up, neither open nor when it is committed`, async () => {
    await readDuring('an import', async () => {
      await sleep(500);
      const loader = new pg.Client({ connectionString: database.url });
      await loader.connect();
      await loader.query('BEGIN');
      for (let at = 0; at < 20; at += 1)
        await loader.query(IMPORT, [at * (IMPORTED / 20), IMPORTED / 20]);
      await sleep(2_000);
      await loader.query('COMMIT');
      await sleep(2_000);
      await loader.end();
    });
  });
});

/** Rows as an import writes them that sets the triggers aside: people, and a revision of each. */
const IMPORT = `
  WITH people AS (
    SELECT gen_random_uuid() AS id, 'Person ' || number AS name FROM generate_series($1::int, $1::int + $2::int - 1) AS numbers (number)
  )
  INSERT INTO revisions (record_type, record_id, version, operation, before, after, actor, recorded_at)
  SELECT 'people', people.id, 1, 'create', NULL,
    jsonb_build_object('id', people.id, 'name', people.name, 'version', 1, 'visibility', 'public'), 'an import', clock_timestamp()
  FROM people`;

function pathOf(id: string): string {
  return `/v1/mergers/${id}/status`;
}
