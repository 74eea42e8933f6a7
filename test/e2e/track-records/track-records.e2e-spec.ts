/** How right sources and publishers were about when. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  announcementOf,
  buildCitation,
  buildMerger,
  buildPrediction,
  buildSource,
  buildTransition,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { countQueries } from '../../support/queries.js';
import { expectProblem } from '../../support/refusals.js';

const NONE = { pending: 0, overdue: 0, hit: 0, early: 0, late: 0, missed: 0 };
const SUNDAY = { from: '2023-01-01', to: '2023-01-01', statedOn: '2022-12-29' };

let accord: TestApp;
let merger: Stored;
const ary: Stored[] = [];
let secret: Stored;
let recordedAll: string;

const cite = (source: Stored, prediction: Stored, fields: Fields = {}): Promise<Stored> =>
  buildCitation(accord, {
    sourceId: source.id,
    recordType: 'predictions',
    recordId: prediction.id,
    ...fields,
  });
const records = (query = ''): Promise<Answer> => accord.get(`/v1/track-records${query}`);
const countsOf = async (publisher: string, query = ''): Promise<any> =>
  (await records(`?publisher=${encodeURIComponent(publisher)}${query}`)).body.data[0]?.counts;

/** ARY says "on Sunday" in three reports, Dawn in one that copies ARY's; Pakistan Today says the 9th to the 14th. */
beforeAll(async () => {
  accord = await startTestApp();
  merger = await buildMerger(accord, { title: 'The union' });
  const mergerId = merger.id;
  const first = await buildPrediction(accord, { mergerId, ...SUNDAY });
  const again = await buildPrediction(accord, { mergerId, ...SUNDAY, statedOn: '2022-12-30' });
  const later = await buildPrediction(accord, { mergerId });
  for (const [publisher, publishedOn, prediction] of [
    ['ARY', '2022-12-29', first],
    [' ary ', '2022-12-29', first],
    ['ARY', '2022-12-30', again],
  ] as const) {
    const source = await buildSource(accord, { publisher, publishedOn });
    await cite(source, prediction);
    ary.push(source);
  }
  const today = await buildSource(accord, {
    publisher: 'Pakistan Today',
    publishedOn: '2022-12-30',
  });
  await cite(today, later);
  await cite(today, first, { stance: 'disputes' });
  const copy = await buildSource(accord, { publisher: 'Dawn', derivedFromId: ary[0]?.id });
  await cite(copy, first);
  // Samaa states nothing, it only disputes.
  const mute = await buildSource(accord, { publisher: 'Samaa' });
  await cite(mute, first, { stance: 'disputes' });
  secret = await buildSource(accord, { publisher: 'The hidden press', confidential: true });
  recordedAll = String((await cite(secret, later))['createdAt']);
});
afterAll(() => accord.stop());

describe('the track record of a publisher', () => {
  it('counts a window once, however often it was stated', async () => {
    expect(await countsOf('ARY', '&asOf=2022-12-28')).toEqual(NONE);
    expect(await countsOf('ARY', '&asOf=2023-01-01')).toEqual({ ...NONE, pending: 1 });
    expect(await countsOf('  Ary', '&asOf=2023-01-02')).toEqual({ ...NONE, overdue: 1 });
    expect(await countsOf('Dawn', '&asOf=2023-01-02')).toEqual({ ...NONE, overdue: 1 });
    expect(await countsOf('Pakistan Today', '&asOf=2023-01-02')).toEqual({ ...NONE, pending: 1 });
    const { body } = await records('?publisher=ary&asOf=2023-01-02');
    expect(body.data).toMatchObject([
      {
        publisher: 'ARY',
        counted: [
          {
            mergerId: merger.id,
            mergerTitle: 'The union',
            ...SUNDAY,
            outcome: 'overdue',
            days: null,
            predictionIds: [expect.any(String), expect.any(String)],
            sources: ary.map(({ id }) => ({ sourceId: id })),
          },
        ],
      },
    ]);
  });

  it('is listed by name, page by page, for whoever is cited in support of a prediction', async () => {
    const named = (answer: Answer): string[] =>
      answer.body.data.map(({ publisher }: { publisher: string }) => publisher);
    expect(named(await records())).toEqual(['ARY', 'Dawn', 'Pakistan Today']);
    const paged: string[] = [];
    let path: string | undefined = '/v1/track-records?limit=1';
    while (path !== undefined) {
      const answer: Answer = await accord.get(path);
      paged.push(...named(answer));
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(['ARY', 'Dawn', 'Pakistan Today']);
    const { body } = await records('?limit=1');
    const other = await records(`?asOf=2023&cursor=${String(body.page.next)}`);
    expectProblem(other, [400, 'invalid_cursor']);
    expect((await records('?publisher=Nobody')).body).toEqual({ data: [], page: { next: null } });
    expectProblem(await records('?publisher=a&publisher=b'), [
      400,
      'validation_failed',
      '?publisher',
    ]);
  });

  it('of a confidential source is for key holders', async () => {
    const { text } = await records();
    expect(text).not.toContain('hidden');
    expect(text).not.toContain(secret.id);
    const all = await accord.send('GET', '/v1/track-records', {}, 'editor');
    expect(all.text).toContain('The hidden press');
  });

  it('is asked of Postgres once, whatever the number of mergers', async () => {
    for (let at = 0; at < 3; at += 1) {
      const source = await buildSource(accord, { publisher: 'Geo' });
      await cite(source, await buildPrediction(accord));
    }
    const counted = countQueries();
    const { body } = await records('?publisher=Geo');
    expect(counted.texts()).toHaveLength(1);
    counted.stop();
    expect(body.data).toMatchObject([{ counts: { ...NONE, pending: 3 } }]);
    // By then none of this was recorded.
    expect((await records(`?publisher=Geo&knownAt=${recordedAll}`)).body.data).toEqual([]);
    expect((await records(`?publisher=ARY&knownAt=${recordedAll}`)).body.data).toHaveLength(1);
  });
});

describe('the track record of a source', () => {
  const path = ({ id }: Stored, query = ''): string => `/v1/sources/${id}/track-record${query}`;

  it('is about what the source is cited for itself', async () => {
    const [, , third] = ary;
    if (!third) throw new Error('there are three');
    const { body } = await accord.get(path(third, '?asOf=2023-01-02'));
    expect(body).toMatchObject({
      sourceId: third.id,
      title: 'A report',
      publisher: 'ARY',
      counts: { ...NONE, overdue: 1 },
      counted: [{ statedOn: '2022-12-30', sources: [{ sourceId: third.id }] }],
      asOf: '2023-01-02',
      knownAt: null,
    });
    const silent = await buildSource(accord);
    expect((await accord.get(path(silent))).body).toMatchObject({ counts: NONE, counted: [] });
  });

  it('is gone with the source, and not there for whoever may not see it', async () => {
    const retracted = await buildSource(accord);
    await accord.retract(`/v1/sources/${retracted.id}`);
    expectProblem(await accord.get(path(retracted)), [410, 'retracted']);
    const [hidden, absent] = [
      await accord.get(path(secret)),
      await accord.get(`/v1/sources/${NOBODY}/track-record`),
    ];
    expectProblem(hidden, [404, 'not_found']);
    expect(hidden.text).toBe(absent.text);
    const seen = await accord.send('GET', path(secret), {}, 'editor');
    expect(seen.body.counts).toEqual({ ...NONE, pending: 1 });
  });

  it('follows what becomes of the merger', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const source = await buildSource(accord);
    await cite(source, await buildPrediction(accord, { mergerId }));
    const { id: milestoneId } = await announcementOf(accord, mergerId);
    await buildTransition(accord, { milestoneId, state: 'achieved', occurredOn: '2023-01-17' });
    const { body } = await accord.get(path(source, '?asOf=2023-01-17'));
    // Stated for the 9th to the 14th: 17 - 14 = 3 days late.
    expect(body.counted).toMatchObject([{ outcome: 'late', days: 3 }]);
    expect((await accord.get(path(source, '?asOf=2023-01-16'))).body.counts).toEqual({
      ...NONE,
      overdue: 1,
    });
  });
});
