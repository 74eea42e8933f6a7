/** What an instance does that hears nothing: it asks. And what it gives while there is nobody to ask. `npm run test:freshness` has more of it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { Head } from '../../../src/platform/snapshots/head.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildMerger } from '../../support/factories.js';
import { Proxy } from '../../support/proxy.js';

let database: TestDatabase;
let proxy: Proxy;
let accord: TestApp;
let head: Head;
beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await Proxy.before(database.url);
});
afterEach(async () => {
  await accord.stop();
  await proxy.close();
  await database.drop();
});

function isListening(): boolean {
  return (Object(head) as { readonly isListening: boolean }).isListening;
}

interface Given {
  readonly status: number;
  readonly age: string | null;
  readonly text: string;
}

async function ask(path: string, init: RequestInit = {}): Promise<Given> {
  const response = await fetch(accord.baseUrl + path, init);
  return {
    status: response.status,
    age: response.headers.get('age'),
    text: await response.text(),
  };
}

/** Asks until an answer is as it should be. */
async function askUntil(path: string, isIt: (given: Given) => boolean): Promise<Given> {
  for (;;) {
    const given = await ask(path);
    if (isIt(given)) return given;
  }
}

describe('a listener whose connection carries nothing more', () => {
  it('is noticed: from then on each answer is of when it was asked for, and it listens again by itself', async () => {
    accord = await startTestApp(database, { listenUrl: proxy.url });
    head = accord.app.get(Head);
    const { id } = await buildMerger(accord, { title: 'number 0' });
    const path = `/v1/mergers/${id}/status`;
    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    proxy.drop();
    // It is noticed when it gives no answer to a question of its own.
    await askUntil(path, () => !isListening());
    for (let number = 1; number < 30; number += 1) {
      await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', [
        `number ${String(number)}`,
        id,
      ]);
      const { status, age, text } = await ask(path);
      expect([status, age]).toEqual([200, null]);
      expect(text).toContain(`"number ${String(number)}"`);
    }
    expect(head.isAway()).toBe(false);
    proxy.carryAgain();
    await askUntil(path, isListening);
    await sql.end();
  });
});

describe('while too many wait for the facts', () => {
  it('what is kept is given with its age, at once, though something has changed', async () => {
    accord = await startTestApp(database);
    const { id } = await buildMerger(accord, { title: 'before' });
    const path = `/v1/mergers/${id}/status`;
    expect((await ask(path)).text).toContain('"before"');
    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', ['after', id]);
    await accord.app.get(Head).confirm();
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE mergers IN ACCESS EXCLUSIVE MODE');
    // Each another question, since those that are alike wait for one answer.
    const waiting = Array.from({ length: 103 }, (_, at) =>
      ask(`${path}?asOf=2022-12-28T12:00:00.${String(at).padStart(3, '0')}Z`),
    );
    while (accord.database.poolStates.facts.waiting < 100) await setImmediate();
    const { status, age, text } = await ask(path);
    expect([status, text]).toEqual([200, expect.stringContaining('"before"')]);
    expect(Number(age)).toBeGreaterThan(0);
    await sql.query('ROLLBACK');
    expect(new Set((await Promise.all(waiting)).map((given) => given.status))).toEqual(
      new Set([200]),
    );
    expect((await ask(path)).text).toContain('"after"');
    await sql.end();
  });
});

describe('an instance whose connections are opened anew', () => {
  it('takes nothing for known that it knew: after a crash, numbers of transactions are given out again', async () => {
    accord = await startTestApp(database);
    head = accord.app.get(Head);
    const { id } = await buildMerger(accord, { title: 'before' });
    const path = `/v1/mergers/${id}/status`;
    expect((await ask(path)).text).toContain('"before"');
    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    // What was committed under a number that is taken for seen: nobody can tell that anything changed.
    await sql.query('SET session_replication_role = replica');
    await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', ['after', id]);
    await head.confirm();
    expect((await ask(path)).text).toContain('"before"');
    await sql.query(
      `SELECT pg_terminate_backend(activity.pid) FROM pg_stat_activity AS activity
       WHERE activity.datname = current_database() AND activity.application_name IN ('accord head', 'accord listener')`,
    );
    expect((await askUntil(path, ({ text }) => text.includes('"after"'))).age).toBeNull();
    await sql.end();
  });
});

describe('while the database is away', () => {
  it('what is kept is given with its age, but not what was hidden; a write is refused; all is well by itself when it is back', async () => {
    accord = await startTestApp({ url: proxy.url, drop: () => Promise.resolve() });
    head = accord.app.get(Head);
    const [shown, hidden] = [await buildMerger(accord), await buildMerger(accord)];
    const paths = [`/v1/mergers/${shown.id}/status`, `/v1/mergers/${hidden.id}/status`] as const;
    for (const path of paths) expect((await ask(path)).status).toBe(200);
    const draft = await buildMerger(accord, { visibility: 'draft' });
    const ofDraft = `/v1/mergers/${draft.id}/status`;
    const asEditor = { headers: { authorization: `Bearer ${accord.editorKey}` } };
    expect((await ask(ofDraft, asEditor)).status).toBe(200);
    await accord.patch(`/v1/mergers/${hidden.id}`, { visibility: 'draft' });
    await head.confirm();
    await proxy.refuse();
    const { status, text } = await askUntil(paths[0], ({ age }) => age !== null);
    expect([status, text]).toEqual([200, expect.stringContaining(shown.id)]);
    expect(await ask(paths[1])).toMatchObject({ status: 503, age: null });
    // Who sends an empty key is a reader, and what key holders have seen is kept for them alone.
    for (const authorization of ['', ' ', 'Bearer', 'Bearer x'])
      expect([401, 503]).toContain((await ask(ofDraft, { headers: { authorization } })).status);
    await askUntil(paths[0], () => head.isAway());
    expect(Number((await ask(paths[0])).age)).toBeGreaterThan(1);
    expect(await ask(paths[1])).toMatchObject({ status: 503, age: null });
    const write = {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accord.editorKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: 'Farooq Sattar' }),
    };
    expect((await ask('/v1/people', write)).status).toBe(503);
    await proxy.acceptAgain();
    await askUntil(paths[0], (given) => given.status === 200 && given.age === null);
    expect((await ask(paths[1])).status).toBe(404);
    expect((await ask('/v1/people', write)).status).toBe(201);
  });
});
