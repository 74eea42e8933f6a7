import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { NOBODY, buildMeeting, buildPerson, listed, type Fields } from '../../support/factories.js';
import { expectProblem, expectRefusal, storedRows } from '../../support/refusals.js';
import { servedRoutes } from '../../support/routes.js';
import { specimens } from '../../support/specimens/all.js';

let accord: TestApp;
let sql: pg.Client;
beforeAll(async () => {
  accord = await startTestApp();
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

let keysMade = 0;
const newKey = (): string => `a key ${String((keysMade += 1))} ~!`;

function post(
  path: string,
  body: unknown,
  idempotencyKey: string,
  as: 'editor' | 'admin' = 'editor',
): Promise<Answer> {
  const headers = { 'idempotency-key': idempotencyKey };
  return accord.send('POST', path, { body, headers }, as);
}

const replayed = ({ headers }: Answer): string | null => headers.get('idempotent-replayed');

/** What of an answer is the same when it is given again. */
const told = (answer: Answer): object => ({
  status: answer.status,
  text: answer.text,
  ...Object.fromEntries(
    ['location', 'etag', 'content-type', 'cache-control'].map((name) => [
      name,
      answer.headers.get(name),
    ]),
  ),
});

async function keptAnswers(): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM kept_answers',
  );
  return rows[0]?.count ?? NaN;
}

describe('a POST that is sent again with its Idempotency-Key', () => {
  it.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
    'in /%s is answered again, not done again',
    async (_, specimen) => {
      const { path, full } = await specimen.prepare(accord);
      const key = newKey();
      const first = await post(path, full, key);
      expect([first.status, replayed(first)]).toEqual([201, null]);
      const stored = await storedRows(accord);
      for (let sent = 1; sent <= 2; sent += 1) {
        const again = await post(path, full, key);
        expect(told(again)).toEqual(told(first));
        expect(replayed(again)).toBe('true');
      }
      expect(await storedRows(accord)).toEqual(stored);
      const { rows } = await sql.query(
        'SELECT FROM kept_answers AS kept WHERE kept.record_id = $1',
        [(first.body as Fields)['id']],
      );
      expect(rows).toHaveLength(1);
    },
  );

  it('for a key shows that key again, though nobody stores it', async () => {
    const body = { name: 'the night desk', role: 'editor' };
    const key = newKey();
    const first = await post('/v1/keys', body, key, 'admin');
    expect(first.status).toBe(201);
    const again = await post('/v1/keys', body, key, 'admin');
    expect([told(again), replayed(again)]).toEqual([told(first), 'true']);
    const headers = { authorization: `Bearer ${String(again.body.key)}` };
    const made = await accord.send('POST', '/v1/people', { body: { name: 'A' }, headers });
    expect(made.status).toBe(201);
    const named = await sql.query(`SELECT FROM keys AS key WHERE key.name = 'the night desk'`);
    expect(named.rows).toHaveLength(1);
  });

  it('is answered as it was then, whatever has become of the record and of what it is beneath', async () => {
    const meeting = await buildMeeting(accord);
    const path = `/v1/meetings/${meeting.id}/attendance`;
    const body = { personId: (await buildPerson(accord)).id, mode: 'phone' };
    const key = newKey();
    const first = await post(path, body, key);
    await accord.patch(`/v1/attendance/${String(first.body.id)}`, { mode: 'video' });
    await accord.retract(`/v1/attendance/${String(first.body.id)}`);
    await accord.retract(`/v1/meetings/${meeting.id}`);
    expect(told(await post(path, body, key))).toEqual(told(first));
    expectProblem(await post(path, body, newKey()), [410, 'retracted']);
  });

  it('is the same when its JSON means the same, and refused when it does not', async () => {
    const key = newKey();
    const body = { name: 'Anis', otherNames: [{ name: 'A', lang: 'en' }] };
    const first = await post('/v1/people', JSON.stringify(body), key);
    const other = ' {"otherNames": [{"lang": "en", "name": "A"}],\n "name": "Anis"} ';
    expect(told(await post('/v1/people', other, key))).toEqual(told(first));
    const bodies = [
      { ...body, summary: null },
      { ...body, name: 'Anees' },
      { ...body, otherNames: [] },
      { ...body, otherNames: [...body.otherNames, { name: 'B' }] },
    ];
    for (const another of bodies)
      await expectRefusal(accord, () => post('/v1/people', another, key), [
        422,
        'idempotency_key_reused',
      ]);
    expect(told(await post('/v1/people', body, key))).toEqual(told(first));
  });

  it('is another one on another route, and from another holder', async () => {
    const key = newKey();
    const body = { name: 'Namesake' };
    const [one, two] = [await buildMeeting(accord), await buildMeeting(accord)];
    const first = await post('/v1/people', body, key);
    const byAdmin = await post('/v1/people', body, key, 'admin');
    const attendance = { personId: first.body.id, mode: 'phone' };
    const here = await post(`/v1/meetings/${one.id}/attendance`, attendance, key);
    const there = await post(`/v1/meetings/${two.id}/attendance`, attendance, key);
    const all = [first, byAdmin, here, there];
    expect(all.map((answer) => [answer.status, replayed(answer)])).toEqual(
      all.map(() => [201, null]),
    );
    expect(new Set(all.map(({ body: made }) => (made as Fields)['id'])).size).toBe(4);
  });

  it('is nobody’s to see but its holder’s', async () => {
    const body = { name: 'Kept by who left' };
    const key = newKey();
    const made = await accord.send(
      'POST',
      '/v1/keys',
      { body: { name: 'x', role: 'editor' } },
      'admin',
    );
    const asLeft = () =>
      accord.send('POST', '/v1/people', {
        body,
        headers: { 'idempotency-key': key, authorization: `Bearer ${String(made.body.key)}` },
      });
    expect((await asLeft()).status).toBe(201);
    await accord.send('DELETE', `/v1/keys/${String(made.body.id)}`, {}, 'admin');
    expectProblem(await asLeft(), [401, 'unauthorized']);
    const reader = accord.send('POST', '/v1/people', { body, headers: { 'idempotency-key': key } });
    expectProblem(await reader, [401, 'unauthorized']);
  });

  it('finds its key case by case: capitals, spaces within, 255 characters', async () => {
    const body = { name: 'Case' };
    const ids = new Set<unknown>();
    for (const key of ['a-b', 'A-B', 'a b', '"a-b"', 'x'.repeat(255), 'x'.repeat(254)])
      ids.add((await post('/v1/people', body, key)).body.id);
    expect(ids.size).toBe(6);
  });
});

describe('every POST', () => {
  it('reads its Idempotency-Key: one that is none is refused, whatever the route', async () => {
    const routes = servedRoutes(accord.app).filter(({ method }) => method === 'POST');
    expect(routes.length).toBeGreaterThan(18);
    for (const { path } of routes)
      for (const key of ['', 'x'.repeat(256), 'é'])
        expect([path, key, await codeOf(path, key)]).toEqual([path, key, '400 bad_request']);
  });

  async function codeOf(path: string, key: string): Promise<string> {
    const headers = { 'if-match': '*', 'x-reason': 'a test', 'idempotency-key': key };
    const url = path.replace(':id', NOBODY);
    const answer = await accord.send('POST', url, { body: {}, headers }, 'admin');
    expect((answer.body as Fields)['detail']).toContain('Idempotency-Key');
    return `${String(answer.status)} ${String((answer.body as Fields)['code'])}`;
  }

  it('that was refused keeps nothing: it may be mended and sent again', async () => {
    const key = newKey();
    const before = await keptAnswers();
    const refusals = [
      [{ name: '' }, 400],
      [{ name: 'A', slug: 'taken' }, 409],
    ] as const;
    await accord.record('/v1/people', { name: 'A', slug: 'taken' });
    for (const [body, status] of refusals)
      for (let sent = 1; sent <= 2; sent += 1) {
        const refused = await post('/v1/people', body, key);
        expect([refused.status, replayed(refused)]).toEqual([status, null]);
      }
    expect(await keptAnswers()).toBe(before);
    const made = await post('/v1/people', { name: 'A' }, key);
    expect([made.status, replayed(made)]).toEqual([201, null]);
  });

  it('is done when nobody gives a key, and keeps nothing', async () => {
    const before = await keptAnswers();
    const [one, two] = [await buildPerson(accord), await buildPerson(accord)];
    expect(one.id).not.toBe(two.id);
    expect(await keptAnswers()).toBe(before);
  });
});

describe('an answer that is kept', () => {
  const age = (by: string): Promise<unknown> =>
    sql.query('UPDATE kept_answers SET kept_at = kept_at - $1::interval', [by]);

  it('is given for 24 hours by the database’s clock, and then the request is a new one', async () => {
    const key = newKey();
    const body = { name: 'Of yesterday' };
    const first = await post('/v1/people', body, key);
    await age('23 hours 59 minutes');
    expect(replayed(await post('/v1/people', body, key))).toBe('true');
    await age('1 minute');
    const anew = await post('/v1/people', { ...body, summary: 'another body' }, key);
    expect([anew.status, replayed(anew)]).toEqual([201, null]);
    expect(anew.body.id).not.toBe(first.body.id);
    // The new one is kept in the place of the old one, for its own 24 hours.
    await age('23 hours 59 minutes');
    const again = await post('/v1/people', { ...body, summary: 'another body' }, key);
    expect(told(again)).toEqual(told(anew));
  });

  it('is removed once its time is over, twenty with each write', async () => {
    await sql.query('DELETE FROM kept_answers');
    for (let made = 0; made < 30; made += 1) await post('/v1/people', { name: 'Many' }, newKey());
    await age('25 hours');
    await post('/v1/people', { name: 'One more' }, newKey());
    expect(await keptAnswers()).toBe(11);
    // Those that somebody else is removing are left to him.
    await sql.query('BEGIN');
    await sql.query('SELECT FROM kept_answers FOR UPDATE');
    await post('/v1/people', { name: 'One more' }, newKey());
    await sql.query('ROLLBACK');
    expect(await keptAnswers()).toBe(12);
    await post('/v1/people', { name: 'One more' }, newKey());
    expect(await keptAnswers()).toBe(3);
  });

  it('cannot be read from the table, neither the words nor the keys nor whether two bodies are equal', async () => {
    const key = 'tell-me-nothing';
    const body = { name: 'Whisperer', summary: 'a word in the corridor' };
    await sql.query('DELETE FROM kept_answers');
    await post('/v1/people', body, key);
    await post('/v1/people', body, key, 'admin');
    const secret = await post('/v1/keys', { name: 'x', role: 'editor' }, key, 'admin');
    const { rows } = await sql.query<Record<string, unknown>>('SELECT * FROM kept_answers');
    const text = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join(' ');
    for (const word of [key, 'Whisperer', 'corridor', String(secret.body.key), accord.editorKey])
      expect(text).not.toContain(word);
    for (const column of ['address', 'fingerprint', 'answer'])
      expect(new Set(rows.map((row) => (row[column] as Buffer).toString('hex'))).size).toBe(3);
  });
});

describe('a POST whose first sending is still on its way', () => {
  afterEach(() => sql.query('ROLLBACK'));

  /** Somebody else holds up every write of people. */
  async function holdUp(): Promise<void> {
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE people IN SHARE MODE');
  }

  async function untilOneWaits(): Promise<void> {
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      const { rows } = await sql.query(
        `SELECT FROM pg_locks AS lock WHERE NOT lock.granted AND lock.relation = 'people'::regclass`,
      );
      if (rows.length > 0) return;
    }
    throw new Error('nobody waits');
  }

  it('is refused at once, and told to come again; then it is answered', async () => {
    const key = newKey();
    const body = { name: 'Slow' };
    await holdUp();
    const first = post('/v1/people', body, key);
    await untilOneWaits();
    const second = await post('/v1/people', body, key);
    expectProblem(second, [409, 'idempotency_key_in_use']);
    expect(second.headers.get('retry-after')).toBe('1');
    // Nobody else is held up.
    const elsewhere = await post('/v1/factions', { name: 'A', classification: 'party' }, key);
    expect(elsewhere.status).toBe(201);
    await sql.query('ROLLBACK');
    const made = await first;
    expect(made.status).toBe(201);
    const again = await post('/v1/people', body, key);
    expect([told(again), replayed(again)]).toEqual([told(made), 'true']);
  });

  it('is answered also to a sender who hung up before he heard', async () => {
    const key = newKey();
    const name = 'Unheard';
    await holdUp();
    const { hostname, port } = new URL(accord.baseUrl);
    const sent = request({
      hostname,
      port,
      method: 'POST',
      path: '/v1/people',
      headers: {
        authorization: `Bearer ${accord.editorKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
    });
    sent.on('error', () => undefined);
    sent.end(JSON.stringify({ name }));
    await untilOneWaits();
    sent.destroy();
    await sql.query('ROLLBACK');
    const found = await untilThere(name);
    const again = await post('/v1/people', { name }, key);
    expect([again.status, replayed(again), again.body.id]).toEqual([201, 'true', found]);
    expect(await listed(accord, `/v1/people?slug=unheard,unheard-2`)).toHaveLength(1);
  });

  async function untilThere(name: string): Promise<unknown> {
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      const { rows } = await sql.query<{ id: string }>(
        'SELECT person.id FROM people AS person WHERE person.name = $1',
        [name],
      );
      if (rows[0]) return rows[0].id;
    }
    throw new Error('it was never stored');
  }

  it.each([1, 2, 3])('eight times at once is done once (%d)', async () => {
    const key = newKey();
    const body = { name: `Eightfold ${key}` };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/v1/people', body, key)),
    );
    const done = answers.filter((answer) => answer.status === 201);
    for (const other of answers.filter((answer) => answer.status !== 201))
      expectProblem(other, [409, 'idempotency_key_in_use']);
    expect(done.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    const { rows } = await sql.query('SELECT FROM people AS person WHERE person.name = $1', [
      body.name,
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('a POST whose transaction fails', () => {
  /** Has the next insert of a person fail, once; a sequence counts also what is taken back. */
  async function failOnce(state: string): Promise<void> {
    await sql.query(`
      CREATE SEQUENCE IF NOT EXISTS failures;
      CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('failures') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '${state}'; END IF;
        RETURN NEW;
      END $$;
      ALTER SEQUENCE failures RESTART;
      CREATE OR REPLACE TRIGGER fail_once AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION fail_once();
    `);
  }
  afterAll(() => sql.query('DROP TRIGGER fail_once ON people'));

  it('for a conflict with another one is tried again, and its answer is kept', async () => {
    await failOnce('40001');
    const key = newKey();
    const first = await post('/v1/people', { name: 'Second try' }, key);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    const { rows } = await sql.query<{ tries: number }>(
      'SELECT failures.last_value::int AS tries FROM failures',
    );
    expect(rows[0]?.tries).toBe(2);
    const again = await post('/v1/people', { name: 'Second try' }, key);
    expect([told(again), replayed(again)]).toEqual([told(first), 'true']);
  });

  it.each([
    ['57014', 503],
    ['53300', 503],
  ])(
    'for a fault of ours (%s) keeps nothing, and is done when it is sent again',
    async (state, status) => {
      await failOnce(state);
      const key = newKey();
      const body = { name: 'After a fault' };
      const before = await storedRows(accord);
      expect((await post('/v1/people', body, key)).status).toBe(status);
      expect(await storedRows(accord)).toEqual(before);
      const made = await post('/v1/people', body, key);
      expect([made.status, replayed(made)]).toEqual([201, null]);
    },
  );
});

describe('an Idempotency-Key', () => {
  it('means nothing to what can be sent again anyway', async () => {
    const { id } = await buildPerson(accord);
    const headers = { 'if-match': '*', 'idempotency-key': '' };
    const patched = await accord.patch(`/v1/people/${id}`, { name: 'B' }, headers);
    expect([patched.status, replayed(patched)]).toEqual([200, null]);
  });
});
