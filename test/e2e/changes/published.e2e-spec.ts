/** Whoever follows the feed learns of a record when it is shown, and of nothing while it is held back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/platform/clock/clock.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildMember,
  buildMerger,
  buildMilestone,
  buildPerson,
  buildSource,
  buildCitation,
  type Stored,
} from '../../support/factories.js';
import { Follower, inShort, wholeFeed } from '../../support/feed.js';

let accord: TestApp;
let follower: Follower;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

// The clock only goes forward, from one test to the next.
let year = 2030;
/** A day, and the first instant after it. */
function nextYear(): { readonly day: string; readonly over: string; readonly before: string } {
  year += 1;
  return {
    day: `${String(year)}-03-01`,
    before: `${String(year)}-03-01T23:59:59.999Z`,
    over: `${String(year)}-03-02T00:00:00.000Z`,
  };
}

async function begin(): Promise<void> {
  follower = await Follower.fromNow(accord, 'reader');
}

const patch = (record: Stored, path: string, body: unknown) =>
  accord.patch(`/v1/${path}/${record.id}`, body);
const news = async (): Promise<readonly string[]> => (await follower.catchUp()).map(inShort);
const ofKeyHolders = async ({ id }: Stored): Promise<readonly string[]> =>
  (await wholeFeed(accord, 'editor')).filter((change) => change.recordId === id).map(inShort);

describe('a record that is shown', () => {
  it('by an edit is published in its place, once', async () => {
    await begin();
    const person = await buildPerson(accord, { visibility: 'draft' });
    await patch(person, 'people', { name: 'Second' });
    expect(await news()).toEqual([]);
    await patch(person, 'people', { visibility: 'public' });
    await patch(person, 'people', { name: 'Fourth' });
    expect(await news()).toEqual([`${person.id} 3 published`, `${person.id} 4 update`]);
    expect(await news()).toEqual([]);
    expect(await ofKeyHolders(person)).toEqual(
      ['1 create', '2 update', '3 update', '3 published', '4 update'].map(
        (text) => `${person.id} ${text}`,
      ),
    );
  });

  it('by time is published at its instant, with nobody who did it', async () => {
    const { day, before, over } = nextYear();
    const person = await buildPerson(accord, { embargoUntil: day });
    await begin();
    accord.setInstant(before);
    expect(await news()).toEqual([]);
    accord.setInstant(over);
    expect(await follower.catchUp()).toMatchObject([
      { recordId: person.id, version: 1, operation: 'published', recordedAt: over },
    ]);
    const told = (await wholeFeed(accord, 'editor')).at(-1);
    expect(told).toMatchObject({ operation: 'published', actor: null, reason: null });
    expect(await news()).toEqual([]);
  });

  it.each([
    ['all at once', 10_000],
    ['one by one', 1],
  ])(
    'stands before what was changed after it, also when all is numbered later, %s',
    async (how, atMost) => {
      await begin();
      const slug = how.replaceAll(' ', '-');
      const id = await told([
        ['set_config', minute(1)],
        [
          `INSERT INTO people (slug, name, embargo_until) VALUES ('${slug}', 'Told', '${minute(2)}') RETURNING people.id::text AS id`,
        ],
        ['set_config', minute(3)],
        [`UPDATE people SET name = 'Told again' WHERE people.slug = '${slug}'`],
      ]);
      while ((await number(atMost)) > 0);
      const seen = await follower.catchUp();
      expect(seen.map(inShort)).toEqual([`${id} 1 published`, `${id} 2 update`]);
      // An embargo that is an instant ends with its millisecond.
      expect(seen[0]?.recordedAt).toBe('2020-01-01T00:02:00.001Z');
      expect(await ofKeyHolders({ id, version: 2 })).toEqual(
        ['1 create', '1 published', '2 update'].map((text) => `${id} ${text}`),
      );
    },
  );

  it('with what it requires is published with it: milestones with their merger, citations with their source', async () => {
    const { day, over } = nextYear();
    const merger = await buildMerger(accord, { embargoUntil: day });
    const announcement = await announcementOfHidden(merger.id);
    const milestone = await buildMilestone(accord, { mergerId: merger.id });
    const draft = await buildMilestone(accord, { mergerId: merger.id, visibility: 'draft' });
    const source = await buildSource(accord, { confidential: true });
    const citation = await buildCitation(accord, { sourceId: source.id });
    await begin();
    accord.setInstant(over);
    expect((await news()).toSorted()).toEqual(
      [merger, announcement, milestone].map(({ id }) => `${id} 1 published`).toSorted(),
    );
    await patch(source, 'sources', { confidential: false });
    expect((await news()).toSorted()).toEqual(
      [`${source.id} 2 published`, `${citation.id} 1 published`].toSorted(),
    );
    await patch(draft, 'milestones', { visibility: 'public' });
    expect(await news()).toEqual([`${draft.id} 2 published`]);
  });

  it('only when nothing holds it back any more: of two embargoes the later counts', async () => {
    const [first, second] = [nextYear(), nextYear()];
    const person = await buildPerson(accord, { embargoUntil: first.day });
    const member = await buildMember(accord, { personId: person.id, embargoUntil: second.day });
    await begin();
    accord.setInstant(first.over);
    expect(await news()).toEqual([`${person.id} 1 published`]);
    accord.setInstant(second.over);
    expect(await news()).toEqual([`${member.id} 1 published`]);
  });

  it('later than was planned is published then, and not before', async () => {
    const [first, second] = [nextYear(), nextYear()];
    const person = await buildPerson(accord, { embargoUntil: first.day });
    await patch(person, 'people', { embargoUntil: second.day });
    await begin();
    accord.setInstant(first.over);
    expect(await news()).toEqual([]);
    accord.setInstant(second.over);
    expect(await news()).toEqual([`${person.id} 2 published`]);
  });

  it('earlier than was planned is published once', async () => {
    const { day, over } = nextYear();
    const person = await buildPerson(accord, { embargoUntil: day });
    await begin();
    await patch(person, 'people', { embargoUntil: null });
    expect(await news()).toEqual([`${person.id} 2 published`]);
    accord.setInstant(over);
    expect(await news()).toEqual([]);
  });
});

describe('a record that is held back again', () => {
  it('is gone from the feed at once, and published anew when it is shown again', async () => {
    await begin();
    const before = await wholeFeed(accord, 'reader');
    const latest = follower.cursor;
    const person = await buildPerson(accord);
    expect(await news()).toEqual([`${person.id} 1 create`]);
    await patch(person, 'people', { visibility: 'draft' });
    expect(await wholeFeed(accord, 'reader')).toEqual(before);
    const newcomer = new Follower(accord, 'reader');
    await newcomer.catchUp();
    expect(newcomer.cursor).toBe(latest);
    expect(await news()).toEqual([]);
    await patch(person, 'people', { visibility: 'public' });
    expect(await news()).toEqual([`${person.id} 3 published`]);
    expect((await newcomer.catchUp()).map(inShort)).toEqual([
      `${person.id} 1 create`,
      `${person.id} 3 published`,
    ]);
  });

  it('before its embargo is over is not published when it is', async () => {
    const { day, over } = nextYear();
    const person = await buildPerson(accord, { embargoUntil: day });
    await patch(person, 'people', { visibility: 'draft' });
    await begin();
    accord.setInstant(over);
    expect(await news()).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  it('takes back what it told too early, stops nobody, and tells it again when the time has come', async () => {
    const { day, before, over } = nextYear();
    const person = await buildPerson(accord, { embargoUntil: day });
    accord.setInstant(over);
    const told = (await wholeFeed(accord, 'editor')).map(inShort);
    expect(told.at(-1)).toBe(`${person.id} 1 published`);
    accord.setInstant(before);
    expect((await wholeFeed(accord, 'editor')).map(inShort)).toEqual(told.slice(0, -1));
    await begin();
    const after = await buildPerson(accord);
    expect(await news()).toEqual([`${after.id} 1 create`]);
    expect(await news()).toEqual([]);
    accord.setInstant(over);
    expect(await news()).toEqual([`${person.id} 1 published`]);
    expect(await news()).toEqual([]);
  });
});

const minute = (number: number): string => new Date(Date.UTC(2020, 0, 1, 0, number)).toISOString();

/** Numbers some; returns how many it took off the queue. */
async function number(atMost: number): Promise<number> {
  const [row] = await accord.database.read<{ numbered: number }>(
    'SELECT number_changes($1::timestamptz, $2) AS numbered',
    [accord.app.get(Clock).instant(), atMost],
  );
  return row?.numbered ?? 0;
}

/** Runs statements in one transaction that is told its instants; returns the first id that comes back. */
async function told(steps: readonly (readonly [string, string?])[]): Promise<string> {
  return accord.database.prisma.$transaction(async (tx) => {
    let id = '';
    for (const [text, instant] of steps) {
      if (instant !== undefined)
        await tx.$queryRaw`SELECT set_config('accord.instant', ${instant}, true)`;
      else id = (await tx.$queryRawUnsafe<{ id: string }[]>(text))[0]?.id ?? id;
    }
    return id;
  });
}

async function announcementOfHidden(mergerId: string): Promise<Stored> {
  const path = `/v1/milestones?mergerId=${mergerId}&classification=announcement`;
  const { body } = await accord.send('GET', path, {}, 'editor');
  return body.data[0] as Stored;
}
