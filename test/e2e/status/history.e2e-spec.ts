/** The points at which the status of a merger changed, by both clocks. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { turnsOf } from '../../../src/features/facts/turns.db.js';
import { Readings } from '../../../src/platform/records/readings.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { expectProblem } from '../../support/refusals.js';
import { scribeOf, type Scribe } from '../../support/scribe.js';

let accord: TestApp;
let scribe: Scribe;
beforeAll(async () => {
  accord = await startTestApp();
  accord.setNow('2023-02-01T00:00:00Z');
  scribe = scribeOf(accord);
});
afterAll(() => accord.stop());

const asEditor = (path: string): Promise<Answer> => accord.send('GET', path, {}, 'editor');
const historyOf = async (id: string, query: string): Promise<any[]> =>
  (await accord.get(`/v1/mergers/${id}/status/history?${query}`)).body.data;
const shown = (points: readonly any[]): any[][] =>
  points.map(({ at, phase, progress }) => [
    at,
    phase?.name,
    phase?.flags.join(),
    progress?.percent,
  ]);

interface Told {
  readonly merger: string;
  readonly posts: string;
  readonly one: string;
  readonly other: string;
  readonly meeting: string;
  readonly agreed: string;
}

/** Two factions, a step of four days and one without a date, a meeting, and an agreement learned of three days late. */
async function tell(): Promise<Told> {
  const at = (day: number, hour = 10): string =>
    `2022-12-${String(day)}T${String(hour)}:00:00.000Z`;
  const merger = await scribe.create(at(20), 'mergers', { title: 'The union' });
  const faction = (name: string): Promise<string> =>
    scribe.create(at(20), 'factions', { name, classification: 'party' });
  const participant = async (name: string, role: string): Promise<string> =>
    scribe.create(at(20), 'participants', {
      mergerId: merger,
      factionId: await faction(name),
      role,
    });
  const [one, other] = [await participant('MQM-P', 'lead'), await participant('PSP', 'joining')];
  const posts = await scribe.create(at(21), 'milestones', {
    mergerId: merger,
    title: 'The posts',
    classification: 'issue',
    estimate: { optimisticDays: 4, likelyDays: 4, pessimisticDays: 4 },
  });
  const meeting = await scribe.create(at(22), 'meetings', {
    mergerId: merger,
    title: 'The talks',
    status: 'held',
    startsOn: '2022-12-22',
  });
  const agreed = await scribe.create(at(28), 'stances', {
    participantId: one,
    stance: 'agreed',
    occurredOn: '2022-12-25',
  });
  await scribe.create(at(29), 'transitions', {
    milestoneId: posts,
    state: 'in_progress',
    percent: 50,
    occurredOn: '2022-12-29',
  });
  return { merger, posts, one, other, meeting, agreed };
}

describe('the history', () => {
  it('by asOf tells when things came to be, and by knownAt when they were known', async () => {
    const { merger, posts } = await tell();
    const [announcement] = (
      await accord.get(`/v1/milestones?mergerId=${merger}&classification=announcement`)
    ).body.data;
    const world = await historyOf(merger, 'clock=asOf');
    expect(shown(world)).toEqual([
      // The first date of all, and what has no date counts from ever.
      ['2022-12-20T10:00:00.000Z', 'proposed', '', 0],
      ['2022-12-22T00:00:00.000Z', 'talking', '', 0],
      ['2022-12-25T00:00:00.000Z', 'deciding', '', 0],
      ['2022-12-29T00:00:00.000Z', 'deciding', '', 50],
      // 29 + 14 = 43, that is 12 January.
      ['2023-01-12T00:00:00.000Z', 'deciding', 'stalled', 50],
    ]);
    expect(world[3].forecast).toEqual({
      completeness: 'complete',
      // Half of four days: two.
      earliest: '2022-12-31',
      likely: '2022-12-31',
      latest: '2022-12-31',
      notBefore: '2022-12-31',
      moving: ['earliest', 'likely', 'latest', 'notBefore'],
      criticalPath: [posts, announcement.id],
      missing: [],
    });
    const known = await historyOf(merger, 'clock=knownAt&to=2023-01-31');
    expect(shown(known)).toEqual([
      ['2022-12-20T10:00:00.000Z', 'proposed', '', null],
      // The second participant is recorded at the same instant; the step is known a day later.
      ['2022-12-21T10:00:00.000Z', 'proposed', '', 0],
      ['2022-12-22T10:00:00.000Z', 'talking', '', 0],
      ['2022-12-28T10:00:00.000Z', 'deciding', '', 0],
      ['2022-12-29T10:00:00.000Z', 'deciding', '', 50],
      ['2023-01-12T00:00:00.000Z', 'deciding', 'stalled', 50],
    ]);
    expect(known[3].stances.map(({ name, stance }: any) => [name, stance])).toEqual([
      ['MQM-P', 'agreed'],
      ['PSP', 'undecided'],
    ]);
  });

  it('has the other clock stand still where it is told to', async () => {
    const { merger } = await tell();
    const world = await historyOf(merger, 'clock=asOf&knownAt=2022-12-27&to=2022-12-30');
    // On the 27th nobody knew of the agreement.
    expect(shown(world).map(([at, name]: any) => [at.slice(0, 10), name])).toEqual([
      ['2022-12-20', 'proposed'],
      ['2022-12-22', 'talking'],
    ]);
    const known = await historyOf(merger, 'clock=knownAt&asOf=2022-12-26');
    // Of the 26th: that somebody agreed on the 25th became known on the 28th.
    expect(shown(known).map(([at, name]: any) => [at.slice(0, 10), name])).toEqual([
      ['2022-12-20', 'proposed'],
      ['2022-12-21', 'proposed'],
      ['2022-12-22', 'talking'],
      ['2022-12-28', 'deciding'],
    ]);
  });

  it('agrees at each of its points with the status', async () => {
    const { merger } = await tell();
    for (const clock of ['asOf', 'knownAt']) {
      for (const { at, phase, progress, stances } of await historyOf(merger, `clock=${clock}`)) {
        const { body } = await accord.get(`/v1/mergers/${merger}/status?${clock}=${at}`);
        expect(body.phase).toMatchObject(phase);
        expect(body.progress).toMatchObject(progress);
        expect(body.participants).toMatchObject(stances);
      }
    }
  });

  it('by knownAt never changes when the scope changes later', async () => {
    const { merger, posts, other, meeting, agreed } = await tell();
    const before = await accord.get(
      `/v1/mergers/${merger}/status/history?clock=knownAt&to=2023-01-20`,
    );
    expect(before.body.data.length).toBeGreaterThan(5);
    const step = { mergerId: merger, title: 'Another step', classification: 'legal' };
    const added = await scribe.create('2023-01-21T00:00:00Z', 'milestones', step);
    const [announcement] = (
      await accord.get(`/v1/milestones?mergerId=${merger}&classification=announcement`)
    ).body.data;
    await scribe.patch('2023-01-21T01:00:00Z', 'milestones', announcement.id, {
      dependsOn: [added],
    });
    await scribe.create('2023-01-21T02:00:00Z', 'transitions', {
      milestoneId: posts,
      state: 'dropped',
      occurredOn: '2022-12-23',
    });
    await scribe.retract('2023-01-21T03:00:00Z', 'stances', agreed);
    const elsewhere = await scribe.create('2023-01-21T04:00:00Z', 'mergers', {
      title: 'Elsewhere',
    });
    await scribe.patch('2023-01-21T05:00:00Z', 'meetings', meeting, { mergerId: elsewhere });
    await scribe.retract('2023-01-21T06:00:00Z', 'participants', other);
    const after = await accord.get(
      `/v1/mergers/${merger}/status/history?clock=knownAt&to=2023-01-20`,
    );
    expect(after.text).toBe(before.text);
    expect(shown(await historyOf(merger, 'clock=knownAt&from=2023-01-21T06:00:00Z'))).toEqual([
      ['2023-01-21T06:00:00.000Z', 'talking', 'stalled', 0],
    ]);
    // What was true is told anew, by what is known now.
    expect(
      shown(await historyOf(merger, 'clock=asOf'))
        .at(-1)
        ?.slice(1),
    ).toEqual(['talking', 'stalled', 0]);
  });

  it('comes in pages, which together are the whole', async () => {
    const { merger } = await tell();
    for (const clock of ['asOf', 'knownAt']) {
      const whole = await historyOf(merger, `clock=${clock}`);
      const path = `/v1/mergers/${merger}/status/history?clock=${clock}&limit=2`;
      const pages = [await accord.get(path)];
      for (let next = pages[0]?.body.page.next; next !== null; next = pages.at(-1)?.body.page.next)
        pages.push(await accord.get(`${path}&cursor=${String(next)}`));
      expect(pages.flatMap(({ body }) => body.data)).toEqual(whole);
      expect(pages).toHaveLength(Math.ceil(whole.length / 2));
      expect(pages[0]?.headers.get('link')).toContain('rel="next"');
      const elsewhere = await accord.get(
        `${path}&from=2022-12&cursor=${String(pages[0]?.body.page.next)}`,
      );
      expectProblem(elsewhere, [400, 'invalid_cursor']);
    }
  });

  it('of very many recordings reads 25 at a time: a page may hold few points, and goes on', async () => {
    const { merger, posts, one } = await tell();
    const instant = (n: number): string =>
      new Date(Date.parse('2023-01-01') + n * 60_000).toISOString();
    for (let n = 0; n < 40; n += 1)
      await scribe.patch(instant(n), 'milestones', posts, { venue: `Room ${String(n)}` });
    await scribe.create(instant(40), 'stances', {
      participantId: one,
      stance: 'opposed',
      occurredOn: '2022-12-31',
    });
    const path = `/v1/mergers/${merger}/status/history?clock=knownAt&to=2023-01-02`;
    const first = await accord.get(path);
    // Of the 25 five are of December, and each of them a point.
    expect(first.body.data).toHaveLength(5);
    const second = await accord.get(`${path}&cursor=${String(first.body.page.next)}`);
    expect(shown(second.body.data)).toEqual([[instant(40), 'talking', '', 50]]);
    expect(second.body.page.next).toBeNull();
  });

  it('to a reader shows nothing of what is held back, not even an instant, and begins with the sight of it', async () => {
    const { merger, posts, other } = await tell();
    const before = await accord.get(`/v1/mergers/${merger}/status/history?clock=knownAt`);
    const hidden = { visibility: 'draft' };
    const stance = await scribe.create('2023-01-02T00:00:00Z', 'stances', {
      participantId: other,
      stance: 'agreed',
      occurredOn: '2023-01-01',
      ...hidden,
    });
    await scribe.create('2023-01-03T00:00:00Z', 'transitions', {
      milestoneId: posts,
      state: 'achieved',
      occurredOn: '2023-01-01',
      ...hidden,
    });
    expect((await accord.get(`/v1/mergers/${merger}/status/history?clock=knownAt`)).text).toBe(
      before.text,
    );
    expect(
      (await asEditor(`/v1/mergers/${merger}/status/history?clock=knownAt`)).body.data.length,
    ).toBeGreaterThan(before.body.data.length);
    // Not even as an instant to look at, which a page could end with.
    const turns = (view: 'all' | 'public'): Promise<readonly string[]> =>
      turnsOf(accord.app.get(Readings).of({ view, instant: null, knownAt: null }), merger, {
        after: '2022-12-28T23:00:00Z',
        until: '2023-01-31T00:00:00Z',
        limit: 100,
      });
    expect(await turns('public')).toEqual(['2022-12-29T10:00:00.000Z']);
    expect(await turns('all')).toEqual([
      '2022-12-29T10:00:00.000Z',
      '2023-01-02T00:00:00.000Z',
      '2023-01-03T00:00:00.000Z',
    ]);
    // It is published on the 5th: known to readers from then on, though it was recorded on the 2nd.
    await scribe.patch('2023-01-05T00:00:00Z', 'stances', stance, { visibility: 'public' });
    const known = await historyOf(merger, 'clock=knownAt&from=2023-01-01&to=2023-01-10');
    expect(shown(known).map(([at, name]: any) => [at, name])).toEqual([
      ['2023-01-01T23:59:59.999Z', 'deciding'],
      ['2023-01-05T00:00:00.000Z', 'resolving'],
    ]);
    expect(await turns('public')).toEqual(['2022-12-29T10:00:00.000Z', '2023-01-05T00:00:00.000Z']);
    // Held back again, it was never there.
    await scribe.patch('2023-01-08T00:00:00Z', 'stances', stance, hidden);
    expect((await accord.get(`/v1/mergers/${merger}/status/history?clock=knownAt`)).text).toBe(
      before.text,
    );
  });
});
