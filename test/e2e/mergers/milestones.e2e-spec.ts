import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  announcementOf,
  buildFaction,
  buildMeeting,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPrediction,
  buildSuccession,
  buildTransition,
  type Fields,
} from '../../support/factories.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe('a milestone', () => {
  it('refuses to depend on itself, at any distance', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const first = await buildMilestone(accord, { mergerId });
    const second = await buildMilestone(accord, { mergerId, dependsOn: [first.id] });
    const third = await buildMilestone(accord, { mergerId, dependsOn: [second.id, first.id] });
    for (const dependsOn of [[first.id], [second.id], [third.id]]) {
      const patch = () => accord.patch(`/v1/milestones/${first.id}`, { dependsOn });
      await expectRefusal(accord, patch, [422, 'cycle', '/dependsOn']);
    }
    const announcement = await announcementOf(accord, mergerId);
    const all = { dependsOn: [third.id, second.id, first.id] };
    expect(await accord.patch(`/v1/milestones/${announcement.id}`, all)).toMatchObject({
      status: 200,
      body: all,
    });
  });

  it('refuses to depend on a milestone of another merger, and twice on one', async () => {
    const mine = await buildMilestone(accord);
    const foreign = await buildMilestone(accord);
    const other = () => accord.patch(`/v1/milestones/${mine.id}`, { dependsOn: [foreign.id] });
    await expectRefusal(accord, other, [422, 'reference_of_another_merger', '/dependsOn/0']);
    const next = await buildMilestone(accord, { mergerId: mine['mergerId'] });
    const twice = () =>
      accord.patch(`/v1/milestones/${next.id}`, { dependsOn: [mine.id, mine.id] });
    await expectRefusal(accord, twice, [400, 'validation_failed', '/dependsOn']);
  });

  it('refuses an estimate whose days are out of order, and merges a patch of it key by key', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const days = (optimisticDays: number, likelyDays: number, pessimisticDays: number) => ({
      estimate: { optimisticDays, likelyDays, pessimisticDays },
    });
    const body = { mergerId, title: 'A step', classification: 'issue' };
    const refusal = [422, 'estimate_out_of_order', '/estimate'] as const;
    for (const estimate of [days(11, 10, 12), days(10, 13, 12), days(13, 10, 9)]) {
      const post = () => accord.post('/v1/milestones', { ...body, ...estimate });
      await expectRefusal(accord, post, refusal);
    }
    const made = await buildMilestone(accord, { mergerId, ...days(0, 0, 0) });
    const address = `/v1/milestones/${made.id}`;
    const likely = () => accord.patch(address, { estimate: { likelyDays: 1 } });
    await expectRefusal(accord, likely, refusal);
    const worst = await accord.patch(address, { estimate: { pessimisticDays: 3 } });
    expect(worst).toMatchObject({ status: 200, body: days(0, 0, 3) });
    expect((await likely()).body).toMatchObject(days(0, 1, 3));
    const unsure = () => accord.patch(address, { estimate: { likelyDays: null } });
    await expectRefusal(accord, unsure, [400, 'validation_failed', '/estimate/likelyDays']);
    const dropped = await accord.patch(address, { estimate: null });
    expect(dropped.body).toMatchObject({ estimate: null });
  });

  it('refuses a window that ends before it begins', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const body = { mergerId, title: 'A step', classification: 'issue' };
    const post = () =>
      accord.post('/v1/milestones', { ...body, dueFrom: '2023-02', dueTo: '2023-01' });
    await expectRefusal(accord, post, [422, 'end_before_start', '/dueTo']);
  });

  it('is satisfied by a motion, a meeting or a participant of its merger: by one of them', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const motionId = (await buildMotion(accord, { mergerId })).id;
    const meetingId = (await buildMeeting(accord, { mergerId })).id;
    const participantId = (await buildParticipant(accord, { mergerId })).id;
    const { id } = await buildMilestone(accord, { mergerId });
    const satisfy = (satisfiedBy: unknown) => () =>
      accord.patch(`/v1/milestones/${id}`, { satisfiedBy });
    for (const by of [
      { motionId },
      { motionId: null, meetingId },
      { meetingId: null, participantId },
    ]) {
      expect((await satisfy(by)()).status).toBe(200);
    }
    const read = await accord.get(`/v1/milestones/${id}`);
    expect(read.body).toMatchObject({ satisfiedBy: { participantId }, version: 4 });
    const wrong = [400, 'validation_failed', '/satisfiedBy'] as const;
    await expectRefusal(accord, satisfy({ motionId }), wrong);
    await expectRefusal(accord, satisfy({ participantId: null }), wrong);
    await expectRefusal(accord, satisfy(motionId), wrong);
    await expectRefusal(accord, satisfy([{ motionId }]), wrong);
    const strange = [400, 'validation_failed', '/satisfiedBy/voteId'] as const;
    await expectRefusal(accord, satisfy({ participantId: null, voteId: motionId }), strange);
    const foreign = (await buildMotion(accord)).id;
    const elsewhere = satisfy({ participantId: null, motionId: foreign });
    const refusal = [422, 'reference_of_another_merger', '/satisfiedBy/motionId'] as const;
    await expectRefusal(accord, elsewhere, refusal);
    const confused = satisfy({ participantId: null, motionId: meetingId });
    const kind = [422, 'reference_not_found', '/satisfiedBy/motionId'] as const;
    await expectRefusal(accord, confused, kind);
    expect((await satisfy(null)()).body).toMatchObject({ satisfiedBy: null });
  });
});

describe('a transition', () => {
  const post = async (fields: Fields) => {
    const milestoneId = (await buildMilestone(accord)).id;
    const body = { occurredOn: '2022-12-28', ...fields };
    return () => accord.post(`/v1/milestones/${milestoneId}/transitions`, body);
  };

  it.each(['achieved', 'dropped'])('refuses a percent on what is %s', async (state) => {
    const closed = [422, 'percent_on_closed_state', '/percent'] as const;
    for (const percent of [0, 80])
      await expectRefusal(accord, await post({ state, percent }), closed);
    const open = await buildTransition(accord, { state: 'in_progress', percent: 80 });
    const patch = () => accord.patch(`/v1/transitions/${open.id}`, { state });
    await expectRefusal(accord, patch, closed);
    const done = { state, percent: null };
    expect((await accord.patch(`/v1/transitions/${open.id}`, done)).body).toMatchObject(done);
  });

  it.each([100, -1, 12.5, '80'])('refuses a percent of %j', async (percent) => {
    const refusal = [400, 'validation_failed', '/percent'] as const;
    await expectRefusal(accord, await post({ state: 'in_progress', percent }), refusal);
  });

  it.each(['planned', 'in_progress', 'blocked'])('takes a percent on what is %s', async (state) => {
    expect(await (await post({ state, percent: 0 }))()).toMatchObject({ status: 201 });
  });
});

describe('a succession', () => {
  it('is recorded once for a merger, and again when the first was retracted', async () => {
    const { id, mergerId, predecessorIds, successorId } = await buildSuccession(accord);
    const body = { predecessorIds, successorId, kind: 'alliance', date: '2023' };
    const again = () => accord.post(`/v1/mergers/${String(mergerId)}/succession`, body);
    await expectRefusal(accord, again, [409, 'succession_exists']);
    await accord.retract(`/v1/successions/${id}`);
    expect((await again()).status).toBe(201);
  });

  it('refuses to have no predecessor, an unknown one, or one twice', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const faction = (await buildFaction(accord)).id;
    const post = (predecessorIds: unknown) => () =>
      accord.post(`/v1/mergers/${mergerId}/succession`, {
        predecessorIds,
        successorId: faction,
        kind: 'merged',
        date: '2023',
      });
    const wrong = [400, 'validation_failed', '/predecessorIds'] as const;
    for (const ids of [[], null, faction, [faction, faction], ['psp'], [null]]) {
      await expectRefusal(accord, post(ids), wrong);
    }
    const unknown = [422, 'reference_not_found', '/predecessorIds/1'] as const;
    await expectRefusal(accord, post([faction, mergerId]), unknown);
  });
});

describe('a prediction', () => {
  it('refuses a window that ends before it begins', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const body = { mergerId, from: '2023-01-14', to: '2023-01-09', statedOn: '2022-12-30' };
    const ended = [422, 'end_before_start', '/to'] as const;
    await expectRefusal(accord, () => accord.post('/v1/predictions', body), ended);
    const { id } = await buildPrediction(accord, { mergerId });
    const patch = () => accord.patch(`/v1/predictions/${id}`, { from: '2023-01-15' });
    await expectRefusal(accord, patch, ended);
  });
});

describe('a list of milestones', () => {
  it('is filtered by what satisfies them, and by their own ids', async () => {
    const motion = await buildMotion(accord);
    const { mergerId } = motion;
    const satisfied = await buildMilestone(accord, {
      mergerId,
      satisfiedBy: { motionId: motion.id },
    });
    const other = await buildMilestone(accord, { mergerId });
    const idsOf = async (query: string): Promise<string[]> => {
      const { body } = await accord.get(`/v1/milestones?${query}`);
      return body.data.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf(`satisfiedByMotionId=${motion.id}`)).toEqual([satisfied.id]);
    expect(await idsOf(`satisfiedByMeetingId=${motion.id}`)).toEqual([]);
    expect(await idsOf(`id=${other.id},${satisfied.id}`)).toEqual([satisfied.id, other.id]);
  });
});
