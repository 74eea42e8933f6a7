import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { STORY } from '../../../prisma/story/story.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';

/** What ARY said of the announcement, three times in two days. */
const SUNDAY = { from: '2023-01-01', to: '2023-01-01' };
const NONE = { lower: 0, upper: 0, named: 0, unnamed: 0 };

describe('the founding story', () => {
  let accord: TestApp;
  const status = async (asOf: string): Promise<any> => {
    const answer = await accord.get(`/v1/mergers/${STORY}/status?asOf=${asOf}`);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  beforeAll(async () => {
    accord = await startTestApp();
    expect(await tellFoundingStory(accord.app.get(RecordsService))).toBe(true);
  });
  afterAll(() => accord.stop());

  it('is told once: a database that holds something hears no story', async () => {
    const before = (await accord.get('/v1/people?limit=100')).text;
    expect(await tellFoundingStory(accord.app.get(RecordsService))).toBe(false);
    expect((await accord.get('/v1/people?limit=100')).text).toBe(before);
  });

  it('stands at deciding when the committee has met, at the end of 28 December', async () => {
    const told = await status('2022-12-28');
    expect(told.merger).toMatchObject({
      slug: STORY,
      expectedKind: 'joined',
      startedOn: '2022-12',
    });
    expect(told.phase).toEqual({
      name: 'deciding',
      reason: 'MQM-P agrees on conditions, PSP has not decided and Farooq Sattar has not decided.',
      flags: [],
    });
    // Talks and breakthrough are achieved, PSP's decision and the issues are not: (1 + 1) / 4 = 50 %.
    expect(told.progress).toMatchObject({
      percent: 50,
      formula: 'weighted-milestones/1',
      earned: 2,
      total: 4,
      contributions: [
        {
          title: 'The governor speaks with Sattar, Kamal and Kaimkhani',
          state: 'achieved',
          weight: 1,
          earned: 1,
        },
        {
          title: 'The whole committee is brought into confidence',
          state: 'achieved',
          weight: 1,
          earned: 1,
        },
        { title: 'PSP decides', state: 'planned', weight: 1, earned: 0 },
        { title: 'The open issues are settled', state: 'planned', weight: 1, earned: 0 },
      ],
    });
    // Ten days for the issues when all goes well: 28 December + 10 = 7 January. Nobody knows how long PSP takes.
    expect(told.announcement).toMatchObject({
      state: 'planned',
      achievedOn: null,
      venue: 'Governor House',
      forecast: {
        from: '2022-12-28',
        completeness: 'incomplete',
        earliest: null,
        likely: null,
        latest: null,
        notBefore: '2023-01-07',
        missing: [{ title: 'PSP decides' }],
      },
      predictions: [],
    });
    expect(told.blockers).toEqual([]);
    expect(told.next.map(({ title }: { title: string }) => title)).toEqual([
      'PSP decides',
      'The open issues are settled',
    ]);
    expect(told.needs.map(({ text }: { text: string }) => text)).toEqual([
      'MQM-P agrees on conditions.',
      'PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.',
      'Farooq Sattar has not decided.',
      '“PSP decides” is planned.',
      '“The open issues are settled” is planned.',
    ]);
    expect(told).toMatchObject({ asOf: '2022-12-28', knownAt: null, version: expect.any(String) });
  });

  it('counts the committee by bounds and by channel: 31 or more, three by phone, nobody against', async () => {
    const told = await status('2022-12-28');
    const [mqm, psp, sattar, tessori] = told.participants;
    const [acceptance, delegation] = mqm.consensus;
    // At least 31 in all. Named are four in the room and three by phone: 4 + 3 = 7, and 31 - 7 = 24 unnamed.
    expect(acceptance.tally).toMatchObject({
      options: {
        yes: {
          lower: 31,
          upper: null,
          named: 7,
          unnamed: 24,
          channels: { in_person: { lower: 4, named: 4 }, phone: { lower: 3, named: 3 } },
        },
        no: NONE,
        abstain: NONE,
        absent: NONE,
        not_voting: NONE,
      },
      complete: true,
      contradicted: false,
    });
    expect(acceptance).toMatchObject({
      classification: 'accept_entry',
      result: { outcome: 'pass', date: '2022-12-28' },
    });
    expect(delegation).toMatchObject({
      classification: 'delegate_decision',
      result: { outcome: 'pass' },
    });
    const asked = acceptance.asked.map(
      ({ name, channel }: { name: string; channel: string }) => `${name}: ${channel}`,
    );
    expect(asked).toEqual([
      'Aamir Khan: phone',
      'Aminul Haque: phone',
      'Iqbal Muqaddam: phone',
      'Khalid Maqbool Siddiqui: in_person',
      'Khawaja Izharul Hassan: in_person',
      'Qadir Khanzada: in_person',
      'Waseem Akhtar: in_person',
    ]);
    expect(acceptance.notAsked).toEqual([]);
    // MQM-P would agree, but has left the decision to Siddiqui, who has not taken it.
    expect(mqm).toMatchObject({
      name: 'MQM-P',
      role: 'lead',
      stance: 'conditional',
      since: '2022-12-28',
      basis: 'motion',
    });
    expect(told.mandates).toMatchObject([
      {
        grantorName: 'Rabita Committee',
        holderName: 'Khalid Maqbool Siddiqui',
        startDate: '2022-12-28',
        endDate: null,
      },
    ]);
    expect(psp).toMatchObject({
      name: 'PSP',
      role: 'joining',
      stance: 'undecided',
      since: null,
      basis: null,
    });
    expect(sattar).toMatchObject({
      name: 'Farooq Sattar',
      role: 'joining',
      stance: 'undecided',
      consensus: null,
    });
    expect(tessori).toMatchObject({ name: 'Kamran Tessori', role: 'broker' });
  });

  it('changes nothing on 29 December but the day from which the forecast counts, and what ARY says of Sunday', async () => {
    const [before, after] = [await status('2022-12-28'), await status('2022-12-29')];
    // 29 December + 10 = 8 January.
    expect(after.announcement.forecast).toMatchObject({
      from: '2022-12-29',
      notBefore: '2023-01-08',
    });
    expect(after.announcement.predictions).toMatchObject([{ ...SUNDAY, outcome: 'pending' }]);
    for (const part of [
      'merger',
      'phase',
      'progress',
      'participants',
      'mandates',
      'blockers',
      'next',
      'needs',
    ]) {
      expect(after[part]).toEqual(before[part]);
    }
  });

  it('knows on 31 December what was reported on the 30th and the 31st', async () => {
    const told = await status('2022-12-31');
    expect(told.phase).toMatchObject({ name: 'deciding', flags: ['blocked'] });
    expect(told.progress.percent).toBe(50);
    // 30 December + 10 = 9 January, + 15 = 14 January, as stated; our own, from today: 31 December + 10 = 10 January.
    expect(told.announcement).toMatchObject({
      predictions: [
        { ...SUNDAY, statedOn: '2022-12-29' },
        {
          from: '2023-01-09',
          to: '2023-01-14',
          outcome: 'pending',
          days: null,
          statedOn: '2022-12-30',
          statedBy: 'a source in the party',
        },
        { ...SUNDAY, statedOn: '2022-12-30', statedBy: 'a source of ARY' },
      ],
      forecast: { from: '2022-12-31', completeness: 'incomplete', notBefore: '2023-01-10' },
    });
    expect(told.blockers).toMatchObject([
      {
        title: 'The open issues are settled',
        since: '2022-12-30',
        note: 'Several issues between the factions have to be settled before there can be a joint press conference.',
      },
    ]);
    expect(
      told.needs.map(
        ({ recordType, text }: { recordType: string; text: string }) => `${recordType}: ${text}`,
      ),
    ).toEqual([
      'participants: MQM-P agrees on conditions.',
      'participants: PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.',
      'participants: Farooq Sattar is exploring the union.',
      'motions: The motion “To join the reunited party” of PSP is undetermined: a vote on the motion: none has been taken so far.',
      'milestones: “The open issues are settled” is blocked: Several issues between the factions have to be settled before there can be a joint press conference.',
    ]);
  });

  it('has its whole timeline', async () => {
    const { body } = await accord.get(`/v1/mergers/${STORY}/timeline?limit=100&asOf=2022-12-31`);
    const lines = body.data.map(
      ({ date, kind, value, standing }: Readonly<Record<string, string | null>>) =>
        `${date} ${kind} ${value ?? '-'}, ${standing}`,
    );
    expect(lines).toEqual([
      '2022-12 transition achieved, reported',
      '2022-12-20 quote supports, reported',
      '2022-12-20 quote supports, reported',
      '2022-12-28 meeting held, corroborated',
      '2022-12-28 result pass, reported',
      '2022-12-28 implied_transition achieved, reported',
      '2022-12-28 result pass, reported',
      '2022-12-28 mandate_granted -, reported',
      '2022-12-29 prediction -, reported',
      '2022-12-29 quote supports, reported',
      '2022-12-30 quote supports, reported',
      '2022-12-30 transition blocked, reported',
      '2022-12-30 prediction -, reported',
      '2022-12-30 prediction -, reported',
      '2022-12-31 quote supports, reported',
      '2022-12-31 stance exploring, confirmed',
      '2022-12-31 quote supports, reported',
    ]);
    expect(body.data[3].text).toBe(
      '“Rabita Committee at the Governor House” was held at Governor House, hosted by Rabita Committee, with at least 31 present.',
    );
    expect(body.data[10].text).toContain('The party has full confidence in Siddiqui.');
    expect(body.page.next).toBeNull();
  });

  it.each([
    ['Tesori', 'people', 'Kamran Tessori'],
    ['Tessor', 'people', 'Kamran Tessori'],
    ['کامران ٹیسوری', 'people', 'Kamran Tessori'],
    ['کامران خان ٹیسوری', 'people', 'Kamran Tessori'],
    ['Kamran Khan Tesuri', 'people', 'Kamran Tessori'],
    ['KaimKhan', 'people', 'Anis Kaimkhani'],
    ['Rabta committee', 'factions', 'Rabita Committee'],
    ['MQM Bahali Committee', 'factions', 'MQM Restoration Committee'],
    ['MQM-RC', 'factions', 'MQM Restoration Committee'],
    ['Pak Sar Zameen Party', 'factions', 'PSP'],
    ['Sarzamin', 'factions', 'PSP'],
    ['Sarzameen', 'factions', 'PSP'],
    ['League (Coordination) Committee', 'factions', 'Rabita Committee'],
    ['MQM unificaton', 'mergers', 'Unification of the MQM factions'],
  ])('finds by %s what is meant', async (q, resource, name) => {
    const { body } = await accord.get(`/v1/${resource}?q=${encodeURIComponent(q)}`);
    expect(body.data[0].name ?? body.data[0].title).toBe(name);
  });

  it('stores no identity of an unnamed source, and knows that the text is a copy', async () => {
    const { body: cited } = await accord.get('/v1/citations?limit=100');
    const labels = new Set<string>();
    for (const citation of cited.data) {
      if (citation.speakerLabel === null) continue;
      expect(citation).toMatchObject({ speakerId: null, onRecord: false });
      labels.add(citation.speakerLabel);
    }
    expect(labels).toEqual(new Set(['sources', 'a source in the party']));
    const { body: sources } = await accord.get('/v1/sources?publishedOn=2022-12-30');
    const [original, copy] = sources.data;
    expect(copy.derivedFromId).toBe(original.id);
    expect(original).toMatchObject({ publisher: 'Pakistan Today', derivedFromId: null });
  });
});
