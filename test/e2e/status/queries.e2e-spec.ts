import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildFaction, buildMerger, type Stored } from '../../support/factories.js';
import { countQueries, type QueryCount } from '../../support/queries.js';

let accord: TestApp;
let counted: QueryCount;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
});
afterAll(() => accord.stop());
beforeEach(() => {
  counted = countQueries();
});
afterEach(() => {
  counted.stop();
});

const status = (key: string, query = ''): Promise<Answer> =>
  accord.get(`/v1/mergers/${key}/status${query}`);

/** A merger with 300 votes in one vote event, 60 milestones in a chain, and a transition and a citation of each. */
async function tellLargeStory(): Promise<string> {
  const merger = await buildMerger(accord, { title: 'A union of very many' });
  const faction = await buildFaction(accord, { name: 'The many' });
  await accord.record('/v1/participants', {
    mergerId: merger.id,
    factionId: faction.id,
    role: 'lead',
  });
  const client = new pg.Client({ connectionString: accord.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ motion: string }>(
    `INSERT INTO motions (merger_id, faction_id, text, classification, requirement)
     VALUES ($1, $2, 'To unite.', 'merge', 'simple_majority') RETURNING motions.id::text AS motion`,
    [merger.id, faction.id],
  );
  await client.query(
    `WITH taken AS (
       INSERT INTO vote_events (motion_id, start_date) VALUES ($1, '2022-12-28') RETURNING id
     ), voters AS (
       INSERT INTO people (slug, name) SELECT 'voter-' || at, 'Voter ' || at FROM generate_series(1, 300) AS at RETURNING id
     ), members AS (
       INSERT INTO members (person_id, faction_id) SELECT voters.id, $2 FROM voters
     )
     INSERT INTO votes (vote_event_id, person_id, option, channel)
       SELECT taken.id, voters.id, 'yes', 'in_person' FROM taken, voters`,
    [rows[0]?.motion, faction.id],
  );
  let before: string | null = null;
  for (let at = 1; at <= 60; at += 1) {
    const made: pg.QueryResult<{ id: string }> = await client.query(
      `INSERT INTO milestones (merger_id, title, classification, depends_on, estimate)
       VALUES ($1, $2, 'issue', $3::uuid[], '{"optimisticDays": 1, "likelyDays": 2, "pessimisticDays": 3}')
       RETURNING milestones.id::text AS id`,
      [merger.id, `Step ${String(at)}`, before === null ? [] : [before]],
    );
    before = made.rows[0]?.id ?? null;
    await client.query(
      `INSERT INTO transitions (milestone_id, state, occurred_on, percent) VALUES ($1, 'in_progress', '2022-12-28', 50)`,
      [before],
    );
  }
  await client.end();
  return merger.id;
}

describe('the status', () => {
  it('asks Postgres once, for a story', async () => {
    for (const query of ['', '?asOf=2022-12-29']) {
      counted.reset();
      expect(await status(STORY, query)).toMatchObject({ status: 200 });
      expect(counted.texts()).toHaveLength(1);
      // As long as nothing changes it is known.
      expect(await status(STORY, query)).toMatchObject({ status: 200 });
      expect(counted.texts()).toHaveLength(1);
    }
  });

  it('asks Postgres once, for a merger of 300 votes and 60 milestones', async () => {
    const id = await tellLargeStory();
    counted.reset();
    const { body } = await status(id);
    expect(counted.texts()).toHaveLength(1);
    expect(counted.texts()[0]).toMatch(/^\s*(WITH|SELECT)/);
    expect(body.progress.contributions).toHaveLength(60);
    // Of each of the 60 one half is done.
    expect(body.progress).toMatchObject({ percent: 50, earned: 30, total: 60 });
    expect(body.participants[0].consensus[0].asked).toHaveLength(300);
    // Each step takes a day more, half of its likely two; the sixtieth day after 1 January is 2 March.
    expect(body.announcement.forecast).toMatchObject({ from: '2023-01-01', likely: '2023-03-02' });
    expect(body.announcement.forecast.criticalPath).toHaveLength(61);
  });

  it('asks Postgres once for the timeline', async () => {
    counted.reset();
    await accord.get(`/v1/mergers/${STORY}/timeline`);
    expect(counted.texts()).toHaveLength(1);
  });

  it('asks Postgres for a page of all open mergers which they are, and for the facts of those that changed', async () => {
    const made = [];
    for (let at = 0; at < 5; at += 1) made.push(await buildMerger(accord));
    counted.reset();
    const open = await accord.get('/v1/status?limit=100');
    expect(counted.texts()).toHaveLength(2);
    expect(open.body.data.length).toBeGreaterThan(5);
    await accord.patch(`/v1/mergers/${String(made[0]?.id)}`, { title: 'Another title' });
    counted.reset();
    const again = await accord.get('/v1/status?limit=100');
    const titles = again.body.data.map(({ merger }: { merger: { title: string } }) => merger.title);
    expect(titles).toContain('Another title');
    expect(counted.texts()).toHaveLength(2);
    // Another page of the same mergers: only which they are.
    counted.reset();
    const few = await accord.get('/v1/status?limit=99');
    expect(few.body.data).toEqual(again.body.data);
    expect(counted.texts()).toHaveLength(1);
  });

  it('reads, of an earlier recording, only the ledger of the mergers on the page', async () => {
    const now = await accord.get('/v1/status?limit=2');
    counted.reset();
    const known = await accord.get('/v1/status?limit=2&knownAt=2100');
    expect(known.body.data).toEqual(now.body.data);
    const facts = counted.texts().filter((text) => text.includes(`'participants'`));
    const narrow = facts.filter((text) => /version\.merger_id = \$\d+::uuid/.test(text));
    // Those on the page, and the first of the next one.
    expect([facts.length, narrow.length]).toEqual([3, 3]);
  });

  it('asks no more to know a caller who showed the key before', async () => {
    await accord.send('GET', `/v1/factions`, {}, 'editor');
    counted.reset();
    await accord.send('GET', `/v1/mergers/${STORY}/status`, {}, 'editor');
    expect(counted.texts()).toHaveLength(1);
  });

  it('is counted rightly here: another read of two takes two', async () => {
    counted.reset();
    await accord.get('/v1/factions');
    await accord.get('/v1/people');
    expect(counted.texts()).toHaveLength(2);
  });
});

describe('a poll', () => {
  it('gets the same version and the same tag until something changes', async () => {
    const first = await status(STORY);
    const tag = String(first.headers.get('etag'));
    expect(tag).toBe(`"${String(first.body.version)}"`);
    const second = await status(STORY);
    expect(second.text).toBe(first.text);
    const polled = await accord.get(`/v1/mergers/${STORY}/status`, { 'if-none-match': tag });
    expect([polled.status, polled.text, polled.headers.get('etag')]).toEqual([304, '', tag]);
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1');
  });

  it('gets another version once a fact has changed, and the old one when it is changed back', async () => {
    const before = await status(STORY);
    const url = `/v1/milestones/${String(before.body.announcement.milestoneId)}`;
    expect((await accord.patch(url, { venue: 'Bahadurabad, Karachi' })).status).toBe(200);
    const after = await status(STORY);
    expect(after.body.version).not.toBe(before.body.version);
    expect(after.body.announcement.venue).toBe('Bahadurabad, Karachi');
    const tag = String(before.headers.get('etag'));
    const polled = await accord.get(`/v1/mergers/${STORY}/status`, { 'if-none-match': tag });
    expect(polled.status).toBe(200);
    await accord.patch(url, { venue: before.body.announcement.venue });
    expect((await status(STORY)).body).toEqual(before.body);
  });

  it('is not disturbed by what is no fact of the merger: another merger, a key, a person nobody names', async () => {
    const before = await status(STORY);
    await buildMerger(accord);
    await accord.record('/v1/people', { name: 'Nobody in this story' });
    await accord.send('POST', '/v1/keys', { body: { name: 'x', role: 'editor' } }, 'admin');
    expect((await status(STORY)).text).toBe(before.text);
  });

  it('is the same at each hour of a day', async () => {
    accord.setNow('2023-01-03T00:00:00Z');
    const morning = await status(STORY);
    accord.setNow('2023-01-03T23:59:59Z');
    expect((await status(STORY)).text).toBe(morning.text);
    accord.setNow('2023-01-04T00:00:00Z');
    expect((await status(STORY)).body.announcement.forecast.from).toBe('2023-01-04');
    accord.setNow('2023-01-01T00:00:00Z');
  });
});

describe('the status as of a date', () => {
  it('knows only what had begun by then', async () => {
    const before = (await status(STORY, '?asOf=2022-12-27')).body;
    const day = (await status(STORY, '?asOf=2022-12-28')).body;
    const report = (await status(STORY, '?asOf=2022-12-30')).body;
    expect([before.mandates, day.mandates]).toMatchObject([
      [],
      [{ holderName: 'Khalid Maqbool Siddiqui' }],
    ]);
    expect(day.announcement.predictions).toEqual([]);
    const windows = report.announcement.predictions.map(({ from, to }: any) => `${from} ${to}`);
    expect(windows).toEqual([
      '2023-01-01 2023-01-01', // of the 29th
      '2023-01-09 2023-01-14',
      '2023-01-01 2023-01-01',
    ]);
    expect([day.blockers, report.blockers]).toMatchObject([
      [],
      [{ title: 'The open issues are settled' }],
    ]);
    expect([day.asOf, day.knownAt]).toEqual(['2022-12-28', null]);
    expect(new Set([before, day, report].map(({ version }) => version)).size).toBe(3);
  });

  it('given as a day or a month means its end', async () => {
    const end = (await status(STORY, '?asOf=2022-12-31T23:59:59.999Z')).body;
    for (const asOf of ['2022-12-31', '2022-12', '2022']) {
      const { body } = await status(STORY, `?asOf=${asOf}`);
      expect({ ...body, asOf: end.asOf, version: end.version }).toEqual(end);
    }
    const start = (await status(STORY, '?asOf=2022-12-28T00:00:00.000Z')).body;
    expect(start.mandates).toHaveLength(1);
  });

  it('is refused when it is no date, is given twice, or with anything else', async () => {
    for (const query of [
      '?asOf=yesterday',
      '?asOf=',
      '?asOf=2023-02-30',
      '?asOf=2022&asOf=2023',
      '?knownAt=then',
      '?x=1',
    ])
      expect(await status(STORY, query)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      });
  });

  it('of a merger that is not there is 404, of a retracted one 410', async () => {
    expect(await status('no-such-merger')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(await status('00000000-0000-7000-8000-000000000000')).toMatchObject({ status: 404 });
    const { id } = await buildMerger(accord);
    await accord.retract(`/v1/mergers/${id}`, 'made twice');
    expect(await status(id)).toMatchObject({
      status: 410,
      body: { code: 'retracted', reason: 'made twice' },
    });
  });
});

describe('the list of open mergers', () => {
  const idsOf = (answer: Answer): readonly string[] =>
    (answer.body.data as readonly { readonly merger: { readonly id: string } }[]).map(
      ({ merger }) => merger.id,
    );

  it('holds what is under way, and neither what is closed, completed nor retracted', async () => {
    const open = await buildMerger(accord, { title: 'Open' });
    const closed = await buildMerger(accord, { closedOn: '2022-12-30', outcome: 'abandoned' });
    const closesLater = await buildMerger(accord, { closedOn: '2023-02', outcome: 'abandoned' });
    const completed = await complete(await buildMerger(accord), '2022-12-31');
    const retracted = await buildMerger(accord);
    await accord.retract(`/v1/mergers/${retracted.id}`);
    const listed = idsOf(await accord.get('/v1/status?limit=100'));
    expect(listed).toEqual(expect.arrayContaining([open.id, closesLater.id]));
    for (const gone of [closed, completed, retracted]) expect(listed).not.toContain(gone.id);
    const then = idsOf(await accord.get('/v1/status?limit=100&asOf=2022-12-29'));
    expect(then).toEqual(expect.arrayContaining([open.id, closed.id, completed.id]));
    const later = idsOf(await accord.get('/v1/status?limit=100&asOf=2023-02-02'));
    expect(later).not.toContain(closesLater.id);
  });

  async function complete(merger: Stored, date: string): Promise<Stored> {
    const [one, other] = [await buildFaction(accord), await buildFaction(accord)];
    await accord.record(`/v1/mergers/${merger.id}/succession`, {
      predecessorIds: [one.id],
      successorId: other.id,
      kind: 'joined',
      date,
    });
    return merger;
  }

  it('says of each what its status says', async () => {
    const open = await accord.get('/v1/status?limit=100');
    const told = open.body.data.find(
      (one: { merger: { slug: string } }) => one.merger.slug === STORY,
    );
    const { merger, phase, progress, needs } = (await status(STORY)).body;
    expect(told).toMatchObject({
      merger,
      phase,
      progress: { percent: progress.percent },
      needs: needs.length,
    });
  });

  it('is paged, those recorded first first, each once', async () => {
    for (let at = 0; at < 4; at += 1) await buildMerger(accord, { title: `Attempt ${String(at)}` });
    const whole = idsOf(await accord.get('/v1/status?limit=100'));
    const paged: string[] = [];
    let path: string | undefined = '/v1/status?limit=3';
    while (path !== undefined) {
      const answer: Answer = await accord.get(path);
      expect(answer.status).toBe(200);
      paged.push(...idsOf(answer));
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
    const first = await accord.get('/v1/status?limit=1');
    const other = `/v1/status?asOf=2022&cursor=${String(first.body.page.next)}`;
    expect(await accord.get(other)).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });

  it('is not fetched again by whoever has it', async () => {
    const first = await accord.get('/v1/status');
    const tag = String(first.headers.get('etag'));
    const polled = await accord.get('/v1/status', { 'if-none-match': tag });
    expect([polled.status, polled.text]).toEqual([304, '']);
  });
});
