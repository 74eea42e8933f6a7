/** Answers that are given again: by whom, in which form, and until when. */
import { request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { CHANNEL } from '../../../src/platform/snapshots/head.db.js';
import { Head } from '../../../src/platform/snapshots/head.js';
import { ADMIN_KEY, startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger } from '../../support/factories.js';
import { countQueries, type QueryCount } from '../../support/queries.js';

const STATUS = `/v1/mergers/${STORY}/status`;

let accord: TestApp;
/** Another instance on the same database. */
let other: TestApp;
let sql: pg.Client;
let counted: QueryCount;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
  other = await startTestApp({ url: accord.databaseUrl, drop: () => Promise.resolve() });
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await other.stop();
  await accord.stop();
});
beforeEach(() => {
  counted = countQueries();
});
afterEach(() => {
  counted.stop();
});

interface Raw {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Sends as it is told to, and nothing else: no header of its own, no question to the ledger before. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(accord.baseUrl);
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers: heard } = response;
        done({ status, headers: heard, body: Buffer.concat(chunks).toString('latin1') });
      });
    });
    sent.on('error', fail).end();
  });
}

/** The answer, but for what differs from one exchange to the next. */
const same = ({ status, headers, body }: Raw): unknown => {
  const rest = Object.entries(headers).filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status, headers: Object.fromEntries(rest), body };
};

/** A header that only Fastify answers to: the answer is made, though one is kept. */
const MADE = { expect: 'nothing' };

describe('an answer that is given again', () => {
  it('is the answer that was made, in every form, for GET and HEAD, whole and unchanged', async () => {
    const key = { authorization: `Bearer ${ADMIN_KEY}` };
    for (const path of [STATUS, '/v1/status', `/v1/mergers/${STORY}`, '/v1/people?limit=3']) {
      for (const form of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br' }, key]) {
        const tag = String((await raw(path, form)).headers['etag']);
        for (const condition of [{}, { 'if-none-match': tag }, { 'if-none-match': '"other"' }]) {
          for (const method of ['GET', 'HEAD']) {
            const headers = { ...form, ...condition };
            const made = await raw(path, { ...headers, ...MADE }, method);
            counted.reset();
            const again = await raw(path, headers, method);
            expect([path, counted.texts()]).toEqual([path, []]);
            expect([path, headers, method, same(again)]).toEqual([
              path,
              headers,
              method,
              same(made),
            ]);
            expect(again.headers['x-request-id']).not.toBe(made.headers['x-request-id']);
          }
        }
      }
    }
  });

  it('may be held for a second by a cache that all share, and by none when it is a key holder’s', async () => {
    const [reader, editor] = [
      await accord.get(STATUS),
      await accord.send('GET', STATUS, {}, 'editor'),
    ];
    expect(reader.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1');
    expect(editor.headers.get('cache-control')).toBe('private, no-cache');
    for (const answer of [reader, editor]) {
      expect(answer.headers.get('vary')).toBe('Authorization, Accept-Encoding');
      expect(answer.headers.get('x-poll-interval')).toBe('5');
    }
  });

  it('is not given for another writing of its address', async () => {
    await raw(STATUS);
    const variants = [
      `/v1/mergers/${STORY}/status/`,
      `//v1/mergers/${STORY}/status`,
      `/v1/mergers/${STORY}/STATUS`,
      `/v1/../v1/mergers/${STORY}/status`,
      `/v1/mergers/./${STORY}/status`,
    ];
    for (const path of variants) expect([path, (await raw(path)).status]).toEqual([path, 404]);
    const asked = await raw(STATUS);
    for (const path of [`/v1/mergers/%6dqm-unification/status`, `${STATUS}?`]) {
      const { status, body } = await raw(path);
      expect([path, status, body]).toEqual([path, 200, asked.body]);
    }
    expect((await raw(`${STATUS}?x=1`)).status).toBe(400);
  });

  it('is given to nobody who shows a key that is none', async () => {
    await raw(STATUS);
    expect((await raw(STATUS, { authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await raw(STATUS, { authorization: 'nonsense' })).status).toBe(401);
  });

  it('is made once, however many ask at that moment', async () => {
    const { id } = await buildMerger(accord);
    const path = `/v1/mergers/${id}/status`;
    await raw(path);
    await accord.patch(`/v1/mergers/${id}`, { title: 'Another title' });
    counted.reset();
    const answers = await Promise.all(Array.from({ length: 50 }, () => raw(path)));
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(1);
    expect(answers[0]?.body).toContain('Another title');
    expect(counted.texts()).toHaveLength(1);
    // An address that nobody has asked for before is no other.
    counted.reset();
    await Promise.all(Array.from({ length: 50 }, () => raw(`${path}?asOf=2022-12-30`)));
    expect(counted.texts()).toHaveLength(1);
  });
});

describe('a change that both connections are told of', () => {
  it('is counted once, whichever has its answer first', async () => {
    const { id } = await buildMerger(accord);
    const head = accord.app.get(Head);
    await head.confirm();
    const ticks: number[] = [];
    for (let time = 0; time < 40; time += 1) {
      const before = head.touches.tick;
      await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', [String(time), id]);
      // The listener asks because it hears of it, the asker because it is asked.
      await Promise.all([sql.query(`NOTIFY ${CHANNEL}, '0'`), head.confirm()]);
      await head.confirm();
      ticks.push(head.touches.tick - before);
    }
    expect(ticks).toEqual(ticks.map(() => 1));
  });
});

describe('an answer that is overtaken while it is made', () => {
  it('is given to all who came before its making began, and nobody makes it once more', async () => {
    const { id } = await buildMerger(accord, { title: 'Number 0' });
    const path = `/v1/mergers/${id}/status`;
    const [one, two] = [1, 2].map(() => new pg.Client({ connectionString: accord.databaseUrl }));
    if (!one || !two) throw new Error('There are two.');
    await Promise.all([one.connect(), two.connect()]);
    const change = async (number: number): Promise<void> => {
      await sql.query('UPDATE mergers SET title = $1 WHERE mergers.id = $2', [
        `Number ${String(number)}`,
        id,
      ]);
      await accord.app.get(Head).confirm();
    };
    const hold = async (locker: pg.Client): Promise<unknown> => {
      await locker.query('BEGIN');
      return locker.query('LOCK TABLE votes IN ACCESS EXCLUSIVE MODE');
    };
    const untilWaiting = async (count: number): Promise<void> => {
      const text = `SELECT count(*)::int AS count FROM pg_locks AS lock WHERE NOT lock.granted AND lock.relation = 'votes'::regclass`;
      while ((await sql.query<{ count: number }>(text)).rows[0]?.count !== count)
        await setImmediate();
    };
    await hold(one);
    counted.reset();
    const answers = [raw(path)];
    await untilWaiting(1);
    await change(1);
    const held = hold(two);
    await untilWaiting(2);
    answers.push(raw(path), raw(path), raw(path));
    await one.query('ROLLBACK');
    // The first making is over then, and the second waits.
    await held;
    await untilWaiting(1);
    await change(2);
    await two.query('ROLLBACK');
    const titles = (await Promise.all(answers)).map(({ body }) => /Number \d/.exec(body)?.[0]);
    expect(new Set(titles.slice(1)).size).toBe(1);
    expect(titles[1]).not.toBe('Number 0');
    // The facts are read by the one large statement that there is.
    expect(counted.texts().filter((text) => text.length > 2_000)).toHaveLength(2);
    expect((await raw(path)).body).toContain('Number 2');
    await Promise.all([one.end(), two.end()]);
  });
});

describe('a change', () => {
  it('is in the answer after the one that acknowledged it, and what another merger says stays as it is', async () => {
    const [one, two] = [await buildMerger(accord), await buildMerger(accord)];
    for (const { id } of [one, two]) await raw(`/v1/mergers/${id}/status`);
    for (let at = 0; at < 20; at += 1) {
      await accord.patch(`/v1/mergers/${one.id}`, { title: `Title ${String(at)}` });
      expect((await raw(`/v1/mergers/${one.id}/status`)).body).toContain(`"Title ${String(at)}"`);
    }
    counted.reset();
    await raw(`/v1/mergers/${two.id}/status`);
    expect(counted.texts()).toEqual([]);
  });

  it('of a person or a faction is in every status that names it', async () => {
    await raw(STATUS);
    const { body } = await accord.get('/v1/factions?q=PSP');
    const [{ id, name }] = body.data;
    await accord.patch(`/v1/factions/${id}`, { name: 'Pak Sarzameen' });
    expect((await raw(STATUS)).body).toContain('Pak Sarzameen');
    await accord.patch(`/v1/factions/${id}`, { name });
    expect((await raw(STATUS)).body).not.toContain('Pak Sarzameen');
  });

  it('is told to the other instances, which ask nobody until they are', async () => {
    const { id } = await buildMerger(accord);
    const path = `/v1/mergers/${id}/status`;
    await other.get(path);
    const head = other.app.get(Head);
    const touched = new Promise<ReadonlySet<string>>((done) => {
      head.onTouched(({ mergers }) => {
        if (mergers.has(id)) done(mergers);
      });
    });
    const noticed = new Promise<number>((done) => {
      head.onNoticed(done);
    });
    await accord.patch(`/v1/mergers/${id}`, { title: 'Told to all' });
    // By its listener: nobody has asked it anything meanwhile.
    expect(await touched).toContain(id);
    // And the metrics tell how long that took.
    expect(await noticed).toBeLessThan(30);
    const text = await other.app.get(Metrics).text();
    expect(text).toMatch(/^accord_head_notice_seconds_count [1-9]/m);
    const answer = await fetch(other.baseUrl + path);
    expect(await answer.text()).toContain('Told to all');
  });

  it('that was made past the API is found by those who poll the ledger', async () => {
    const { id } = await buildMerger(accord);
    const path = `/v1/mergers/${id}/status`;
    await raw(path);
    const head = accord.app.get(Head);
    const touched = new Promise<void>((done) => {
      head.onTouched(({ mergers }) => {
        if (mergers.has(id)) done();
      });
    });
    await sql.query(`UPDATE mergers SET title = 'From psql' WHERE mergers.id = $1`, [id]);
    await touched;
    expect((await raw(path)).body).toContain('From psql');
  });

  it('that is committed late, by a transaction that began early, is seen like any other', async () => {
    const { id } = await buildMerger(accord);
    const path = `/v1/mergers/${id}/status`;
    await sql.query('BEGIN');
    await sql.query(`UPDATE mergers SET title = 'Late' WHERE mergers.id = $1`, [id]);
    for (let at = 0; at < 3; at += 1) await buildMerger(accord);
    expect((await accord.get(path)).text).not.toContain('Late');
    await sql.query('COMMIT');
    expect((await accord.get(path)).text).toContain('Late');
  });

  it('of the time is seen at midnight, and when a date has come', async () => {
    const merger = await buildMerger(accord, { closedOn: null });
    const path = `/v1/mergers/${merger.id}/status`;
    accord.setNow('2023-01-01T10:00:00Z');
    const before = await raw(path);
    accord.setNow('2023-01-01T23:59:59.999Z');
    counted.reset();
    expect((await raw(path)).body).toBe(before.body);
    expect(counted.texts()).toEqual([]);
    accord.setNow('2023-01-02T00:00:00Z');
    expect((await raw(path)).body).not.toBe(before.body);
    accord.setNow('2023-01-01T00:00:00Z');
    expect((await raw(path)).body).toBe(before.body);
  });
});

describe('what is held back', () => {
  it('is gone from every answer once that is acknowledged', async () => {
    const { id } = await buildMerger(accord, { title: 'To be hidden' });
    const paths = [
      `/v1/mergers/${id}/status`,
      `/v1/mergers/${id}`,
      '/v1/mergers?limit=100',
      '/v1/status?limit=100',
    ];
    for (const path of paths) expect((await raw(path)).body).toContain('To be hidden');
    await accord.patch(`/v1/mergers/${id}`, { visibility: 'draft' });
    for (const path of paths) expect((await raw(path)).body).not.toContain('To be hidden');
  });

  it('is shown when the embargo ends, though nothing was written', async () => {
    const { id } = await buildMerger(accord, { title: 'Under embargo' });
    const path = `/v1/mergers/${id}`;
    const list = '/v1/mergers?limit=100';
    await accord.patch(path, { embargoUntil: '2100-01-01' });
    expect((await accord.get(path)).status).toBe(404);
    expect((await accord.get(list)).text).not.toContain('Under embargo');
    const [row] = (
      await sql.query<{ soon: string }>(
        `SELECT iso_instant(clock_timestamp() + interval '500 milliseconds') AS soon`,
      )
    ).rows;
    await accord.patch(path, { embargoUntil: row?.soon });
    // They are kept meanwhile, for as long as the embargo lasts, give or take the way of an answer of the database.
    let shown = '';
    while (!shown.includes('Under embargo')) shown = (await raw(list)).body;
    while ((await raw(path)).status === 404);
    expect((await raw(path)).body).toContain('Under embargo');
  });
});

describe('a key', () => {
  it('that is revoked opens nothing any more, here at once and elsewhere when it is told', async () => {
    const { body } = await accord.send(
      'POST',
      '/v1/keys',
      { body: { name: 'short', role: 'editor' } },
      'admin',
    );
    const held = { authorization: `Bearer ${String(body.key)}` };
    expect((await raw(STATUS, held)).status).toBe(200);
    expect((await fetch(other.baseUrl + STATUS, { headers: held })).status).toBe(200);
    const told = new Promise<void>((done) => {
      other.app.get(Head).onTouched(({ keys }) => {
        if (keys) done();
      });
    });
    await accord.send('DELETE', `/v1/keys/${String(body.id)}`, {}, 'admin');
    expect((await raw(STATUS, held)).status).toBe(401);
    await told;
    expect((await fetch(other.baseUrl + STATUS, { headers: held })).status).toBe(401);
  });
});
