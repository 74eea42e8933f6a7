import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildAttendance,
  buildFaction,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  type Fields,
} from '../../support/factories.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe('a membership', () => {
  const overlaps = [422, 'membership_overlaps', '/startDate'] as const;
  const joining = async () => {
    const personId = (await buildPerson(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    return (fields: Fields) => () => accord.post('/v1/members', { personId, factionId, ...fields });
  };

  it.each([
    [{}, {}],
    [{}, { startDate: '2016', endDate: '2018' }],
    [{ startDate: '2016' }, { startDate: '2018' }],
    [{ endDate: '2018' }, { endDate: '2016' }],
    [
      { startDate: '2016-03-23', endDate: '2018-02-05' },
      { startDate: '2018-02-05', endDate: '2018-02-05' },
    ],
    [
      { startDate: '2016', endDate: '2018' },
      { startDate: '2016', endDate: '2018' },
    ],
    [
      { startDate: '2016-03-23T10:00Z', endDate: '2016-03-23T12:00Z' },
      { startDate: '2016-03-23T12:00Z', endDate: '2016-03-23T13:00Z' },
    ],
  ])(
    'refuses a second one in the same faction that certainly overlaps: %j and %j',
    async (one, other) => {
      const join = await joining();
      expect((await join(one)()).status).toBe(201);
      await expectRefusal(accord, join(other), overlaps);
    },
  );

  it.each([
    [{ endDate: '2018-02-04' }, { startDate: '2018-02-05' }],
    [{ endDate: '2022' }, { startDate: '2022' }],
    [{ endDate: '2022-12' }, { startDate: '2022-12' }],
    [
      { startDate: '2022', endDate: '2022' },
      { startDate: '2022-12-31', endDate: '2023' },
    ],
    [{ endDate: '2016-03-23T11:59Z' }, { startDate: '2016-03-23T12:00Z' }],
  ])('takes a second one that on some reading does not overlap: %j and %j', async (one, other) => {
    const join = await joining();
    expect((await join(one)()).status).toBe(201);
    expect((await join(other)()).status).toBe(201);
  });

  it('takes one of the same person elsewhere, one of another person, and one in place of a retracted one', async () => {
    const first = await buildMember(accord);
    const { personId, factionId } = first;
    await buildMember(accord, { personId });
    await buildMember(accord, { factionId });
    await accord.retract(`/v1/members/${first.id}`);
    await buildMember(accord, { personId, factionId });
  });

  it('refuses a patch that makes it overlap; one that touches no date is no overlap with itself', async () => {
    const { personId, factionId, id } = await buildMember(accord, { endDate: '2018' });
    const later = await buildMember(accord, { personId, factionId, startDate: '2019' });
    const longer = () => accord.patch(`/v1/members/${id}`, { endDate: null });
    await expectRefusal(accord, longer, overlaps);
    const elsewhere = await buildMember(accord, { personId });
    const moved = () => accord.patch(`/v1/members/${elsewhere.id}`, { factionId });
    await expectRefusal(accord, moved, overlaps);
    expect((await accord.patch(`/v1/members/${later.id}`, { role: 'convener' })).status).toBe(200);
  });

  it('refuses an end before its start', async () => {
    const join = await joining();
    const refusal = [422, 'end_before_start', '/endDate'] as const;
    await expectRefusal(accord, join({ startDate: '2022-12', endDate: '2022-11-30' }), refusal);
    expect((await join({ startDate: '2022-12-28', endDate: '2022' })()).status).toBe(201);
  });
});

describe('a participant', () => {
  it('is a faction or a person, not both and not nobody', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    const personId = (await buildPerson(accord)).id;
    const refusal = [422, 'participant_both_or_neither', '/factionId'] as const;
    const post = (fields: Fields) => () =>
      accord.post('/v1/participants', { mergerId, role: 'lead', ...fields });
    await expectRefusal(accord, post({}), refusal);
    await expectRefusal(accord, post({ factionId, personId }), refusal);
    const { id } = await buildParticipant(accord, { mergerId, factionId });
    for (const fields of [{ personId }, { factionId: null }]) {
      await expectRefusal(accord, () => accord.patch(`/v1/participants/${id}`, fields), refusal);
    }
  });

  it('takes part once in a merger, and again only when it was retracted before', async () => {
    const mergerId = (await buildMerger(accord)).id;
    for (const [name, make] of [
      ['factionId', buildFaction],
      ['personId', buildPerson],
    ] as const) {
      const subject = { [name]: (await make(accord)).id };
      const first = await buildParticipant(accord, { mergerId, ...subject, role: 'invited' });
      const again = () => accord.post('/v1/participants', { mergerId, ...subject, role: 'lead' });
      const refusal = [409, 'participant_exists', `/${name}`] as const;
      await expectRefusal(accord, again, refusal);
      const other = await buildParticipant(accord, { mergerId });
      const taken = { factionId: null, personId: null, ...subject };
      await expectRefusal(
        accord,
        () => accord.patch(`/v1/participants/${other.id}`, taken),
        refusal,
      );
      await buildParticipant(accord, subject);
      await accord.retract(`/v1/participants/${first.id}`);
      expect((await again()).status).toBe(201);
    }
  });
});

describe('a meeting', () => {
  it('has a start once it was held', async () => {
    const held = [422, 'held_without_start', '/startsOn'] as const;
    const post = () => accord.post('/v1/meetings', { title: 'A', status: 'held' });
    await expectRefusal(accord, post, held);
    const meeting = await buildMeeting(accord);
    const address = `/v1/meetings/${meeting.id}`;
    await expectRefusal(accord, () => accord.patch(address, { status: 'held' }), held);
    const told = { status: 'held', startsOn: '2022-12' };
    expect(await accord.patch(address, told)).toMatchObject({ status: 200, body: told });
    await expectRefusal(accord, () => accord.patch(address, { startsOn: null }), held);
  });

  it('stays with the merger whose vote event was held at it', async () => {
    const elsewhere = await buildMerger(accord);
    const motion = await buildMotion(accord);
    const meeting = await buildMeeting(accord, { startsOn: '2022-12-28' });
    await accord.record('/v1/vote-events', { motionId: motion.id, meetingId: meeting.id });
    const move = (mergerId: unknown) => () =>
      accord.patch(`/v1/meetings/${meeting.id}`, { mergerId });
    const foreign = [422, 'reference_of_another_merger', '/mergerId'] as const;
    await expectRefusal(accord, move(elsewhere.id), foreign);
    expect((await move(motion['mergerId'])()).status).toBe(200);
    await expectRefusal(accord, move(elsewhere.id), foreign);
  });

  it.each([
    ['/durationMinutes', { durationMinutes: 0 }],
    ['/reportedAttendance/value', { reportedAttendance: { value: -1, qualifier: 'about' } }],
    ['/reportedAttendance/qualifier', { reportedAttendance: { value: 31, qualifier: 'over' } }],
    ['/reportedAttendance/of', { reportedAttendance: { value: 1, qualifier: 'about', of: 40 } }],
  ])('refuses what cannot be, at %s: %j', async (pointer, fields) => {
    const post = () => accord.post('/v1/meetings', { title: 'A', status: 'tentative', ...fields });
    await expectRefusal(accord, post, [400, 'validation_failed', pointer]);
  });

  it('is attended once by a person', async () => {
    const meetingId = (await buildMeeting(accord)).id;
    const { personId, id } = await buildAttendance(accord, { meetingId });
    const path = `/v1/meetings/${meetingId}/attendance`;
    const again = () => accord.post(path, { personId, mode: 'absent' });
    const refusal = [409, 'attendance_exists', '/personId'] as const;
    await expectRefusal(accord, again, refusal);
    const other = await buildAttendance(accord, { meetingId });
    const patch = () => accord.patch(`/v1/attendance/${other.id}`, { personId });
    await expectRefusal(accord, patch, refusal);
    await buildAttendance(accord, { personId });
    await accord.retract(`/v1/attendance/${id}`);
    expect((await again()).status).toBe(201);
  });
});
