/** What becomes of those who follow: the slow, the many, those whose key is revoked, and everybody at the end. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { StreamService } from '../../../src/features/stream/stream.service.js';
import { StreamSettings } from '../../../src/features/stream/stream.settings.js';
import { Head } from '../../../src/platform/snapshots/head.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { inShort } from '../../support/feed.js';
import { countQueries } from '../../support/queries.js';
import { expectProblem } from '../../support/refusals.js';
import { StreamReader } from '../../support/streams.js';

let accord: TestApp;
let settings: StreamSettings;
let sql: pg.Client;
const readers: StreamReader[] = [];
beforeAll(async () => {
  accord = await startTestApp();
  settings = accord.app.get(StreamSettings);
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterEach(async () => {
  Object.assign(settings, new StreamSettings());
  for (const reader of readers.splice(0)) reader.leave();
  // They are gone when nobody is left: the last to come may be told of it by nobody.
  while (clients() > 0) await accord.get('/livez');
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

const clients = (): number => accord.app.get(StreamService).clients;

interface Asked {
  readonly query?: string;
  readonly key?: string;
  readonly lastEventId?: string;
}

async function follow({ query = '', key, lastEventId }: Asked = {}): Promise<StreamReader> {
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const reader = await StreamReader.open({ baseUrl: accord.baseUrl, query, headers });
  readers.push(reader);
  return reader;
}

async function followLive(asked: Asked = {}): Promise<StreamReader> {
  const reader = await follow(asked);
  await reader.untilLive();
  return reader;
}

const told = ({ events }: StreamReader): readonly string[] =>
  events.map(({ change }) => inShort(change));
const heard = (reader: StreamReader, id: string, operation?: string): Promise<void> =>
  reader.until(({ events }) =>
    events.some(
      ({ change }) =>
        change.recordId === id && (operation ?? change.operation) === change.operation,
    ),
  );

/** Records somebody with a reason of as many characters, past the API, which takes short ones only. */
async function insertPerson(reasonLength = 0): Promise<string> {
  await sql.query('BEGIN');
  await sql.query(`SELECT set_config('accord.reason', repeat('x', $1), true)`, [reasonLength]);
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO people (slug, name) VALUES ('p-' || uuid_v7(), 'Somebody') RETURNING people.id::text AS id`,
  );
  await sql.query('COMMIT');
  return rows[0]?.id ?? '';
}

describe('what happens without the API', () => {
  it('is told: what is written past it, and what is committed late, after what came before its commit', async () => {
    const reader = await followLive();
    const late = new pg.Client({ connectionString: accord.databaseUrl });
    await late.connect();
    await late.query('BEGIN');
    const { rows } = await late.query<{ id: string }>(
      `INSERT INTO people (slug, name) VALUES ('late', 'Late') RETURNING people.id::text AS id`,
    );
    const before = await insertPerson();
    await heard(reader, before);
    await late.query('COMMIT');
    await late.end();
    const after = await insertPerson();
    await heard(reader, after);
    const order = [before, String(rows[0]?.id), after];
    expect(told(reader)).toEqual(order.map((id) => `${id} 1 create`));
  });

  it('is told: an embargo that is over by itself', async () => {
    const [reader, ofMerger] = [await followLive(), await followLive({ query: '' })];
    const { rows } = await sql.query<{ soon: string }>(
      `SELECT iso_instant(clock_timestamp() + interval '300 milliseconds') AS soon`,
    );
    const merger = await buildMerger(accord, { embargoUntil: rows[0]?.soon });
    expect(told(reader)).toEqual([]);
    await heard(reader, merger.id, 'published');
    await heard(ofMerger, merger.id, 'published');
    expect(told(reader)[0]).toBe(`${merger.id} 1 published`);
    const own = await followLive({ query: `?mergerId=${merger.id}` });
    const { id } = await buildPerson(accord);
    await heard(reader, id);
    expect(told(own)).toEqual([]);
  });
});

describe('a heartbeat', () => {
  it('comes again and again while nothing happens', async () => {
    settings.heartbeat = 5;
    const reader = await followLive();
    await reader.until(({ beats }) => beats > 5);
    expect(reader.events).toEqual([]);
  });
});

describe('a reader who takes nothing', () => {
  /** Follows everything, in long words, and takes none of them. */
  async function ignoreAll(): Promise<StreamReader> {
    const reader = await followLive({ key: accord.editorKey });
    reader.pause();
    return reader;
  }

  it('is cut off when too much waits for it, holds up nobody, and goes on later where it was', async () => {
    settings.mostUnsent = 64 * 1024;
    const [slow, quick] = [await ignoreAll(), await followLive({ key: accord.editorKey })];
    while (clients() === 2) await heard(quick, await insertPerson(500_000));
    slow.resume();
    expect(await slow.ending).toBe('broken');
    const again = await follow({ key: accord.editorKey, lastEventId: slow.lastId });
    await again.untilLive();
    expect([...slow.events, ...again.events]).toEqual(quick.events);
    expect(slow.events.length).toBeLessThan(quick.events.length);
  });

  it('is cut off when it has taken nothing from one heartbeat to the next', async () => {
    settings.mostUnsent = Infinity;
    settings.heartbeat = 10;
    const quick = await followLive({ key: accord.editorKey });
    const slow = await ignoreAll();
    // More than the two systems keep for a connection.
    for (let at = 0; at < 40; at += 1) await heard(quick, await insertPerson(500_000));
    await quick.until(() => clients() === 1);
    slow.resume();
    expect(await slow.ending).toBe('broken');
  });

  it('while it catches up waits for itself only', async () => {
    const { lastId } = await followLive({ key: accord.editorKey });
    for (let at = 0; at < 30; at += 1) await insertPerson(500_000);
    const slow = await follow({ key: accord.editorKey, lastEventId: lastId });
    slow.pause();
    const quick = await followLive({ key: accord.editorKey, lastEventId: lastId });
    const { id } = await buildPerson(accord);
    await heard(quick, id);
    slow.resume();
    await heard(slow, id);
    expect(slow.events).toEqual(quick.events);
  });
});

describe('as many as there may be', () => {
  it('are served; whoever comes then is told to come again', async () => {
    settings.mostClients = 2;
    settings.heartbeat = 5;
    const [first, second] = [await followLive(), await followLive()];
    const answer = await accord.get('/v1/stream');
    expectProblem(answer, [503, 'too_many_streams']);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    first.leave();
    await second.until(() => clients() === 1);
    await followLive();
    expectProblem(await accord.get('/v1/stream'), [503, 'too_many_streams']);
  });

  it('cost the database as much as one', async () => {
    const reader = await followLive();
    const costOf = async (): Promise<number> => {
      const count = countQueries();
      await heard(reader, await insertPerson());
      count.stop();
      return count.texts().filter((text) => text.includes('feed.position')).length;
    };
    await costOf();
    expect(await costOf()).toBe(1);
    for (let at = 0; at < 30; at += 1)
      await followLive({ query: '?view=public', key: accord.editorKey });
    expect(await costOf()).toBe(1);
    await followLive({ key: accord.editorKey });
    expect(await costOf()).toBe(2);
  });

  it('that is nobody: nothing is read', async () => {
    const head = accord.app.get(Head);
    const count = countQueries();
    await insertPerson();
    await head.confirm();
    await buildPerson(accord);
    await head.confirm();
    count.stop();
    expect(count.texts().filter((text) => /number_changes|feed/.test(text))).toEqual([]);
  });
});

describe('a key that is revoked', () => {
  async function issueKey(): Promise<{ readonly id: string; readonly key: string }> {
    const body = { name: 'somebody', role: 'editor' };
    return (await accord.send('POST', '/v1/keys', { body }, 'admin')).body;
  }

  it.each([
    ['by an admin', (id: string) => accord.send('DELETE', `/v1/keys/${id}`, {}, 'admin')],
    [
      'past the API',
      (id: string) => sql.query('UPDATE keys SET revoked_at = now() WHERE keys.id = $1', [id]),
    ],
  ])('%s ends its streams, and no others', async (_, revoke) => {
    const { id, key } = await issueKey();
    const own = [await followLive({ key }), await followLive({ key, query: '?view=public' })];
    const others = [await followLive({ key: accord.editorKey }), await followLive()];
    const before = await buildPerson(accord);
    for (const each of [...own, ...others]) await heard(each, before.id);
    await revoke(id);
    for (const each of own) expect(await each.ending).toBe('ended');
    const after = await buildPerson(accord);
    for (const each of others) await heard(each, after.id);
    for (const each of own) expect(told(each)).toEqual([`${before.id} 1 create`]);
    expectProblem(await accord.get('/v1/stream', { authorization: `Bearer ${key}` }), [
      401,
      'unauthorized',
    ]);
  });
});

describe('a database that fails', () => {
  /** Locks a table, and ends whoever of the service waits for it with a statement on the feed, twice. */
  async function failing(table: string, meanwhile: () => Promise<void>): Promise<void> {
    const other = new pg.Client({ connectionString: accord.databaseUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    await meanwhile();
    for (let killed = 0; killed < 2;) {
      const { rowCount } = await sql.query(
        `SELECT pg_terminate_backend(activity.pid, 5000) FROM pg_stat_activity AS activity
         WHERE activity.datname = current_database() AND cardinality(pg_blocking_pids(activity.pid)) > 0
           AND activity.query ~ 'number_changes|feed'`,
      );
      killed += rowCount ?? 0;
    }
    await other.query('ROLLBACK');
    await other.end();
  }

  it('is asked again: nobody is sent away, and everybody is told in the end', async () => {
    settings.pause = 5;
    const reader = await followLive();
    let id = '';
    await failing('changes', async () => {
      ({ id } = await buildPerson(accord));
    });
    await heard(reader, id);
    expect(told(reader)).toEqual([`${id} 1 create`]);
  });

  it('while somebody catches up is asked again as well', async () => {
    settings.pause = 5;
    const live = await followLive();
    const { lastId } = live;
    const { id } = await buildPerson(accord);
    await heard(live, id);
    let again = live;
    // Where it begins is found without this table, what it has missed is not.
    await failing('purges', async () => {
      again = await follow({ lastEventId: lastId });
    });
    await again.untilLive();
    expect(told(again)).toEqual([`${id} 1 create`]);
  });
});

describe('a service that stops', () => {
  it('ends every stream as it should end, those of slow readers too', async () => {
    const other = await startTestApp();
    const { baseUrl } = other;
    const following = await Promise.all(
      Array.from({ length: 20 }, () => StreamReader.open({ baseUrl })),
    );
    for (const reader of following) await reader.untilLive();
    const [first] = following;
    first?.pause();
    const { id } = await buildPerson(other);
    for (const reader of following.slice(1)) await heard(reader, id);
    await other.stop();
    first?.resume();
    expect(await Promise.all(following.map(({ ending }) => ending))).toEqual(
      following.map(() => 'ended'),
    );
    for (const reader of following) expect(told(reader)).toEqual([`${id} 1 create`]);
  });
});
