import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';

/** The founding story, and what might have come after it: told through the API, asked as of each day. */
describe('the story goes on', () => {
  let accord: TestApp;
  let parts: any[];
  let milestones: any[];
  let mandate: any;
  let motion: any;

  const status = async (asOf: string): Promise<any> =>
    (await accord.get(`/v1/mergers/${STORY}/status?asOf=${asOf}`)).body;
  const stance = (participant: any, body: object): Promise<any> =>
    accord.record(`/v1/participants/${participant.id}/stances`, body);
  const milestone = (title: string): any => milestones.find((each) => each.title === title);

  beforeAll(async () => {
    accord = await startTestApp();
    await tellFoundingStory(accord.app.get(RecordsService));
    const { body: merger } = await accord.get(`/v1/mergers/${STORY}`);
    const of = async (resource: string) =>
      (await accord.get(`/v1/${resource}?mergerId=${merger.id}`)).body.data;
    parts = await of('participants');
    milestones = await of('milestones');
    [mandate] = await of('mandates');
    motion = (await of('motions')).find(
      ({ classification }: { classification: string }) => classification === 'merge',
    );
  });
  afterAll(() => accord.stop());

  it('lets Siddiqui decide on his mandate: MQM-P agrees', async () => {
    await stance(parts[0], {
      stance: 'agreed',
      occurredOn: '2023-01-02',
      basis: 'mandate',
      mandateId: mandate.id,
    });
    expect((await status('2023-01-01')).participants[0]).toMatchObject({
      stance: 'conditional',
      basis: 'motion',
    });
    const told = await status('2023-01-02');
    expect(told.participants[0]).toMatchObject({
      stance: 'agreed',
      since: '2023-01-02',
      basis: 'mandate',
      mandateId: mandate.id,
    });
    expect(told.phase.name).toBe('deciding');
    expect(told.needs.map(({ recordId }: { recordId: string }) => recordId)).not.toContain(
      parts[0].id,
    );
    // MQM-P has agreed, so five needs are four: PSP, Sattar, PSP's motion, the issues.
    expect(told.needs).toHaveLength(4);
  });

  it('lets PSP vote: its motion passes, it agrees and its milestone is achieved', async () => {
    const event = await accord.record('/v1/vote-events', {
      motionId: motion.id,
      endDate: '2023-01-05',
      complete: true,
      reportedCounts: [{ option: 'yes', value: 200, qualifier: 'about' }],
    });
    const told = await status('2023-01-05');
    expect(told.participants[1]).toMatchObject({
      stance: 'agreed',
      since: '2023-01-05',
      basis: 'motion',
      motionId: motion.id,
    });
    // About 200: a tenth less and more.
    const { body: tally } = await accord.get(`/v1/vote-events/${event.id}/tally?asOf=2023-01-05`);
    expect(tally.options.yes).toMatchObject({ lower: 180, upper: 220, named: 0, unnamed: 180 });
    expect(
      (await accord.get(`/v1/motions/${motion.id}/result?asOf=2023-01-05`)).body,
    ).toMatchObject({ outcome: 'pass' });
    expect(
      (await accord.get(`/v1/motions/${motion.id}/result?asOf=2023-01-04`)).body,
    ).toMatchObject({ outcome: 'undetermined' });
    // Talks, breakthrough and PSP's decision of four: 3 / 4 = 75 %.
    expect(told.progress).toMatchObject({ percent: 75, earned: 3, total: 4 });
    // All that is missing has an estimate now, but it is blocked: 5 January + 10, + 13, + 15.
    expect(told.announcement.forecast).toMatchObject({
      completeness: 'blocked',
      earliest: null,
      notBefore: '2023-01-15',
      missing: [],
    });
    expect(told.phase).toMatchObject({ name: 'deciding', flags: ['blocked'] });
  });

  it('lets Sattar agree: all have, and the issues are being resolved', async () => {
    await stance(parts[2], { stance: 'agreed', occurredOn: '2023-01-06', basis: 'statement' });
    const issues = milestone('The open issues are settled');
    await accord.record(`/v1/milestones/${issues.id}/transitions`, {
      state: 'in_progress',
      occurredOn: '2023-01-07',
      percent: 60,
    });
    expect((await status('2023-01-06')).phase).toMatchObject({
      name: 'resolving',
      flags: ['blocked'],
    });
    const told = await status('2023-01-07');
    expect(told.phase).toMatchObject({ name: 'resolving', flags: [] });
    // 1 + 1 + 1 + 0.6 of 4 = 90 %.
    expect(told.progress).toMatchObject({ percent: 90, earned: 3.6, total: 4 });
    // 40 % is left of 10, 13 and 15 days: 4, 5.2 rounded up to 6, and 6 days from the 7th.
    expect(told.announcement.forecast).toMatchObject({
      from: '2023-01-07',
      completeness: 'complete',
      earliest: '2023-01-11',
      likely: '2023-01-13',
      latest: '2023-01-13',
      notBefore: '2023-01-11',
    });
    expect(told.needs).toMatchObject([{ recordType: 'milestones', recordId: issues.id }]);
  });

  it('is ready once the issues are settled', async () => {
    const issues = milestone('The open issues are settled');
    await accord.record(`/v1/milestones/${issues.id}/transitions`, {
      state: 'achieved',
      occurredOn: '2023-01-10',
    });
    const told = await status('2023-01-10');
    expect(told.phase).toMatchObject({ name: 'ready', flags: [] });
    expect(told.progress.percent).toBe(100);
    expect(told.announcement.forecast).toMatchObject({
      completeness: 'complete',
      likely: '2023-01-10',
      criticalPath: [{}],
    });
  });

  it('hits the stated window when the announcement is made within it', async () => {
    const announcement = milestone('Joint press conference that announces the union');
    await accord.record(`/v1/milestones/${announcement.id}/transitions`, {
      state: 'achieved',
      occurredOn: '2023-01-12',
    });
    // ARY said Sunday, 1 January, twice over; the party 9 to 14 January; The News by the 15th.
    expect((await status('2023-01-11')).announcement.predictions).toMatchObject([
      { outcome: 'overdue' },
      { outcome: 'pending' },
      { outcome: 'overdue' },
      { outcome: 'pending' },
    ]);
    const told = await status('2023-01-12');
    expect(told.phase.name).toBe('announced');
    expect(told.announcement).toMatchObject({
      state: 'achieved',
      achievedOn: '2023-01-12',
      forecast: null,
      predictions: [
        { outcome: 'late', days: 11 }, // 12 - 1
        { outcome: 'hit', days: 0 },
        { outcome: 'late', days: 11 },
        { outcome: 'hit', days: 0 },
      ],
    });
    expect(told.needs).toEqual([]);
  });

  it('is completed when the succession is recorded, and no longer among the open ones', async () => {
    const { body: factions } = await accord.get('/v1/factions?classification=party&sort=name');
    const [mqm, psp] = factions.data;
    await accord.record(`/v1/mergers/${STORY}/succession`, {
      predecessorIds: [psp.id],
      successorId: mqm.id,
      kind: 'joined',
      date: '2023-01-12T15:00Z',
    });
    const told = await status('2023-01-13');
    expect(told.phase).toMatchObject({ name: 'completed', flags: [] });
    expect((await accord.get('/v1/status?asOf=2023-01-11')).body.data).toHaveLength(1);
    expect((await accord.get('/v1/status?asOf=2023-01-13')).body.data).toEqual([]);
  });

  it('tells each day as it was, whatever came after', async () => {
    const days = [
      '2022-12-27',
      '2022-12-28',
      '2023-01-06',
      '2023-01-10',
      '2023-01-12T14:59Z',
      '2023-01-12',
    ];
    const phases = [];
    for (const day of days) phases.push((await status(day)).phase.name);
    expect(phases).toEqual(['talking', 'deciding', 'resolving', 'ready', 'announced', 'completed']);
  });
});

describe('a quote', () => {
  it('leaves the timeline with the record that it is about', async () => {
    const accord = await startTestApp();
    await tellFoundingStory(accord.app.get(RecordsService));
    const quotes = async () => {
      const { body } = await accord.get(`/v1/mergers/${STORY}/timeline?limit=100`);
      return body.data.filter(({ kind }: { kind: string }) => kind === 'quote').length;
    };
    // Up to 1 January six, one of them about the mandate.
    expect(await quotes()).toBe(6);
    const { body: sources } = await accord.get('/v1/sources');
    const { body: meetings } = await accord.get('/v1/meetings?status=held');
    const { body: attendance } = await accord.get(`/v1/meetings/${meetings.data[0].id}/attendance`);
    const citation = {
      sourceId: sources.data[0].id,
      recordType: 'attendance',
      quote: 'He was there.',
    };
    await accord.record('/v1/citations', { ...citation, recordId: attendance.data[0].id });
    expect(await quotes()).toBe(7);
    const { body: mandates } = await accord.get('/v1/mandates');
    expect((await accord.retract(`/v1/mandates/${mandates.data[0].id}`)).status).toBe(204);
    expect(await quotes()).toBe(6);
    await accord.stop();
  });
});

describe('another story', () => {
  let accord: TestApp;
  beforeAll(async () => {
    accord = await startTestApp();
    await tellFoundingStory(accord.app.get(RecordsService));
  });
  afterAll(() => accord.stop());

  it('ends in collapse: the parties walk away, and the stated window is missed', async () => {
    const { body: merger } = await accord.get(`/v1/mergers/${STORY}`);
    const { body: participants } = await accord.get(`/v1/participants?mergerId=${merger.id}`);
    const [, psp, sattar] = participants.data;
    await accord.record(`/v1/participants/${psp.id}/stances`, {
      stance: 'declined',
      occurredOn: '2023-01-03',
    });
    const status = async (asOf: string) =>
      (await accord.get(`/v1/mergers/${STORY}/status?asOf=${asOf}`)).body;
    // MQM-P and Sattar are still two.
    expect((await status('2023-01-03')).phase.name).toBe('deciding');
    await accord.record(`/v1/participants/${sattar.id}/stances`, {
      stance: 'withdrawn',
      occurredOn: '2023-01-04',
    });
    expect((await status('2023-01-04')).phase).toMatchObject({ name: 'collapsed', flags: [] });
    await accord.patch(`/v1/mergers/${STORY}`, { outcome: 'collapsed', closedOn: '2023-01-05' });
    const told = await status('2023-01-05');
    expect(told).toMatchObject({
      merger: { outcome: 'collapsed', closedOn: '2023-01-05' },
      phase: { name: 'collapsed', flags: [] },
      announcement: { forecast: null, predictions: Array(4).fill({ outcome: 'missed' }) },
      blockers: [],
      needs: [],
    });
    expect((await accord.get('/v1/status?asOf=2023-01-05')).body.data).toEqual([]);
    expect((await status('2022-12-28')).phase.name).toBe('deciding');
  });
});
