/** While the database is away what is kept is given with its age, up to the bound; and nothing that was hidden. */
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
import { Head } from '../../src/platform/snapshots/head.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { tell } from '../support/environment.js';
import { buildMerger } from '../support/factories.js';
import { breakFreshness } from '../support/freshness/breaks.js';
import { quantile } from '../support/freshness/pulse.js';
import { Wire } from '../support/model/wire.js';
import { Proxy } from '../support/proxy.js';
import { startTestServer, stopTestServer } from '../support/server.js';

// Shows that the tests can fail: see test/support/freshness/breaks.ts.
const BROKEN = process.env['ACCORD_FRESHNESS_BREAK'];

/** How old an answer may be that does not say so, and one that does, in seconds. */
const BOUND = 2;
const MOST_STALE = 8;
/** How soon a write is refused once the database is known to be away, in milliseconds. */
const AT_ONCE = 100;
/** How long anybody waits for an answer that is kept, be the database away or not, in milliseconds. */
const PATIENCE = 4_000;
/** How soon all is well again, in milliseconds. */
const RECOVERY = 5_000;

jest.setTimeout(300_000);

let database: TestDatabase;
let proxy: Proxy;
let accord: TestApp;
let head: Head;
let wire: Wire;
beforeAll(async () => {
  delete process.env['DATABASE_URL'];
  await startTestServer();
});
afterAll(() => stopTestServer());
beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await Proxy.before(database.url);
  accord = await startTestApp(
    { url: proxy.url, drop: () => Promise.resolve() },
    { polling: { mostStale: MOST_STALE, pollInterval: 5 } },
  );
  breakFreshness(accord.app, BROKEN);
  head = accord.app.get(Head);
  wire = new Wire();
});
afterEach(async () => {
  wire.close();
  await accord.stop();
  await proxy.close();
  await database.drop();
});

/** An answer, and when it was asked for, in seconds since the database went. */
interface Told {
  readonly at: number;
  readonly took: number;
  readonly status: number;
  readonly age: number | null;
}

async function ask(path: string, since: number): Promise<Told> {
  const asked = performance.now();
  const { status, headers } = await wire.send(accord.baseUrl + path, 'GET');
  const age = headers.age === undefined ? null : Number(headers.age);
  return { at: (asked - since) / 1000, took: performance.now() - asked, status, age };
}

/** Asks again and again, some at a time, each time of another. */
async function askWhile(
  path: string,
  since: number,
  isOver: () => boolean,
): Promise<readonly Told[]> {
  const told: Told[] = [];
  const asking = async (): Promise<void> => {
    while (!isOver()) {
      told.push(await ask(path, since));
      await sleep(50);
    }
  };
  await Promise.all([asking(), asking()]);
  return told;
}

const away = {
  'gives no answer': {
    begin: () => {
      proxy.drop();
    },
    end: () => {
      proxy.carryAgain();
    },
  },
  'refuses connections': {
    begin: () => proxy.refuse(),
    end: () => proxy.acceptAgain(),
  },
};

describe.each(Object.entries(away))('a database that %s', (how, { begin, end }) => {
  it('what is kept is given with its age, up to the bound; nothing that was hidden is; writes are refused at once', async () => {
    const [shown, hidden] = [await buildMerger(accord), await buildMerger(accord)];
    const paths = [shown, hidden].map(({ id }) => `/v1/mergers/${id}/status`);
    for (const path of paths) expect((await ask(path, 0)).status).toBe(200);
    await accord.patch(`/v1/mergers/${hidden.id}`, { visibility: 'draft' });
    // What was hidden has been looked at: all else may be given.
    await head.confirm();
    const since = performance.now();
    const isOver = (): boolean => performance.now() - since > (MOST_STALE + 4) * 1000;
    await begin();
    const [shownPath = '', hiddenPath = ''] = paths;
    const reading = askWhile(shownPath, since, isOver);
    // What is not kept has to be asked for: it would take the connections that those who read what is kept are to do without.
    await until(() => head.isAway());
    const looking = askWhile(hiddenPath, since, isOver);
    const refused = await refusals(isOver);
    const [kept, gone] = [await reading, await looking];
    report(how, kept, refused);
    expect(gone.filter(({ status }) => status === 200)).toEqual([]);
    expectHonest(kept);
    expect(quantile(refused, 0.9)).toBeLessThan(AT_ONCE);
    await end();
    await expectWell(paths);
  });

  it('nothing is given when it may be what was hidden just now', async () => {
    const { id } = await buildMerger(accord);
    const path = `/v1/mergers/${id}/status`;
    expect((await ask(path, 0)).status).toBe(200);
    // It is gone with the answer itself: nobody has looked at what that hid.
    const { status } = await patchRaw(`/v1/mergers/${id}`, { visibility: 'draft' });
    await begin();
    expect(status).toBe(200);
    const since = performance.now();
    const gone = await askWhile(path, since, () => performance.now() - since > MOST_STALE * 1000);
    expect(gone.filter((told) => told.status === 200)).toEqual([]);
    await end();
    await until(async () => (await ask(path, 0)).status === 404);
  });
});

function patchRaw(path: string, body: object): Promise<{ readonly status: number }> {
  const headers = { authorization: `Bearer ${accord.editorKey}`, 'if-match': '*' };
  return wire.send(accord.baseUrl + path, 'PATCH', { headers, body });
}

/** How long writes took to be refused, once the database was known to be away, in milliseconds. */
async function refusals(isOver: () => boolean): Promise<readonly number[]> {
  const took: number[] = [];
  while (!isOver()) {
    await sleep(100);
    if (!head.isAway()) continue;
    const asked = performance.now();
    const headers = { authorization: `Bearer ${accord.editorKey}` };
    const sent = { headers, body: { name: 'Farooq Sattar' } };
    const { status, headers: told } = await wire.send(`${accord.baseUrl}/v1/people`, 'POST', sent);
    took.push(performance.now() - asked);
    expect([status, told['retry-after']]).toEqual([503, '1']);
  }
  expect(took.length).toBeGreaterThan(10);
  return took;
}

/** What is old says so, is as old as it says, and no older than it may be; what may be given is. */
function expectHonest(kept: readonly Told[]): void {
  const given = kept.filter(({ status }) => status === 200);
  const wrong = given.filter(({ at, took, age }) =>
    age === null
      ? at > BOUND
      : age > MOST_STALE || age < Math.floor(at) - 1 || age > at + took / 1000 + BOUND + 1,
  );
  expect(wrong).toEqual([]);
  expect(given.filter(({ age }) => age !== null).length).toBeGreaterThan(20);
  expect(kept.filter(({ took }) => took > PATIENCE)).toEqual([]);
  const late = kept.filter(({ at }) => at > MOST_STALE + 1);
  expect(new Set(late.map(({ status }) => status))).toEqual(new Set([503]));
}

/** It recovers by itself. */
async function expectWell([shown = '', hidden = '']: readonly string[]): Promise<void> {
  const since = performance.now();
  await until(async () => {
    const { status, age } = await ask(shown, since);
    return status === 200 && age === null;
  });
  await until(async () => (await accord.post('/v1/people', { name: 'x' })).status === 201);
  const took = performance.now() - since;
  tell(`all is well again after ${took.toFixed(0)} ms`);
  expect((await ask(hidden, since)).status).toBe(404);
  expect(took).toBeLessThan(RECOVERY);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 2 * RECOVERY;
  while (!(await isSo()) && performance.now() < end) await sleep(20);
}

function report(how: string, kept: readonly Told[], refused: readonly number[]): void {
  const given = kept.filter(({ status }) => status === 200);
  const first = given.find(({ age }) => age !== null);
  const slowest = Math.max(...kept.map(({ took }) => took));
  tell(
    `the database ${how}: of ${String(kept.length)} answers ${String(given.length)} given, the first with an age asked for after ${String(first?.at.toFixed(1))} s, in ${String(first?.took.toFixed(0))} ms; the slowest took ${slowest.toFixed(0)} ms; ${String(refused.length)} writes refused, in ${quantile(refused, 0.5).toFixed(1)} ms (p50), ${quantile(refused, 0.99).toFixed(0)} ms (p99)`,
  );
}
