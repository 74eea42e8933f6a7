/** Two records that cannot be one: the merge is refused, and nothing is changed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildAttendance,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildSuccession,
  buildVote,
  buildVoteEvent,
  type Stored,
} from '../../support/factories.js';
import { merge, merged, undo, type MergedType } from '../../support/merging.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const build = { people: () => buildPerson(accord), factions: () => buildFaction(accord) };

/** Tells of two records what clashes, and asks that their merge names it. */
async function expectClash(
  type: MergedType,
  rule: string,
  tell: (kept: Stored, duplicate: Stored) => Promise<readonly [string, Stored][]>,
): Promise<void> {
  const [kept, duplicate] = [await build[type](), await build[type]()];
  const records = (await tell(kept, duplicate)).map(([recordType, { id }]) => ({
    recordType,
    recordId: id,
  }));
  const refused = await expectRefusal(accord, () => merge(accord, type, kept.id, duplicate.id), [
    409,
    'merge_clashes',
  ]);
  expect(refused.body.clashes).toEqual([{ rule, detail: expect.any(String), records }]);
}

describe('two people are not one', () => {
  it('when both take part in one merger', () =>
    expectClash('people', 'both_take_part', async (kept, duplicate) => {
      const mergerId = (await buildMerger(accord)).id;
      return [
        ['participants', await buildParticipant(accord, { mergerId, personId: kept.id })],
        ['participants', await buildParticipant(accord, { mergerId, personId: duplicate.id })],
      ];
    }));

  it('when both were at one meeting', () =>
    expectClash('people', 'both_attend', async (kept, duplicate) => {
      const meetingId = (await buildMeeting(accord)).id;
      return [
        ['attendance', await buildAttendance(accord, { meetingId, personId: kept.id })],
        ['attendance', await buildAttendance(accord, { meetingId, personId: duplicate.id })],
      ];
    }));

  it('when both voted in one vote event on equal dates, be it the meeting’s', () =>
    expectClash('people', 'votes_on_equal_date', async (kept, duplicate) => {
      const meetingId = (await buildMeeting(accord, { startsOn: '2022-12-28' })).id;
      const factionId = (await buildFaction(accord)).id;
      const motionId = (await buildMotion(accord, { factionId })).id;
      const path = '/v1/vote-events';
      const voteEventId = (await accord.record(path, { motionId, meetingId })).id as string;
      const own = { voteEventId };
      await buildMember(accord, { factionId, personId: kept.id, endDate: '2022-12-28' });
      await buildMember(accord, { factionId, personId: duplicate.id, startDate: '2022-12' });
      const castOn = '2022-12-28';
      return [
        ['votes', await buildVote(accord, { ...own, personId: kept.id })],
        ['votes', await buildVote(accord, { ...own, personId: duplicate.id, castOn })],
      ];
    }));

  it('when both are members of one faction at one time', () =>
    expectClash('people', 'memberships_overlap', async (kept, duplicate) => {
      const own = { factionId: (await buildFaction(accord)).id };
      return [
        ['members', await buildMember(accord, { ...own, personId: kept.id, startDate: '2018' })],
        ['members', await buildMember(accord, { ...own, personId: duplicate.id })],
      ];
    }));

  it('when one gave a mandate to the other', () =>
    expectClash('people', 'named_together', async (kept, duplicate) => {
      const two = { grantorPersonId: kept.id, holderId: duplicate.id };
      return [['mandates', await buildMandate(accord, two)]];
    }));

  it('when it is one record', async () => {
    const { id } = await buildPerson(accord, { slug: 'kamran' });
    const refused = await expectRefusal(accord, () => merge(accord, 'people', id, 'kamran'), [
      409,
      'merge_clashes',
    ]);
    expect(refused.body.clashes[0].rule).toBe('same_record');
  });

  it('and are told of all that clashes at once', async () => {
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const mergerId = (await buildMerger(accord)).id;
    for (const personId of [kept.id, duplicate.id])
      await buildParticipant(accord, { mergerId, personId });
    await buildMandate(accord, { grantorPersonId: kept.id, holderId: duplicate.id });
    const { body } = await merge(accord, 'people', kept.id, duplicate.id);
    expect(body.clashes.map(({ rule }: { rule: string }) => rule)).toEqual([
      'both_take_part',
      'named_together',
    ]);
  });

  it('when together they have more names than a record holds', async () => {
    const named = (prefix: string) =>
      Array.from({ length: 60 }, (_, at) => ({ name: `${prefix} ${String(at)}` }));
    const kept = await buildPerson(accord, { otherNames: named('A') });
    const duplicate = await buildPerson(accord, { otherNames: named('B') });
    const refused = await expectRefusal(
      accord,
      () => merge(accord, 'people', kept.id, duplicate.id),
      [409, 'merge_clashes'],
    );
    expect(refused.body.clashes[0].rule).toBe('too_many_names');
  });
});

describe('two factions are not one', () => {
  it('when both take part in one merger', () =>
    expectClash('factions', 'both_take_part', async (kept, duplicate) => {
      const mergerId = (await buildMerger(accord)).id;
      return [
        ['participants', await buildParticipant(accord, { mergerId, factionId: kept.id })],
        ['participants', await buildParticipant(accord, { mergerId, factionId: duplicate.id })],
      ];
    }));

  it('when one person is a member of both at one time', () =>
    expectClash('factions', 'memberships_overlap', async (kept, duplicate) => {
      const own = { personId: (await buildPerson(accord)).id };
      return [
        ['members', await buildMember(accord, { ...own, factionId: kept.id })],
        ['members', await buildMember(accord, { ...own, factionId: duplicate.id })],
      ];
    }));

  it.each([true, false])('when one stands beneath the other (the kept one: %s)', async (keptIs) =>
    expectClash('factions', 'one_above_the_other', async (kept, duplicate) => {
      const [lower, upper] = keptIs ? [kept, duplicate] : [duplicate, kept];
      const between = await buildFaction(accord, { parentId: upper.id });
      await accord.patch(`/v1/factions/${lower.id}`, { parentId: between.id });
      return [
        ['factions', kept],
        ['factions', duplicate],
      ];
    }),
  );

  it.each([
    ['both went into one', (kept: string, other: string) => ({ predecessorIds: [kept, other] })],
    [
      'one became the other',
      (kept: string, other: string) => ({ predecessorIds: [other], successorId: kept }),
    ],
  ])('when %s, as a succession tells', (_, fields) =>
    expectClash('factions', 'named_together', async (kept, duplicate) => [
      ['successions', await buildSuccession(accord, fields(kept.id, duplicate.id))],
    ]),
  );
});

describe('two are one all the same', () => {
  it('when one is said to have spoken of the other', async () => {
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const about = { recordType: 'people', recordId: kept.id, speakerId: duplicate.id };
    const citation = await buildCitation(accord, about);
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    const path = `/v1/citations/${citation.id}`;
    expect((await accord.get(path)).body).toMatchObject({ recordId: kept.id, speakerId: kept.id });
    await undo(accord, id);
    expect((await accord.get(path)).body).toMatchObject(about);
  });

  it('when what would clash was retracted; it moves along, but for a list of both', async () => {
    const [kept, duplicate] = [await buildFaction(accord), await buildFaction(accord)];
    const mergerId = (await buildMerger(accord)).id;
    await buildParticipant(accord, { mergerId, factionId: kept.id });
    const gone = await buildParticipant(accord, { mergerId, factionId: duplicate.id });
    const both = await buildSuccession(accord, { predecessorIds: [kept.id, duplicate.id] });
    await accord.retract(`/v1/participants/${gone.id}`);
    await accord.retract(`/v1/successions/${both.id}`);
    const { moved } = await merged(accord, 'factions', kept.id, duplicate.id);
    expect(moved).toEqual([{ recordType: 'participants', recordId: gone.id, field: 'factionId' }]);
  });

  it('when they voted on different days: the later vote counts', async () => {
    const factionId = (await buildFaction(accord)).id;
    const motionId = (await buildMotion(accord, { factionId })).id;
    const voteEvent = await buildVoteEvent(accord, { motionId });
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const own = { voteEventId: voteEvent.id };
    await buildMember(accord, { factionId, personId: kept.id, endDate: '2022-12-27' });
    await buildMember(accord, { factionId, personId: duplicate.id, startDate: '2022-12-28' });
    const early = { castOn: '2022-12-27', option: 'no' };
    await buildVote(accord, { ...own, personId: kept.id, ...early });
    await buildVote(accord, { ...own, personId: duplicate.id });
    const tally = async () => {
      const { options } = (await accord.get(`/v1/vote-events/${voteEvent.id}/tally`)).body;
      return [options.yes.lower, options.no.lower];
    };
    expect(await tally()).toEqual([1, 1]);
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    expect(await tally()).toEqual([1, 0]);
    await undo(accord, id);
    expect(await tally()).toEqual([1, 1]);
  });
});
