/** What changed in a merger between two times, by both clocks. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { NOBODY } from '../../support/factories.js';
import { expectProblem } from '../../support/refusals.js';
import { scribeOf, type Scribe } from '../../support/scribe.js';

let accord: TestApp;
let scribe: Scribe;
let merger: string;
let participant: string;
beforeAll(async () => {
  accord = await startTestApp();
  accord.setNow('2023-02-01T00:00:00Z');
  scribe = scribeOf(accord);
  merger = await scribe.create('2022-12-28T10:00:00Z', 'mergers', { title: 'The union' });
  const factionId = await scribe.create('2022-12-28T10:00:00Z', 'factions', {
    name: 'PSP',
    classification: 'party',
  });
  participant = await scribe.create('2022-12-28T11:00:00Z', 'participants', {
    mergerId: merger,
    factionId,
    role: 'joining',
  });
  // Of the 28th, and learned on the 30th.
  await scribe.create('2022-12-30T10:00:00Z', 'stances', {
    participantId: participant,
    stance: 'agreed',
    occurredOn: '2022-12-28',
  });
  await scribe.create('2023-01-05T10:00:00Z', 'stances', {
    participantId: participant,
    stance: 'withdrawn',
    occurredOn: '2023-01-04',
  });
});
afterAll(() => accord.stop());

const diff = (query: string, key = merger): Promise<Answer> =>
  accord.get(`/v1/mergers/${key}/status/diff?${query}`);
const stanceIn = ({ body }: Answer): any =>
  body.changes.find(({ path }: any) => path === `/participants/${participant}/stance`) ?? null;

describe('the difference by asOf', () => {
  it('is what changed in the world, by what is known now or was known then', async () => {
    const answer = await diff('clock=asOf&from=2022-12-27&to=2022-12-28');
    expect(answer.body).toMatchObject({
      mergerId: merger,
      clock: 'asOf',
      from: '2022-12-27',
      to: '2022-12-28',
      asOf: null,
      knownAt: null,
    });
    expect(stanceIn(answer)).toEqual({
      kind: 'changed',
      path: `/participants/${participant}/stance`,
      recordType: 'participants',
      recordId: participant,
      name: 'PSP',
      from: 'undecided',
      to: 'agreed',
      text: 'PSP has agreed; before, the stance was undecided.',
    });
    expect(
      stanceIn(await diff('clock=asOf&from=2022-12-27&to=2022-12-28&knownAt=2022-12-29')),
    ).toBeNull();
  });

  it('goes to now where no end is given', async () => {
    expect(stanceIn(await diff('clock=asOf&from=2022-12-29'))).toMatchObject({
      from: 'agreed',
      to: 'withdrawn',
    });
    expect((await diff('clock=asOf&from=2023-02-01T00:00Z')).body.changes).toEqual([]);
  });

  it('is the difference of the two statuses, to the last leaf', async () => {
    const { body } = await diff('clock=asOf&from=2022-12-27&to=2023-01-04');
    const at = async (day: string): Promise<any> =>
      (await accord.get(`/v1/mergers/${merger}/status?asOf=${day}`)).body;
    const [before, after] = [await at('2022-12-27'), await at('2023-01-04')];
    expect(body.changes).toContainEqual(
      expect.objectContaining({
        path: '/phase/name',
        from: before.phase.name,
        to: after.phase.name,
      }),
    );
    const paths = body.changes.map(({ path }: any) => path.split('/')[1]);
    for (const part of Object.keys(after)) {
      if (['asOf', 'knownAt', 'version'].includes(part)) continue;
      const isSame = JSON.stringify(before[part]) === JSON.stringify(after[part]);
      expect([part, paths.includes(part)]).toEqual([part, !isSame]);
    }
  });
});

describe('the difference by knownAt', () => {
  it('is what we learned, of all or of one day', async () => {
    expect(stanceIn(await diff('clock=knownAt&from=2022-12-29&to=2022-12-30'))).toMatchObject({
      from: 'undecided',
      to: 'agreed',
    });
    // What did we believe of the 28th on the 30th, and what do we now?
    expect(stanceIn(await diff('clock=knownAt&from=2022-12-30&asOf=2022-12-28'))).toBeNull();
    expect(stanceIn(await diff('clock=knownAt&from=2022-12-29&asOf=2022-12-28'))).toMatchObject({
      from: 'undecided',
      to: 'agreed',
    });
  });

  it('begins with nothing where the merger was not known yet', async () => {
    const { body } = await diff('clock=knownAt&from=2022-12-27&to=2022-12-28');
    expect(body.changes.map(({ kind, path, from }: any) => [kind, path, from])).toContainEqual([
      'added',
      '/phase',
      null,
    ]);
    expect(new Set(body.changes.map(({ kind }: any) => kind))).toEqual(new Set(['added']));
    expectProblem(await diff('clock=knownAt&from=2022-12-26&to=2022-12-27'), [404, 'not_found']);
  });

  it('to a reader begins with nothing where the merger was held back, and ends with nothing where it is', async () => {
    const id = await scribe.create('2022-12-28T10:00:00Z', 'mergers', {
      title: 'A secret',
      visibility: 'draft',
    });
    await scribe.patch('2022-12-30T10:00:00Z', 'mergers', id, { visibility: 'public' });
    const known = await diff('clock=knownAt&from=2022-12-29&to=2022-12-30', id);
    expect(known.body.changes[0]).toMatchObject({ kind: 'added', path: '/merger' });
    expectProblem(await diff('clock=knownAt&from=2022-12-28&to=2022-12-29', id), [
      404,
      'not_found',
    ]);
    const asEditor = await accord.send(
      'GET',
      `/v1/mergers/${id}/status/diff?clock=knownAt&from=2022-12-29&to=2022-12-30&asOf=2023`,
      {},
      'editor',
    );
    expect(asEditor.body.changes).toEqual([]);
    await scribe.patch('2023-01-02T10:00:00Z', 'mergers', id, { visibility: 'draft' });
    for (const path of [
      'diff?clock=knownAt&from=2022-12-29',
      'history?clock=knownAt',
      'history?clock=asOf',
      'history?clock=knownAt&cursor=x',
    ]) {
      const hidden = await accord.get(`/v1/mergers/${id}/status/${path}`);
      const absent = await accord.get(`/v1/mergers/${NOBODY}/status/${path}`);
      expectProblem(hidden, [404, 'not_found']);
      expect(hidden.text).toBe(absent.text);
    }
  });

  it('removes everything where the merger was taken back, and answers 410 of nothing but that', async () => {
    const id = await scribe.create('2022-12-28T10:00:00Z', 'mergers', { title: 'A mistake' });
    await scribe.retract('2022-12-30T10:00:00Z', 'mergers', id);
    const { body } = await diff('clock=knownAt&from=2022-12-29', id);
    expect(body.mergerId).toBe(id);
    expect(new Set(body.changes.map(({ kind }: any) => kind))).toEqual(new Set(['removed']));
    expectProblem(await diff('clock=knownAt&from=2022-12-31', id), [410, 'retracted']);
    expectProblem(await diff('clock=asOf&from=2022-12-29', id), [410, 'retracted']);
    const points = (await accord.get(`/v1/mergers/${id}/status/history?clock=knownAt`)).body.data;
    expect(points.map(({ at, phase }: any) => [at, phase?.name ?? null])).toEqual([
      ['2022-12-28T10:00:00.000Z', 'proposed'],
      ['2022-12-30T10:00:00.000Z', null],
    ]);
    await scribe.restore('2023-01-02T10:00:00Z', 'mergers', id);
    expect((await diff('clock=knownAt&from=2022-12-31', id)).body.changes[0]).toMatchObject({
      kind: 'added',
    });
  });
});

describe('what is asked', () => {
  it.each([
    ['from=2022', '?clock'],
    ['clock=now&from=2022', '?clock'],
    ['clock=asOf', '?from'],
    ['clock=asOf&from=yesterday', '?from'],
    ['clock=asOf&from=2022-12-30&to=2022-12-29', '?from'],
    ['clock=asOf&from=2022&asOf=2022', '?asOf'],
    ['clock=knownAt&from=2022&knownAt=2022', '?knownAt'],
    ['clock=knownAt&from=2022&limit=5', '?limit'],
  ])('refuses %s', async (query, pointer) => {
    expectProblem(await diff(query), [400, 'validation_failed', pointer]);
  });

  it('may leave out the beginning of a history, not the clock', async () => {
    const history = (query: string): Promise<Answer> =>
      accord.get(`/v1/mergers/${merger}/status/history?${query}`);
    expect((await history('clock=asOf')).status).toBe(200);
    expectProblem(await history(''), [400, 'validation_failed', '?clock']);
    expectProblem(await history('clock=asOf&limit=101'), [400, 'validation_failed', '?limit']);
    expectProblem(await history('clock=asOf&cursor=nonsense'), [400, 'invalid_cursor']);
  });
});
