import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMotion,
  buildPerson,
  buildVote,
  buildVoteEvent,
  idsListed,
  type Fields,
} from '../../support/factories.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe('a motion', () => {
  const post = async (quorum: unknown) => {
    const mergerId = (await buildMerger(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    const words = { text: 'To merge.', classification: 'merge', requirement: 'consensus' };
    return () => accord.post('/v1/motions', { mergerId, factionId, ...words, quorum });
  };

  it('refuses a quorum of more than all, in percent; a count may be any', async () => {
    const over = await post({ value: 101, unit: 'percent' });
    await expectRefusal(accord, over, [422, 'quorum_over_all', '/quorum/value']);
    expect((await (await post({ value: 100, unit: 'percent' }))()).status).toBe(201);
    expect((await (await post({ value: 101, unit: 'count' }))()).status).toBe(201);
    const motion = await buildMotion(accord, { quorum: { value: 101, unit: 'count' } });
    const patch = () => accord.patch(`/v1/motions/${motion.id}`, { quorum: { unit: 'percent' } });
    await expectRefusal(accord, patch, [422, 'quorum_over_all', '/quorum/value']);
  });

  it.each([
    ['/quorum/unit', { value: 3 }],
    ['/quorum/value', { unit: 'count' }],
    ['/quorum/value', { value: 0, unit: 'count' }],
    ['/quorum/value', { value: 50.5, unit: 'percent' }],
    ['/quorum/share', { value: 50, unit: 'percent', share: 1 }],
    ['/quorum', 50],
    ['/quorum/value', {}],
    ['/quorum', [{ value: 50, unit: 'percent' }]],
  ])('refuses a malformed quorum at %s: %j', async (pointer, quorum) => {
    await expectRefusal(accord, await post(quorum), [400, 'validation_failed', pointer]);
  });

  it('merges a patch of its quorum, key by key', async () => {
    const motion = await buildMotion(accord, { quorum: { value: 50, unit: 'percent' } });
    const patch = { quorum: { value: 60 } };
    const changed = await accord.patch(`/v1/motions/${motion.id}`, patch);
    expect(changed.body).toMatchObject({ quorum: { value: 60, unit: 'percent' }, version: 2 });
    const halved = () => accord.patch(`/v1/motions/${motion.id}`, { quorum: { unit: null } });
    await expectRefusal(accord, halved, [400, 'validation_failed', '/quorum/unit']);
  });
});

describe('a vote event', () => {
  it('refuses to be undated: it has a start, an end or a meeting', async () => {
    const motionId = (await buildMotion(accord)).id;
    const undated = [422, 'vote_event_undated', '/startDate'] as const;
    await expectRefusal(accord, () => accord.post('/v1/vote-events', { motionId }), undated);
    const dated = await buildVoteEvent(accord, { motionId, endDate: '2022-12-28' });
    const patch = () => accord.patch(`/v1/vote-events/${dated.id}`, { endDate: null });
    await expectRefusal(accord, patch, undated);
    const meetingId = (await buildMeeting(accord)).id;
    expect(await buildVoteEvent(accord, { motionId, meetingId })).toMatchObject({
      startDate: null,
    });
  });

  it('refuses an end before its start', async () => {
    const motionId = (await buildMotion(accord)).id;
    const body = { motionId, startDate: '2022-12-28', endDate: '2022-12-27' };
    const send = () => accord.post('/v1/vote-events', body);
    await expectRefusal(accord, send, [422, 'end_before_start', '/endDate']);
  });

  it.each([
    ['/seats', { seats: 0 }],
    ['/seats', { seats: 40.5 }],
    [
      '/reportedCounts/0/value',
      { reportedCounts: [{ option: 'yes', value: -1, qualifier: 'exactly' }] },
    ],
    [
      '/reportedCounts/0/option',
      { reportedCounts: [{ option: 'maybe', value: 1, qualifier: 'exactly' }] },
    ],
    ['/reportedCounts/0/qualifier', { reportedCounts: [{ option: 'yes', value: 1 }] }],
    [
      '/reportedCounts/0/channel',
      { reportedCounts: [{ option: 'yes', value: 1, qualifier: 'about', channel: 'fax' }] },
    ],
    ['/reportedCounts', { reportedCounts: { option: 'yes', value: 1, qualifier: 'about' } }],
  ])('refuses counts that cannot be, at %s: %j', async (pointer, fields) => {
    const motionId = (await buildMotion(accord)).id;
    const send = () => accord.post('/v1/vote-events', { motionId, startDate: '2022', ...fields });
    await expectRefusal(accord, send, [400, 'validation_failed', pointer]);
  });

  it('has its counts replaced as a whole by a patch: a list is not merged', async () => {
    const count = { option: 'yes', value: 31, qualifier: 'at_least' };
    const { id } = await buildVoteEvent(accord, {
      reportedCounts: [count, { ...count, option: 'no' }],
    });
    const one = { reportedCounts: [{ ...count, value: 32 }] };
    expect(await accord.patch(`/v1/vote-events/${id}`, one)).toMatchObject({
      status: 200,
      body: one,
    });
  });
});

describe('a vote', () => {
  /** A vote event of a faction on 28 December 2022, and a voter who is its member as told. */
  const polled = async (membership: Fields | null, event: Fields = { startDate: '2022-12-28' }) => {
    const factionId = (await buildFaction(accord)).id;
    const personId = (await buildPerson(accord)).id;
    if (membership) await buildMember(accord, { personId, factionId, ...membership });
    const motionId = (await buildMotion(accord, { factionId })).id;
    const voteEventId = (await buildVoteEvent(accord, { motionId, ...event })).id;
    const cast = (fields: Fields) => () =>
      accord.post('/v1/votes', { voteEventId, option: 'yes', channel: 'phone', ...fields });
    return { personId, factionId, voteEventId, cast };
  };
  const notMember = [422, 'voter_not_a_member', '/personId'] as const;
  const equalDate = [422, 'vote_on_equal_date', '/castOn'] as const;

  it('is of a known person or of a name, not of both and not of nobody', async () => {
    const { personId, cast } = await polled({});
    const refusal = [422, 'voter_both_or_neither', '/personId'] as const;
    await expectRefusal(accord, cast({}), refusal);
    const unseen = [400, 'validation_failed', '/voterName'] as const;
    await expectRefusal(accord, cast({ voterName: '\u200b \u200d' }), unseen);
    await expectRefusal(accord, cast({ personId, voterName: 'Kamran' }), refusal);
    const vote = await buildVote(accord);
    const patch = () => accord.patch(`/v1/votes/${vote.id}`, { voterName: null });
    await expectRefusal(accord, patch, refusal);
  });

  it('refuses a vote by somebody outside the faction', async () => {
    const { personId, cast } = await polled(null);
    await expectRefusal(accord, cast({ personId }), notMember);
    await buildMember(accord, { personId });
    await expectRefusal(accord, cast({ personId }), notMember);
  });

  it('refuses a vote by someone who left the faction', async () => {
    const { personId, cast } = await polled({ startDate: '2016', endDate: '2022-12-27' });
    await expectRefusal(accord, cast({ personId }), notMember);
    expect((await cast({ personId, castOn: '2022-12-27' })()).status).toBe(201);
  });

  it('takes a vote on the last day of a membership, and refuses one before its first', async () => {
    const { personId, cast } = await polled({ startDate: '2022-12-28', endDate: '2022-12-28' });
    await expectRefusal(accord, cast({ personId, castOn: '2022-12-27' }), notMember);
    expect((await cast({ personId })()).status).toBe(201);
    await expectRefusal(accord, cast({ personId, castOn: '2022-12-29' }), notMember);
  });

  it('refuses a vote by a member who does not vote', async () => {
    const { personId, cast } = await polled({ voting: false });
    await expectRefusal(accord, cast({ personId }), notMember);
  });

  it('refuses a vote by a former member whose membership was recorded by mistake', async () => {
    const { personId, factionId, cast } = await polled({});
    const [member = ''] = await idsListed(
      accord,
      `/v1/members?personId=${personId}&factionId=${factionId}`,
    );
    await accord.retract(`/v1/members/${member}`);
    await expectRefusal(accord, cast({ personId }), notMember);
  });

  it('refuses to be moved to where its voter was no member', async () => {
    const { personId, cast } = await polled({ startDate: '2022-12-28' });
    const { id } = (await cast({ personId })()).body as { id: string };
    const patch = () => accord.patch(`/v1/votes/${id}`, { castOn: '2022-12-01' });
    await expectRefusal(accord, patch, notMember);
    const other = (await buildPerson(accord)).id;
    const given = () => accord.patch(`/v1/votes/${id}`, { personId: other });
    await expectRefusal(accord, given, notMember);
  });

  it('takes a second vote of another date, refuses one of an equal date: the first is to be corrected', async () => {
    const { personId, cast } = await polled({});
    expect((await cast({ personId, option: 'no', castOn: '2022-12-27' })()).status).toBe(201);
    expect((await cast({ personId })()).status).toBe(201);
    for (const castOn of [
      null,
      '2022-12-28',
      '2022-12-27',
      '2022-12-28T00:00Z',
      '2022-12-28T05:00+05:00',
    ]) {
      await expectRefusal(accord, cast({ personId, castOn, option: 'abstain' }), equalDate);
    }
  });

  it('refuses a vote on the event’s date beside one that takes its date from the event', async () => {
    const dated = await polled({});
    expect((await dated.cast({ personId: dated.personId, castOn: '2022-12-28' })()).status).toBe(
      201,
    );
    await expectRefusal(accord, dated.cast({ personId: dated.personId }), equalDate);
    const startsOn = '2022-12-28T20:00+05:00';
    const meetingId = (await buildMeeting(accord, { startsOn })).id;
    const met = await polled({}, { meetingId });
    expect((await met.cast({ personId: met.personId })()).status).toBe(201);
    const sameInstant = met.cast({ personId: met.personId, castOn: '2022-12-28T15:00Z' });
    await expectRefusal(accord, sameInstant, equalDate);
  });

  it('takes equal dates for equal when their spans start together: a month and its first day', async () => {
    const { cast } = await polled(null);
    expect((await cast({ voterName: 'Kamran', castOn: '2022-12' })()).status).toBe(201);
    const firstDay = cast({ voterName: 'Kamran', castOn: '2022-12-01' });
    await expectRefusal(accord, firstDay, equalDate);
  });

  it('takes equal names in one vote event for one voter, whatever their case, spaces and Unicode form', async () => {
    const { cast } = await polled(null);
    expect((await cast({ voterName: 'Zoë Akhtar' })()).status).toBe(201);
    for (const voterName of ['Zoë Akhtar', ' ZOË  akhtar ', 'Zoe\u0308 Akhtar', 'Ｚoë Akhtar']) {
      await expectRefusal(accord, cast({ voterName, castOn: '2022-12-28' }), equalDate);
    }
    expect((await cast({ voterName: 'Zoe Akhtar' })()).status).toBe(201);
    const elsewhere = await polled(null);
    expect((await elsewhere.cast({ voterName: 'Zoë Akhtar' })()).status).toBe(201);
  });

  it('refuses two votes without any date, while the meeting that dates them has none', async () => {
    const meetingId = (await buildMeeting(accord)).id;
    const { personId, cast } = await polled({}, { meetingId });
    expect((await cast({ personId })()).status).toBe(201);
    await expectRefusal(accord, cast({ personId }), equalDate);
    expect((await cast({ personId, castOn: '2022-12-28' })()).status).toBe(201);
  });

  it('refuses a patch that would bring two votes to one date, and takes one that corrects the vote itself', async () => {
    const { cast } = await polled(null);
    const first = (await cast({ voterName: 'Kamran' })()).body as { id: string };
    const second = (await cast({ voterName: 'Kamran', castOn: '2022-12-29' })()).body as {
      id: string;
    };
    const patch = () => accord.patch(`/v1/votes/${second.id}`, { castOn: null });
    await expectRefusal(accord, patch, equalDate);
    const corrected = await accord.patch(`/v1/votes/${first.id}`, {
      option: 'no',
      castOn: '2022-12-28',
    });
    expect(corrected).toMatchObject({ status: 200, body: { option: 'no', castOn: '2022-12-28' } });
  });

  it('makes room for another one when it is retracted', async () => {
    const { personId, cast } = await polled({});
    const { id } = (await cast({ personId })()).body as { id: string };
    await accord.retract(`/v1/votes/${id}`);
    expect((await cast({ personId })()).status).toBe(201);
  });
});
