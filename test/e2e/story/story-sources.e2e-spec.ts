/** What the founding story rests on: who says what, how well each claim stands, what was known when, and who was right. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
});
afterAll(() => accord.stop());

const status = async (query: string): Promise<any> =>
  (await accord.get(`/v1/mergers/${STORY}/status?${query}`)).body;
const all = async (path: string): Promise<any[]> =>
  (await accord.get(`/v1/${path}${path.includes('?') ? '&' : '?'}limit=100`)).body.data;
const standing = async (path: string, query = ''): Promise<any> =>
  (await accord.get(`/v1/${path}/standing?${query}`)).body;
const publishersOf = (roots: any[]): string[][] =>
  roots.map(({ sources }) => sources.map(({ publisher }: { publisher: string }) => publisher));
const named = async (resource: string, name: string): Promise<any> =>
  (await all(resource)).find((one) => (one.name ?? one.title) === name);
const memberAs = async (name: string, role: string): Promise<any> => {
  const { id } = await named('people', name);
  return (await all(`members?personId=${String(id)}`)).find((one) => one.role === role);
};

describe('the claims of the founding story', () => {
  it('stand by their roots: the copy and ARY’s second report add none', async () => {
    const meeting = await named('meetings', 'Rabita Committee at the Governor House');
    const told = await standing(`meetings/${String(meeting.id)}`);
    // ARY by itself; Pakistan Today with the copy of it: two roots.
    expect(told.standing).toBe('corroborated');
    expect(publishersOf(told.supporting)).toEqual([
      ['ARY'],
      ['Pakistan Today', 'edpblog.mraalionline.com'],
    ]);
    const [mandate] = await all('mandates');
    expect(await standing(`mandates/${String(mandate.id)}`)).toMatchObject({
      standing: 'reported',
    });
    const [sunday] = await all('predictions');
    const said = await standing(`predictions/${String(sunday.id)}`);
    expect(said.standing).toBe('reported');
    expect(publishersOf(said.supporting)).toEqual([['ARY', 'ARY']]);
  });

  it('keep both conveners: ARY’s is disputed, and Siddiqui’s stands beside it', async () => {
    const sattar = await memberAs('Farooq Sattar', 'convener');
    const siddiqui = await memberAs('Khalid Maqbool Siddiqui', 'convener');
    expect(sattar.factionId).toBe(siddiqui.factionId);
    const disputed = await standing(`members/${String(sattar.id)}`);
    expect(disputed).toMatchObject({
      standing: 'disputed',
      disputing: [{ independent: true }],
      fields: [{ field: 'role', standing: 'disputed' }],
    });
    expect(publishersOf(disputed.supporting)).toEqual([['ARY']]);
    expect(publishersOf(disputed.disputing)).toEqual([['Pakistan Today']]);
    expect((await standing(`members/${String(siddiqui.id)}`)).standing).toBe('reported');
  });

  it('are confirmed by whom they are about, on the record', async () => {
    const parts = await all('participants');
    const sattar = parts.find(({ personId, role }) => personId !== null && role === 'joining');
    const path = `participants/${String(sattar.id)}`;
    // The News spoke of him on the 20th; on the 29th he spoke himself.
    expect((await standing(path, 'asOf=2022-12-28')).standing).toBe('reported');
    expect((await standing(path, 'asOf=2022-12-29')).standing).toBe('confirmed');
    const [stance] = await all(`${path}/stances`);
    expect((await standing(`stances/${String(stance.id)}`)).standing).toBe('confirmed');
  });

  it('are counted by their standing, day by day', async () => {
    const none = { disputed: 0, confirmed: 0, corroborated: 0, reported: 0, unsourced: 0 };
    // The News: merger and four participants. ARY: the meeting, and that Siddiqui was there. 5 + 2 = 7 of the 40 that had
    // begun: merger 1, participants 4, milestones 5, the transition of December 1, meetings 2, attendance 8, motions 2, vote
    // events 2, votes 14, mandate 1.
    expect((await status('asOf=2022-12-28')).sourcing).toEqual({
      ...none,
      reported: 7,
      unsourced: 33,
    });
    // With the 30th everything has a source: 40 and PSP's motion, the block and three predictions are 45. Sattar has
    // spoken, and two roots tell of the merger, the three other participants, the meeting, and that Siddiqui was there.
    expect((await status('asOf=2022-12-30')).sourcing).toEqual({
      ...none,
      confirmed: 1,
      corroborated: 6,
      reported: 38,
    });
    // On the 31st Sattar's stance.
    expect((await status('asOf=2022-12-31')).sourcing).toMatchObject({
      confirmed: 2,
      reported: 38,
    });
  });

  it('say in the timeline and in the counts what each record’s own standing says', async () => {
    const { body } = await accord.get(`/v1/mergers/${STORY}/timeline?limit=100`);
    for (const entry of body.data) {
      const told = await standing(`${String(entry.recordType)}/${String(entry.recordId)}`);
      expect([entry.text, entry.standing]).toEqual([entry.text, told.standing]);
    }
    const counted: Record<string, number> = {};
    for (const path of await claims()) {
      const { standing: word } = await standing(path);
      counted[word] = (counted[word] ?? 0) + 1;
    }
    const { sourcing } = await status('asOf=2023-01-01');
    expect(sourcing).toMatchObject(counted);
    expect(sumOf(sourcing)).toBe(sumOf(counted));
  });

  async function claims(): Promise<string[]> {
    const paths = [`mergers/${STORY}`];
    const lists = ['participants', 'milestones', 'meetings', 'motions', 'vote-events', 'votes'];
    for (const list of [...lists, 'mandates', 'predictions'])
      paths.push(...(await all(list)).map(({ id }) => `${list}/${String(id)}`));
    for (const [above, segment, short] of [
      ['participants', 'stances', 'stances'],
      ['milestones', 'transitions', 'transitions'],
      ['meetings', 'attendance', 'attendance'],
    ] as const)
      for (const { id } of await all(above))
        paths.push(
          ...(await all(`${above}/${String(id)}/${segment}`)).map(
            (one) => `${short}/${String(one.id)}`,
          ),
        );
    return paths;
  }
});

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('what was known', () => {
  it('on 29 December was talk, a meeting and a Sunday', async () => {
    const known = await status('knownAt=2022-12-29');
    expect(known).toMatchObject({
      phase: { name: 'talking' },
      progress: { percent: null },
      mandates: [],
      announcement: { predictions: [{ from: '2023-01-01', to: '2023-01-01', outcome: 'pending' }] },
      knownAt: '2022-12-29',
    });
    const meeting = await named('meetings', 'Rabita Committee at the Governor House');
    const read = async (day: string): Promise<any> =>
      (await accord.get(`/v1/meetings/${String(meeting.id)}?knownAt=${day}`)).body;
    expect(await read('2022-12-29')).toMatchObject({ version: 1, reportedAttendance: null });
    expect(await read('2022-12-30')).toMatchObject({
      version: 2,
      reportedAttendance: { value: 31, qualifier: 'at_least' },
    });
    expect((await accord.get(`/v1/mergers/${STORY}/status?knownAt=2022-12-19`)).status).toBe(404);
  });

  it('on 30 December was the decision, and on the 31st that Sattar goes along', async () => {
    const [then, later] = [await status('knownAt=2022-12-30'), await status('knownAt=2022-12-31')];
    const reason = (sattar: string): string =>
      `MQM-P agrees on conditions, PSP has not decided and Farooq Sattar ${sattar}.`;
    expect(then.phase).toEqual({
      name: 'deciding',
      reason: reason('has not decided'),
      flags: ['blocked'],
    });
    expect(later.phase.reason).toBe(reason('is exploring the union'));
    expect(then.mandates).toMatchObject([{ holderName: 'Khalid Maqbool Siddiqui' }]);
    const windows = then.announcement.predictions.map(({ from, to }: any) => `${from} ${to}`);
    expect(windows).toEqual([
      '2023-01-01 2023-01-01',
      '2023-01-09 2023-01-14',
      '2023-01-01 2023-01-01',
    ]);
    expect(then.sourcing).toMatchObject({ confirmed: 1, corroborated: 6, reported: 38 });
  });

  it('about 28 December was little on the 29th, and on the 30th what the committee had decided', async () => {
    const before = await status('asOf=2022-12-28&knownAt=2022-12-29');
    const after = await status('asOf=2022-12-28&knownAt=2022-12-30');
    expect(before.phase.name).toBe('talking');
    expect(after.phase).toMatchObject({ name: 'deciding', flags: [] });
    expect(after).toEqual({
      ...(await status('asOf=2022-12-28')),
      knownAt: '2022-12-30',
      version: after.version,
    });
  });
});

describe('who was right', () => {
  it('is told by 2 January: the window that ARY stated three times has passed, once', async () => {
    const { body } = await accord.get('/v1/track-records?asOf=2023-01-02');
    const none = { pending: 0, overdue: 0, hit: 0, early: 0, late: 0, missed: 0 };
    expect(body.data.map(({ publisher, counts }: any) => [publisher, counts])).toEqual([
      ['ARY', { ...none, overdue: 1 }],
      ['edpblog.mraalionline.com', { ...none, pending: 1 }],
      ['Pakistan Today', { ...none, pending: 1 }],
      ['The News', { ...none, pending: 1 }],
    ]);
    const [ary] = body.data;
    expect(ary.counted).toMatchObject([{ from: '2023-01-01', statedOn: '2022-12-29' }]);
    expect(ary.counted[0].predictionIds).toHaveLength(2);
    expect(ary.counted[0].sources).toHaveLength(3);
    const sunday = await accord.get('/v1/track-records?publisher=ary&asOf=2023-01-01');
    expect(sunday.body.data[0].counts).toEqual({ ...none, pending: 1 });
  });
});
