import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  announcementOf,
  buildAttendance,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildSource,
  buildStance,
  buildSuccession,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, expectRefusal, type Refusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const headers = { 'if-match': '*', 'x-reason': 'it was right after all' };
const restore = (path: string): Promise<Answer> =>
  accord.send('POST', `${path}/restorations`, { headers }, 'editor');
const revert = (path: string, version: number): Promise<Answer> =>
  accord.send('POST', `${path}/reverts`, { headers, body: { version } }, 'editor');

/** A record that was retracted, and its address. */
async function retracted(type: string, made: Promise<Stored>): Promise<string> {
  const path = `/v1/${type}/${(await made).id}`;
  expect((await accord.retract(path)).status).toBe(204);
  return path;
}

describe('restoring a record', () => {
  it('begins at the root: what it names must be there again', async () => {
    const person = await buildPerson(accord);
    const faction = await buildFaction(accord);
    const ids = { personId: person.id, factionId: faction.id };
    const member = await retracted('members', buildMember(accord, ids));
    await accord.retract(`/v1/people/${person.id}`);
    await accord.retract(`/v1/factions/${faction.id}`);
    for (const [path, pointer] of [
      [`/v1/people/${person.id}`, '/personId'],
      [`/v1/factions/${faction.id}`, '/factionId'],
    ] as const) {
      const early = () => restore(member);
      await expectRefusal(accord, early, [422, 'reference_retracted', pointer]);
      expect((await restore(path)).status).toBe(200);
    }
    expect((await restore(member)).status).toBe(200);
  });

  it('asks also for what it could do without, and for what a citation is about', async () => {
    const parent = await buildFaction(accord);
    const committee = await retracted('factions', buildFaction(accord, { parentId: parent.id }));
    await accord.retract(`/v1/factions/${parent.id}`);
    const orphan = () => restore(committee);
    await expectRefusal(accord, orphan, [422, 'reference_retracted', '/parentId']);
    const about = await buildPerson(accord);
    const cited = { recordType: 'people', recordId: about.id };
    const citation = await retracted('citations', buildCitation(accord, cited));
    await accord.retract(`/v1/people/${about.id}`);
    const pointless = () => restore(citation);
    await expectRefusal(accord, pointless, [422, 'reference_retracted', '/recordId']);
  });

  it('is refused when another one has taken its place', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    const personId = (await buildPerson(accord)).id;
    const meetingId = (await buildMeeting(accord)).id;
    const cases: readonly (readonly [string, () => Promise<Stored>, Refusal])[] = [
      [
        'participants',
        () => buildParticipant(accord, { mergerId, factionId }),
        [409, 'participant_exists', '/factionId'],
      ],
      [
        'members',
        () => buildMember(accord, { personId, factionId }),
        [422, 'membership_overlaps', '/startDate'],
      ],
      [
        'attendance',
        () => buildAttendance(accord, { meetingId, personId }),
        [409, 'attendance_exists', '/personId'],
      ],
      ['successions', () => buildSuccession(accord, { mergerId }), [409, 'succession_exists']],
    ];
    for (const [type, make, refusal] of cases) {
      const path = await retracted(type, make());
      const other = await make();
      const late = () => restore(path);
      await expectRefusal(accord, late, refusal);
      await accord.retract(`/v1/${type}/${other.id}`);
      expect((await restore(path)).status).toBe(200);
    }
  });

  it('asks the rules again, by what is on record now', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const grantorFactionId = (await buildFaction(accord)).id;
    const participant = await buildParticipant(accord, { mergerId, factionId: grantorFactionId });
    const mandate = await buildMandate(accord, { mergerId, grantorFactionId });
    const ground = { basis: 'mandate', mandateId: mandate.id, occurredOn: '2022-12-30' };
    const stance = { participantId: participant.id, stance: 'agreed', ...ground };
    const path = await retracted('stances', buildStance(accord, stance));
    await accord.patch(`/v1/mandates/${mandate.id}`, { revokedOn: '2022-12-29' });
    await expectRefusal(accord, () => restore(path), [422, 'mandate_not_in_force']);
    await accord.patch(`/v1/mandates/${mandate.id}`, { revokedOn: null });
    expect((await restore(path)).status).toBe(200);
    expect((await accord.get(`/v1/mergers/${mergerId}/status`)).body.participants).toMatchObject([
      { stance: 'agreed' },
    ]);
  });

  it('takes one side when what it names is retracted at the same moment', async () => {
    const source = await buildSource(accord);
    const path = await retracted('citations', buildCitation(accord, { sourceId: source.id }));
    const [back, gone] = await Promise.all([
      restore(path),
      accord.retract(`/v1/sources/${source.id}`),
    ]);
    expect([
      [200, 409],
      [422, 204],
    ]).toContainEqual([back.status, gone.status]);
  });
});

describe('a merger that is restored', () => {
  it('comes back with the announcement that went along, as it was', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const plan = { venue: 'Governor House', dueTo: '2023-01-12' };
    await accord.patch(`/v1/milestones/${announcement.id}`, plan);
    const path = await retracted('mergers', Promise.resolve(merger));
    const alone = () => restore(`/v1/milestones/${announcement.id}`);
    await expectRefusal(accord, alone, [422, 'reference_retracted', '/mergerId']);
    expect((await restore(path)).status).toBe(200);
    const { body } = await accord.get(`/v1/milestones/${announcement.id}`);
    expect(body).toMatchObject({ ...plan, version: 4 });
    const history = await accord.send(
      'GET',
      `/v1/milestones/${announcement.id}/revisions?limit=1`,
      {},
      'editor',
    );
    const [last] = history.body.data;
    expect(last).toMatchObject({ operation: 'restore', reason: headers['x-reason'] });
    expect((await accord.get(`${path}/status`)).status).toBe(200);
    // And once more: there is still one announcement.
    await accord.retract(path);
    expect((await restore(path)).status).toBe(200);
    expect((await announcementOf(accord, merger.id)).id).toBe(announcement.id);
  });

  it('stays where it is while its announcement names what is retracted: both or none', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const meeting = await buildMeeting(accord);
    const plan = { satisfiedBy: { meetingId: meeting.id } };
    await accord.patch(`/v1/milestones/${announcement.id}`, plan);
    const path = await retracted('mergers', Promise.resolve(merger));
    await accord.retract(`/v1/meetings/${meeting.id}`);
    const refusal = [422, 'reference_retracted', '/satisfiedBy/meetingId'] as const;
    await expectRefusal(accord, () => restore(path), refusal);
    expectProblem(await accord.get(path), [410, 'retracted']);
    await restore(`/v1/meetings/${meeting.id}`);
    expect((await restore(path)).status).toBe(200);
  });
});

describe('taking a record back to a version', () => {
  it('brings back lists and objects as they were, whole', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const motionId = (await buildMotion(accord, { mergerId })).id;
    const meetingId = (await buildMeeting(accord, { mergerId })).id;
    const other = await buildMilestone(accord, { mergerId });
    const milestone = await buildMilestone(accord, {
      mergerId,
      dependsOn: [other.id],
      estimate: { optimisticDays: 1, likelyDays: 2, pessimisticDays: 3 },
      satisfiedBy: { motionId },
    });
    const path = `/v1/milestones/${milestone.id}`;
    const satisfiedBy = { motionId: null, meetingId };
    await accord.patch(path, { dependsOn: [], estimate: null, satisfiedBy, weight: 7 });
    const { body } = await revert(path, 1);
    expect(body).toEqual({ ...milestone, version: 3, updatedAt: expect.any(String) });
    const { body: forth } = await revert(path, 2);
    expect(forth).toMatchObject({
      dependsOn: [],
      estimate: null,
      satisfiedBy: { meetingId },
      weight: 7,
    });
  });

  it('takes the content of a version at which the record was retracted, not the retraction', async () => {
    const { id } = await buildPerson(accord, { name: 'A' });
    const path = `/v1/people/${id}`;
    await accord.retract(path);
    await restore(path);
    await accord.patch(path, { name: 'B' });
    expect((await revert(path, 2)).body).toMatchObject({ name: 'A', version: 5 });
    expect((await accord.get(path)).status).toBe(200);
  });

  it('asks about what it names as a patch does: what is there again, not what was retracted since', async () => {
    const [gone, kept] = [await buildFaction(accord), await buildFaction(accord)];
    const committee = await buildFaction(accord, { parentId: gone.id });
    const path = `/v1/factions/${committee.id}`;
    await accord.patch(path, { parentId: kept.id });
    await accord.retract(`/v1/factions/${gone.id}`);
    await expectRefusal(accord, () => revert(path, 1), [422, 'reference_retracted', '/parentId']);
    await restore(`/v1/factions/${gone.id}`);
    expect((await revert(path, 1)).body).toMatchObject({ parentId: gone.id });
  });

  it('asks the rules and what is unique as a patch does', async () => {
    const person = await buildPerson(accord, { name: 'A', slug: 'first-slug' });
    const path = `/v1/people/${person.id}`;
    await accord.patch(path, { slug: 'second-slug' });
    await buildPerson(accord, { name: 'B', slug: 'first-slug' });
    await expectRefusal(accord, () => revert(path, 1), [409, 'slug_taken', '/slug']);
    const personId = person.id;
    const factionId = (await buildFaction(accord)).id;
    const early = await buildMember(accord, { personId, factionId, endDate: '2020' });
    await accord.patch(`/v1/members/${early.id}`, { endDate: '2018' });
    await buildMember(accord, { personId, factionId, startDate: '2019' });
    const overlapping = () => revert(`/v1/members/${early.id}`, 1);
    await expectRefusal(accord, overlapping, [422, 'membership_overlaps', '/startDate']);
    const talks = await buildMilestone(accord, { classification: 'talks' });
    const announced = await announcementOf(accord, String(talks['mergerId']));
    const circle = { dependsOn: [talks.id] };
    await accord.patch(`/v1/milestones/${announced.id}`, circle);
    await accord.patch(`/v1/milestones/${announced.id}`, { dependsOn: [] });
    await accord.patch(`/v1/milestones/${talks.id}`, { dependsOn: [announced.id] });
    const round = () => revert(`/v1/milestones/${announced.id}`, 2);
    await expectRefusal(accord, round, [422, 'cycle', '/dependsOn']);
  });

  it('asks the rules of what is on record now', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const grantorFactionId = (await buildFaction(accord)).id;
    const participant = await buildParticipant(accord, { mergerId, factionId: grantorFactionId });
    const mandate = await buildMandate(accord, { mergerId, grantorFactionId });
    const ground = { basis: 'mandate', mandateId: mandate.id, occurredOn: '2022-12-30' };
    const stance = await buildStance(accord, { participantId: participant.id, ...ground });
    const path = `/v1/stances/${stance.id}`;
    await accord.patch(path, { basis: 'statement', mandateId: null });
    await accord.patch(`/v1/mandates/${mandate.id}`, { revokedOn: '2022-12-29' });
    await expectRefusal(accord, () => revert(path, 1), [422, 'mandate_not_in_force']);
  });

  it.each<readonly [string, Fields, Fields]>([
    ['a draft', { visibility: 'draft' }, { visibility: 'public' }],
    ['embargoed', { embargoUntil: '2031' }, { embargoUntil: null }],
    ['confidential', { confidential: true }, { confidential: false }],
  ])('neither hides nor publishes a source that was %s', async (_, held, open) => {
    const shown = await record(accord, '/v1/sources', { title: 'A', kind: 'article', ...open });
    const shownPath = `/v1/sources/${shown.id}`;
    await accord.patch(shownPath, { ...held, title: 'B' });
    expect((await revert(shownPath, 1)).body).toMatchObject({ ...held, title: 'A' });
    expectProblem(await accord.get(shownPath), [404, 'not_found']);
    const hidden = await record(accord, '/v1/sources', { title: 'A', kind: 'article', ...held });
    const hiddenPath = `/v1/sources/${hidden.id}`;
    await accord.patch(hiddenPath, { ...open, title: 'B' });
    expect((await revert(hiddenPath, 1)).body).toMatchObject({ ...open, title: 'A' });
    expect((await accord.get(hiddenPath)).status).toBe(200);
  });
});
