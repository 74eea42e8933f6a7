import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildPerson,
  buildSource,
  buildVoteEvent,
  listed,
  type Fields,
} from '../../support/factories.js';
import { expectProblem, type Refusal } from '../../support/refusals.js';

/** Writes that come at the same moment: of those that exclude one another exactly one is stored. */
describe('two writes at once', () => {
  let accord: TestApp;
  beforeAll(async () => {
    accord = await startTestApp();
  });
  afterAll(() => accord.stop());

  const ROUNDS = [1, 2, 3];

  /** Sends all at once; exactly one is answered with `status`, every other with the refusal. */
  async function expectOne(
    requests: readonly (() => Promise<Answer>)[],
    status: number,
    refusal: Refusal,
  ): Promise<void> {
    const answers = await Promise.all(requests.map((request) => request()));
    const refused = answers.filter((answer) => answer.status !== status);
    for (const answer of refused) expectProblem(answer, refusal);
    expect(answers.length - refused.length).toBe(1);
  }

  const posts = (path: string, body: Fields, other: Fields = body) => [
    () => accord.post(path, body),
    () => accord.post(path, other),
    () => accord.post(path, body),
  ];

  it.each(ROUNDS)(
    'change one version: one is taken, the other told what it missed (%d)',
    async () => {
      const { id } = await buildFaction(accord);
      const patch = (name: string) => () =>
        accord.patch(`/v1/factions/${id}`, { name }, { 'if-match': '"v1"' });
      await expectOne([patch('A'), patch('B')], 200, [412, 'stale']);
      const read = await accord.get(`/v1/factions/${id}`);
      expect(read.body).toMatchObject({ version: 2 });
      const history = await listed(accord, `/v1/factions/${id}/revisions`);
      expect(history.map(({ version }) => version)).toEqual([2, 1]);
    },
  );

  it.each(ROUNDS)('patch and retract one version: one is taken (%d)', async () => {
    const { id } = await buildSource(accord);
    const match = { 'if-match': '"v1"' };
    const reason = { ...match, 'x-reason': 'a test' };
    const [patched, retracted] = await Promise.all([
      accord.patch(`/v1/sources/${id}`, { title: 'B' }, match),
      accord.send('DELETE', `/v1/sources/${id}`, { headers: reason }, 'editor'),
    ]);
    expect([
      [200, 412],
      [410, 204],
    ]).toContainEqual([patched.status, retracted.status]);
    expect(await listed(accord, `/v1/sources/${id}/revisions`)).toHaveLength(2);
  });

  it.each(ROUNDS)('cast a vote of one person on one date: one is stored (%d)', async () => {
    const { personId, factionId } = await buildMember(accord);
    const motionId = (await buildMotion(accord, { factionId })).id;
    const voteEventId = (await buildVoteEvent(accord, { motionId })).id;
    const vote = { voteEventId, personId, option: 'yes', channel: 'phone' };
    const dated = { ...vote, castOn: '2022-12-28', option: 'no' };
    const refusal = [422, 'vote_on_equal_date', '/castOn'] as const;
    await expectOne(posts('/v1/votes', vote, dated), 201, refusal);
    expect(await listed(accord, `/v1/votes?voteEventId=${voteEventId}`)).toHaveLength(1);
  });

  it.each(ROUNDS)('cast a vote of one name on one date: one is stored (%d)', async () => {
    const voteEventId = (await buildVoteEvent(accord)).id;
    const vote = { voteEventId, voterName: 'Waseem Akhtar', option: 'yes', channel: 'phone' };
    const same = { ...vote, voterName: ' waseem  AKHTAR', castOn: '2022-12-28' };
    const refusal = [422, 'vote_on_equal_date', '/castOn'] as const;
    await expectOne(posts('/v1/votes', vote, same), 201, refusal);
    expect(await listed(accord, `/v1/votes?voteEventId=${voteEventId}`)).toHaveLength(1);
  });

  it.each(ROUNDS)('record memberships that overlap: one is stored (%d)', async () => {
    const personId = (await buildPerson(accord)).id;
    const member = { personId, factionId: (await buildFaction(accord)).id };
    const later = { ...member, startDate: '2018' };
    const refusal = [422, 'membership_overlaps', '/startDate'] as const;
    await expectOne(posts('/v1/members', member, later), 201, refusal);
    expect(await listed(accord, `/v1/members?personId=${personId}`)).toHaveLength(1);
  });

  it.each(ROUNDS)('record one participant: one is stored (%d)', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const body = { mergerId, factionId: (await buildFaction(accord)).id, role: 'lead' };
    const refusal = [409, 'participant_exists', '/factionId'] as const;
    await expectOne(posts('/v1/participants', body), 201, refusal);
    expect(await listed(accord, `/v1/participants?mergerId=${mergerId}`)).toHaveLength(1);
  });

  it.each(ROUNDS)('record one person’s attendance: one is stored (%d)', async () => {
    const path = `/v1/meetings/${(await buildMeeting(accord)).id}/attendance`;
    const body = { personId: (await buildPerson(accord)).id, mode: 'phone' };
    await expectOne(posts(path, body), 201, [409, 'attendance_exists', '/personId']);
    expect(await listed(accord, path)).toHaveLength(1);
  });

  it.each(ROUNDS)('record one succession: one is stored (%d)', async () => {
    const path = `/v1/mergers/${(await buildMerger(accord)).id}/succession`;
    const id = (await buildFaction(accord)).id;
    const body = { predecessorIds: [id], successorId: id, kind: 'merged', date: '2023' };
    await expectOne(posts(path, body), 201, [409, 'succession_exists']);
    expect(await listed(accord, path)).toHaveLength(1);
  });

  it.each(ROUNDS)('close a circle of dependencies between them: one is taken (%d)', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const one = (await buildMilestone(accord, { mergerId })).id;
    const other = (await buildMilestone(accord, { mergerId })).id;
    const depend = (id: string, on: string) => () =>
      accord.patch(`/v1/milestones/${id}`, { dependsOn: [on] });
    const refusal = [422, 'cycle', '/dependsOn'] as const;
    await expectOne([depend(one, other), depend(other, one)], 200, refusal);
  });

  it.each(ROUNDS)('close a circle of parents between them: one is taken (%d)', async () => {
    const one = (await buildFaction(accord)).id;
    const other = (await buildFaction(accord)).id;
    const move = (id: string, parentId: string) => () =>
      accord.patch(`/v1/factions/${id}`, { parentId });
    await expectOne([move(one, other), move(other, one)], 200, [422, 'cycle', '/parentId']);
  });

  it.each(ROUNDS)('retract a record and refer to it: one is taken (%d)', async () => {
    const parentId = (await buildFaction(accord)).id;
    const [made, retracted] = await Promise.all([
      accord.post('/v1/factions', { name: 'Committee', classification: 'committee', parentId }),
      accord.retract(`/v1/factions/${parentId}`),
    ]);
    expect([
      [201, 409],
      [422, 204],
    ]).toContainEqual([made.status, retracted.status]);
  });

  it.each(ROUNDS)('ask for one slug: one has it, the other is told (%d)', async (round) => {
    const body = { name: 'PSP', classification: 'party', slug: `psp-${round}` };
    await expectOne(posts('/v1/factions', body), 201, [409, 'slug_taken', '/slug']);
  });

  it.each(ROUNDS)(
    'have the same name and ask for no slug: each gets its own (%d)',
    async (round) => {
      const body = { name: `Namesake ${String.fromCharCode(64 + round)}` };
      const answers = await Promise.all(posts('/v1/people', body).map((request) => request()));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      const slugs = answers.map((answer) => (answer.body as Fields)['slug']);
      expect(new Set(slugs).size).toBe(3);
    },
  );
});
