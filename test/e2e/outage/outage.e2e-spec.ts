import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { createApp } from '../../../src/app.setup.js';
import { readDatabaseError } from '../../../src/platform/errors/database.errors.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { ADMIN_KEY, startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildFaction, buildMerger, type Stored } from '../../support/factories.js';
import { expectProblem, storedRows } from '../../support/refusals.js';
import { onTestServer } from '../../support/server.js';

/** As many connections as the service has. */
const POOL = 10;

/** An answer that says nothing but that the database is away, and when to come again. */
function expectUnavailable(answer: Answer): void {
  expectProblem(answer, [503, 'unavailable']);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(Object.keys(answer.body as object).toSorted()).toEqual(
    ['type', 'title', 'status', 'code', 'detail'].toSorted(),
  );
  expect(answer.text).not.toMatch(/postgres|pg_|ECONN|backend|socket|database "|127\.0\.0\.1/);
}

describe('while the database is busy or loses connections', () => {
  let accord: TestApp;
  /** Somebody else at work in the database, and somebody who watches; in a transaction the statistics stand still. */
  let other: pg.Client;
  let watcher: pg.Client;
  let faction: Stored;
  beforeAll(async () => {
    accord = await startTestApp();
    other = new pg.Client({ connectionString: accord.databaseUrl, application_name: 'other' });
    watcher = new pg.Client({ connectionString: accord.databaseUrl, application_name: 'other' });
    await Promise.all([other.connect(), watcher.connect()]);
  });
  afterAll(async () => {
    await Promise.all([other.end(), watcher.end()]);
    await accord.stop();
  });
  beforeEach(async () => {
    faction = await buildFaction(accord);
  });
  afterEach(() => other.query('ROLLBACK'));

  /** As many questions as there are connections, each another, since those that are alike wait for one answer. */
  function askOnAll(): Promise<Answer>[] {
    return Array.from({ length: POOL }, (_, at) =>
      accord.get(`/v1/factions?limit=${String(at + 1)}`),
    );
  }

  /** The backends of the pool, those that wait for a lock or all. */
  async function backends(waiting: boolean): Promise<readonly number[]> {
    const { rows } = await watcher.query<{ pid: number }>(
      `SELECT activity.pid AS pid FROM pg_stat_activity AS activity
       WHERE activity.datname = current_database() AND activity.application_name = ''
         AND activity.backend_type = 'client backend'
         AND (NOT $1 OR cardinality(pg_blocking_pids(activity.pid)) > 0)`,
      [waiting],
    );
    return rows.map(({ pid }) => pid);
  }

  async function untilWaiting(count: number): Promise<readonly number[]> {
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      const pids = await backends(true);
      if (pids.length >= count) return pids;
    }
    throw new Error(`no ${String(count)} backends wait for a lock`);
  }

  async function kill(pids: readonly number[]): Promise<void> {
    for (const pid of pids) await watcher.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
  }

  /** Asks until it is answered; before that there may be a 503, never anything else. */
  async function expectSoon(status: number, ask: () => Promise<Answer>): Promise<void> {
    for (let attempt = 0; attempt <= 2 * POOL; attempt += 1) {
      const answer = await ask();
      if (answer.status === status) return;
      expectUnavailable(answer);
    }
    throw new Error('the service does not find its database again');
  }

  it('goes on by itself after its idle connections were killed', async () => {
    await other.query('BEGIN');
    await other.query('LOCK TABLE factions IN ACCESS EXCLUSIVE MODE');
    const asked = askOnAll();
    await untilWaiting(POOL);
    await other.query('ROLLBACK');
    await Promise.all(asked);
    const idle = await backends(false);
    expect(idle).toHaveLength(POOL);
    await kill(idle);
    await expectSoon(200, () => accord.get(`/v1/factions/${faction.id}`));
    await expectSoon(201, () => accord.post('/v1/people', { name: 'Farooq Sattar' }));
    const answers = await Promise.all(
      Array.from({ length: 2 * POOL }, () => accord.get('/v1/factions')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('answers 503 when a read loses its connection in the middle', async () => {
    await other.query('BEGIN');
    await other.query('LOCK TABLE factions IN ACCESS EXCLUSIVE MODE');
    const reading = accord.get(`/v1/factions/${faction.id}`);
    await kill(await untilWaiting(1));
    expectUnavailable(await reading);
    await other.query('ROLLBACK');
    await expectSoon(200, () => accord.get(`/v1/factions/${faction.id}`));
  });

  it('answers 503 when a write loses its connection in the middle, and has stored nothing', async () => {
    const before = await storedRows(accord);
    await other.query('BEGIN');
    await other.query('SELECT FROM factions WHERE factions.id = $1 FOR UPDATE', [faction.id]);
    const writing = accord.patch(`/v1/factions/${faction.id}`, { name: 'changed' });
    await kill(await untilWaiting(1));
    expectUnavailable(await writing);
    await other.query('ROLLBACK');
    await expectSoon(200, () => accord.get(`/v1/factions/${faction.id}`));
    expect(await storedRows(accord)).toEqual(before);
    expect((await accord.get(`/v1/factions/${faction.id}`)).body).toEqual(faction);
  });

  it('answers 503 when an operator cancels the statement', async () => {
    await other.query('BEGIN');
    await other.query('SELECT FROM factions WHERE factions.id = $1 FOR UPDATE', [faction.id]);
    const writing = accord.retract(`/v1/factions/${faction.id}`);
    const [pid] = await untilWaiting(1);
    await watcher.query('SELECT pg_cancel_backend($1)', [pid]);
    expectUnavailable(await writing);
    await other.query('ROLLBACK');
    expect((await accord.get(`/v1/factions/${faction.id}`)).status).toBe(200);
  });

  it('answers 503 while every connection is taken, and lives', async () => {
    await other.query('BEGIN');
    await other.query('LOCK TABLE factions IN ACCESS EXCLUSIVE MODE');
    const taken = askOnAll();
    await untilWaiting(POOL);
    expect((await accord.get('/livez')).status).toBe(200);
    const [ready, reading, writing] = await Promise.all([
      accord.get('/readyz'),
      accord.get('/v1/people'),
      accord.post('/v1/people', { name: 'Farooq Sattar' }),
    ]);
    // All of this while the connections are still taken: nobody waits for them without bound.
    expectUnavailable(reading);
    expectUnavailable(writing);
    expectProblem(ready, [503, 'unavailable']);
    await other.query('ROLLBACK');
    const answers = await Promise.all(taken);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await accord.get('/readyz')).status).toBe(200);
  });
});

describe('while the database is gone', () => {
  let accord: TestApp;
  let faction: Stored;
  let merger: Stored;
  beforeAll(async () => {
    accord = await startTestApp();
    faction = await buildFaction(accord);
    merger = await buildMerger(accord);
    const name = new URL(accord.databaseUrl).pathname.slice(1);
    await onTestServer((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  });
  afterAll(() => accord.stop());

  it('lives, and is not ready', async () => {
    expect(await accord.get('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await accord.get('/readyz');
    expectProblem(ready, [503, 'unavailable']);
    expect(ready.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });

  it('answers 503 to every read', async () => {
    const paths = [
      '/v1/factions',
      '/v1/factions?q=PSP',
      `/v1/factions/${faction.id}`,
      `/v1/factions/${faction.id}/revisions`,
      `/v1/mergers/${merger.id}/status`,
      `/v1/mergers/${merger.id}/timeline`,
      `/v1/mergers/${merger.id}/succession`,
      '/v1/status',
    ];
    for (const path of paths) expectUnavailable(await accord.get(path));
    for (const path of paths) {
      const head = await accord.send('HEAD', path);
      expect([head.status, head.text]).toEqual([503, '']);
    }
  });

  it('answers 503 to every write, for it cannot know whose key that is', async () => {
    const path = `/v1/factions/${faction.id}`;
    expectUnavailable(await accord.post('/v1/people', { name: 'Farooq Sattar' }));
    expectUnavailable(await accord.patch(path, { name: 'PSP' }));
    expectUnavailable(await accord.retract(path));
    expectUnavailable(await accord.send('GET', '/v1/keys', {}, 'admin'));
    const key = { body: { name: 'x', role: 'editor' } };
    expectUnavailable(await accord.send('POST', '/v1/keys', key, 'admin'));
  });

  it('still says what needs no database: the index, the document, who may not write', async () => {
    expect((await accord.get('/v1')).status).toBe(200);
    expect((await accord.get('/v1/openapi.json')).status).toBe(200);
    expect((await accord.get('/docs')).status).toBe(200);
    expect((await accord.send('POST', '/v1/people', { body: { name: 'x' } })).status).toBe(401);
    expect((await accord.get('/v1/nothing')).status).toBe(404);
    expect((await accord.get('/v1/factions?limit=0')).status).toBe(400);
  });

  it('knows the errors of its transactions, too, for what they are', async () => {
    const records = accord.app.get(RecordsService);
    const author = { name: 'nobody', keyId: '', reason: 'a test', requestId: null };
    const told: unknown[] = [
      await records.create('people', { name: 'x' }, author).catch((error: unknown) => error),
      await accord.database.prisma.key.findMany().catch((error: unknown) => error),
      await accord.database.prisma
        .$transaction((tx) => tx.key.count())
        .catch((error: unknown) => error),
      await accord.database.read('SELECT 1 AS one', []).catch((error: unknown) => error),
    ];
    expect(told.map(readDatabaseError).filter((one) => one?.kind !== 'unavailable')).toEqual([]);
  });
});

describe('while nobody listens where the database should be', () => {
  it.each(['127.0.0.1', 'localhost'])('answers 503, at %s', async (host) => {
    const app: NestFastifyApplication = await createApp({
      databaseUrl: `postgresql://somebody:secret@${host}:1/none`,
    });
    const fastify = app.getHttpAdapter().getInstance();
    for (const [method, url] of [
      ['GET', '/readyz'],
      ['GET', '/v1/factions'],
      ['POST', '/v1/factions'],
    ] as const) {
      const headers = { authorization: `Bearer ${ADMIN_KEY}` };
      const answer = await fastify.inject({ method, url, headers });
      expect([url, answer.statusCode, answer.headers['retry-after']]).toEqual([url, 503, '1']);
      expect(answer.json()).toMatchObject({ code: 'unavailable' });
      expect(answer.body).not.toMatch(/secret|somebody|ECONN|localhost|127/);
    }
    expect((await fastify.inject('/livez')).statusCode).toBe(200);
    await app.close();
  });
});
