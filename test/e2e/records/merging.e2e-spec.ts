import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  buildMeeting,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildPerson,
  buildPrediction,
  listed,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const seen = (...versions: readonly number[]): Readonly<Record<string, string>> => ({
  'if-match': versions.map((version) => `"v${String(version)}"`).join(', '),
});
const conflicts = (answer: Answer): unknown => (answer.body as Fields)['conflicts'];

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'a patch of a version that is no longer the last, in /%s',
  (type, specimen) => {
    const make = async (): Promise<Stored> => {
      const { path, full } = await specimen.prepare(accord);
      return record(accord, path, full);
    };

    it('is merged when it touches other fields than those changed since', async () => {
      const made = await make();
      const address = `/v1/${type}/${made.id}`;
      expect((await accord.patch(address, specimen.change, seen(1))).status).toBe(200);
      const embargo = { embargoUntil: '2020' };
      const merged = await accord.patch(address, embargo, seen(1));
      expect(merged).toMatchObject({ status: 200 });
      expect(merged.headers.get('etag')).toBe('"v3"');
      const both = { ...made, ...specimen.change, ...embargo, version: 3 };
      expect(merged.body).toEqual({ ...both, updatedAt: expect.any(String) });
      expect((await accord.get(address)).text).toBe(merged.text);
    });

    it('is merged when what it gives is what was stored since, and changes nothing then', async () => {
      const made = await make();
      const address = `/v1/${type}/${made.id}`;
      const first = await accord.patch(address, specimen.change, seen(1));
      const again = await accord.patch(address, specimen.change, seen(1));
      expect(again).toMatchObject({ status: 200, text: first.text });
    });

    it('is refused when it touches the same field, and told only of that field', async () => {
      const made = await make();
      const address = `/v1/${type}/${made.id}`;
      const [name = ''] = Object.keys(specimen.change);
      await accord.patch(address, { ...specimen.change, embargoUntil: '2020' }, seen(1));
      const yours = { [name]: made[name], visibility: 'public' };
      const refused = await expectRefusal(accord, () => accord.patch(address, yours, seen(1)), [
        412,
        'stale',
      ]);
      const conflict = { pointer: `/${name}`, base: made[name], theirs: specimen.change[name] };
      expect(refused.body).toMatchObject({ version: 2 });
      expect(conflicts(refused)).toEqual([{ ...conflict, yours: made[name] }]);
    });
  },
);

describe('a patch of an older version', () => {
  it('is judged by what every field held then: objects, lists, ids, numbers and texts', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const [one, two] = [
      await buildMilestone(accord, { mergerId }),
      await buildMilestone(accord, { mergerId }),
    ];
    const motionId = (await buildMotion(accord, { mergerId })).id;
    const meetingId = (await buildMeeting(accord, { mergerId })).id;
    const base = {
      dependsOn: [one.id],
      estimate: { optimisticDays: 1, likelyDays: 2, pessimisticDays: 3 },
      satisfiedBy: { motionId },
      weight: 1,
      venue: null,
    };
    const { id } = await buildMilestone(accord, { mergerId, ...base });
    const address = `/v1/milestones/${id}`;
    const theirs: Fields = {
      dependsOn: [one.id, two.id],
      estimate: { optimisticDays: 2, likelyDays: 3, pessimisticDays: 3 },
      satisfiedBy: { meetingId, motionId: null },
      weight: 2,
      venue: 'Karachi',
    };
    expect((await accord.patch(address, theirs)).status).toBe(200);
    const yours: Fields = {
      dependsOn: [two.id.toUpperCase()],
      estimate: { pessimisticDays: 9 },
      satisfiedBy: { motionId: null, meetingId: null, participantId: motionId },
      weight: 3,
      venue: 'Lahore',
    };
    const refused = await accord.patch(address, yours, seen(1));
    expectProblem(refused, [412, 'stale']);
    expect(conflicts(refused)).toEqual([
      {
        pointer: '/weight',
        base: 1,
        theirs: 2,
        yours: 3,
      },
      {
        pointer: '/dependsOn',
        base: [one.id],
        theirs: [one.id, two.id],
        yours: [two.id],
      },
      {
        pointer: '/estimate',
        base: base.estimate,
        theirs: theirs['estimate'],
        // Merged into what the writer saw.
        yours: { ...base.estimate, pessimisticDays: 9 },
      },
      { pointer: '/venue', base: null, theirs: 'Karachi', yours: 'Lahore' },
      {
        pointer: '/satisfiedBy',
        base: { motionId },
        theirs: { meetingId },
        yours: { participantId: motionId },
      },
    ]);
    // The same values by other ways: an id in capitals, the default by a null, the same object by its changed members.
    const same: Fields = {
      dependsOn: [one.id.toUpperCase(), two.id],
      estimate: { optimisticDays: 2, likelyDays: 3 },
      satisfiedBy: { motionId: null, meetingId },
    };
    const merged = await accord.patch(address, { ...same, title: 'Settled' }, seen(1));
    expect(merged).toMatchObject({
      status: 200,
      body: { version: 3, title: 'Settled', weight: 2 },
    });
    expect(merged.body).toMatchObject({
      dependsOn: theirs['dependsOn'],
      satisfiedBy: { meetingId },
    });
    const back = await accord.patch(address, { weight: null }, seen(1));
    expect(conflicts(back)).toEqual([{ pointer: '/weight', base: 1, theirs: 2, yours: 1 }]);
  });

  it('is judged by the fields, not by how often they were changed in between', async () => {
    const { id } = await buildPerson(accord, { name: 'A', summary: 'one' });
    const address = `/v1/people/${id}`;
    await accord.patch(address, { name: 'B' });
    await accord.patch(address, { name: 'A' });
    await accord.patch(address, { summary: 'two' });
    // Four versions later the name is what the writer saw.
    const merged = await accord.patch(address, { name: 'C' }, seen(1));
    expect(merged).toMatchObject({ status: 200, body: { version: 5, name: 'C', summary: 'two' } });
  });

  it('is held to every rule with what was changed since: each sound alone, together they are not', async () => {
    const { id } = await buildPrediction(accord, { from: '2023-01-09', to: '2023-01-14' });
    const address = `/v1/predictions/${id}`;
    expect((await accord.patch(address, { from: '2023-01-12' }, seen(1))).status).toBe(200);
    const early = () => accord.patch(address, { to: '2023-01-10' }, seen(1));
    await expectRefusal(accord, early, [422, 'end_before_start', '/to']);
    const meeting = await buildMeeting(accord, { startsOn: '2022-12-28' });
    const path = `/v1/meetings/${meeting.id}`;
    expect((await accord.patch(path, { startsOn: null }, seen(1))).status).toBe(200);
    const held = () => accord.patch(path, { status: 'held' }, seen(1));
    await expectRefusal(accord, held, [422, 'held_without_start', '/startsOn']);
    // And the other way round: what was refused at the version seen is sound by now.
    const moved = await accord.patch(address, { to: '2023-01-31' });
    expect(moved.status).toBe(200);
    const late = await accord.patch(address, { from: '2023-01-20' }, seen(2));
    expect(late).toMatchObject({ status: 200, body: { from: '2023-01-20', to: '2023-01-31' } });
  });

  it('is of the newest version that it names and that there was', async () => {
    const { id } = await buildPerson(accord, { name: 'A' });
    const address = `/v1/people/${id}`;
    await accord.patch(address, { name: 'B' });
    await accord.patch(address, { summary: 'told' });
    const name = { name: 'C' };
    const older = () => accord.patch(address, name, seen(1));
    await expectRefusal(accord, older, [412, 'stale']);
    const merged = await accord.patch(address, name, seen(99, 2, 1));
    expect(merged).toMatchObject({ status: 200, body: { version: 4, name: 'C' } });
  });

  it('that never was is refused, and so is the tag of what readers see', async () => {
    const secret = await buildPerson(accord, { visibility: 'draft' });
    const { id } = await buildPrediction(accord, { statedById: secret.id });
    const address = `/v1/predictions/${id}`;
    const shown = await accord.send('GET', `${address}?view=public`, {}, 'editor');
    const tag = String(shown.headers.get('etag'));
    expect(tag).toMatch(/^"v1\./);
    for (const sent of [tag, '"v2"', '"v0"', '"another"', 'W/"v1"']) {
      const patch = () => accord.patch(address, { from: '2023' }, { 'if-match': sent });
      const refused = await expectRefusal(accord, patch, [412, 'stale']);
      expect(refused.body).toMatchObject({ version: 1, conflicts: [] });
    }
    const whole = await accord.send('GET', address, {}, 'editor');
    const own = { 'if-match': String(whole.headers.get('etag')) };
    expect((await accord.patch(address, { from: '2023' }, own)).status).toBe(200);
  });

  it('is refused for what is wrong with it by itself, before anybody’s changes', async () => {
    const { id } = await buildPerson(accord, { name: 'A' });
    await accord.patch(`/v1/people/${id}`, { name: 'B' });
    const wrong = () => accord.patch(`/v1/people/${id}`, { name: '' }, seen(1));
    await expectRefusal(accord, wrong, [400, 'validation_failed', '/name']);
  });
});

describe('patches of one version at the same moment', () => {
  it.each([1, 2, 3])('of different fields are all taken (%d)', async () => {
    const { id } = await buildPerson(accord, { name: 'A' });
    const address = `/v1/people/${id}`;
    const patches: readonly Fields[] = [
      { name: 'B' },
      { summary: 'told' },
      { familyName: 'Sattar' },
      { givenName: 'Farooq' },
      { birthDate: '1959' },
      { otherNames: [{ name: 'F. Sattar' }] },
    ];
    const answers = await Promise.all(
      patches.map((patch) => accord.patch(address, patch, seen(1))),
    );
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 200));
    const versions = answers.map(({ body }) => (body as Stored).version);
    expect(versions.toSorted()).toEqual([2, 3, 4, 5, 6, 7]);
    const all = Object.assign({}, ...patches) as Fields;
    const { body } = await accord.get(address);
    expect(body).toMatchObject({
      ...all,
      otherNames: [expect.objectContaining({ name: 'F. Sattar' })],
    });
    expect(await listed(accord, `${address}/revisions`)).toHaveLength(7);
  });
});
