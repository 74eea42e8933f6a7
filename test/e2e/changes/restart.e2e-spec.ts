/** A cursor is good after a restart of the service, and in a database restored from a dump. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildMerger, buildPerson, buildStance } from '../../support/factories.js';
import { Follower, inShort, wholeFeed } from '../../support/feed.js';
import { dumpAndRestore } from '../../support/restore.js';

let database: TestDatabase;
let accord: TestApp;
beforeAll(async () => {
  database = await createTestDatabase();
  accord = await startTestApp(database);
});
afterAll(async () => {
  await accord.stop();
  await database.drop();
});

const readers = ['reader', 'editor'] as const;

/** Followers who have read a part of the feed, and what they have read. */
async function partWay(app: TestApp): Promise<readonly Follower[]> {
  const followers = readers.map((as) => new Follower(app, as, 3));
  for (const follower of followers) await follower.poll();
  return followers;
}

/** The same followers, of another service. */
const movedTo = (app: TestApp, followers: readonly Follower[]): readonly Follower[] =>
  followers.map(({ cursor }, at) => new Follower(app, readers[at] ?? 'reader', 3, cursor));

it('a restart of the service: the old cursor goes on where it was', async () => {
  await buildStance(accord);
  await buildPerson(accord, { visibility: 'draft' });
  const followers = await partWay(accord);
  await accord.stop();
  accord = await startTestApp(database);
  const moved = movedTo(accord, followers);
  const { id } = await buildPerson(accord);
  for (const [at, follower] of moved.entries()) {
    await follower.catchUp();
    const as = readers[at] ?? 'reader';
    expect([...(followers[at]?.seen ?? []), ...follower.seen]).toEqual(await wholeFeed(accord, as));
    expect(follower.seen.map(inShort).at(-1)).toBe(`${id} 1 create`);
  }
});

describe('a dump and a restore', () => {
  let restored: TestDatabase;
  let other: TestApp;
  afterAll(async () => {
    await other.stop();
    await restored.drop();
  });

  it('keep every place: the old cursor goes on without a gap or a repetition, in what was read and what was not', async () => {
    const embargoed = await buildMerger(accord, { embargoUntil: '2031-01-01' });
    const followers = await partWay(accord);
    // Committed and not in the feed yet; and never committed, which a dump does not hold.
    const unread = await buildPerson(accord);
    const late = new pg.Client({ connectionString: accord.databaseUrl });
    await late.connect();
    await late.query('BEGIN');
    await late.query(`INSERT INTO people (slug, name) VALUES ('never', 'Never')`);
    restored = await dumpAndRestore(accord.databaseUrl);
    await late.query('ROLLBACK');
    await late.end();
    const before = await Promise.all(readers.map((as) => wholeFeed(accord, as)));

    other = await startTestApp(restored);
    const moved = movedTo(other, followers);
    const written = await buildPerson(other);
    for (const [at, follower] of moved.entries()) {
      await follower.catchUp();
      const seen = [...(followers[at]?.seen ?? []), ...follower.seen];
      expect(seen.slice(0, -1)).toEqual(before[at]);
      expect(seen.slice(-2).map(inShort)).toEqual([
        `${unread.id} 1 create`,
        `${written.id} 1 create`,
      ]);
    }
    other.setInstant('2031-01-02T00:00:00.000Z');
    const [reader] = moved;
    expect((await reader?.catchUp())?.map(inShort)).toContain(`${embargoed.id} 1 published`);
    expect(new Set(reader?.seen.map(inShort)).size).toBe(reader?.seen.length);
  });

  it('are of other transactions: nothing in the feed rests on their ids', async () => {
    const ids = async ({ database: { read } }: TestApp): Promise<readonly string[]> =>
      (
        await read<{ xmin: string }>(
          'SELECT DISTINCT revision.xmin::text AS xmin FROM revisions AS revision',
          [],
        )
      ).map(({ xmin }) => xmin);
    const [here, there] = [await ids(accord), new Set(await ids(other))];
    expect(here.filter((id) => there.has(id))).toEqual([]);
  });
});
