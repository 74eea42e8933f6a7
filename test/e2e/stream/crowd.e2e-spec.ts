/**
 * A crowd that follows two services on one database, while everything happens at once: connections are lost, services are
 * stopped and started, transactions commit late, records are shown and held back. What each was told is the feed that it
 * was allowed to see, from where it began: no gap, no repetition.
 *
 * ACCORD_STREAM_BREAK has it fail: with `catch-up` whoever comes again is not told of what happened meanwhile, with `join` of
 * what happens while it is told of that, with `repeat` it is told once more of what it knew last.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Feed } from '../../../src/features/changes/feed.js';
import { Followers } from '../../../src/features/stream/stream.followers.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildMerger, buildParticipant, buildPerson } from '../../support/factories.js';
import type { Change } from '../../support/feed.js';
import { seededRandom } from '../../support/random.js';
import { Follower, entryOf, feedAfter, type Wish } from '../../support/stream.crowd.js';

const CROWD = 200;
const STEPS = 160;

let database: TestDatabase;
/** Those that are there; at most one is being started anew. */
const services: TestApp[] = [];
const late: pg.Client[] = [];
beforeAll(async () => {
  breakOnPurpose(process.env['ACCORD_STREAM_BREAK']);
  database = await createTestDatabase();
  services.push(await startTestApp(database), await startTestApp(database));
});
afterAll(async () => {
  for (const client of late) await client.end();
  for (const service of services) await service.stop();
  await database.drop();
});

describe.each([1, 2])('a crowd of 200 (seed %i)', (seed) => {
  it('is told the feed that each was allowed to see, once and in order', async () => {
    const random = seededRandom(seed);
    const world = new World(random);
    await world.begin();
    const crowd = Array.from({ length: CROWD }, () => world.follower());
    const following: Promise<void>[] = [];
    try {
      await happen(world, crowd, following);
      expect(await faultsOf(crowd, world)).toEqual([]);
    } finally {
      for (const follower of crowd) follower.stop();
      await Promise.all(following);
    }
    // The test is worth what it has seen.
    expect(crowd.filter(({ visits }) => visits > 2).length).toBeGreaterThan(CROWD / 2);
    expect(crowd.filter(({ events }) => events.length > 20).length).toBeGreaterThan(CROWD / 2);
    expect(world.restarts).toBeGreaterThan(1);
    expect(world.hiddenAgain.size).toBeGreaterThan(3);
  });

  /** Half of the crowd is there from the beginning, the others join one by one. */
  async function happen(
    world: World,
    crowd: readonly Follower[],
    following: Promise<void>[],
  ): Promise<void> {
    const [first, others] = [crowd.slice(0, CROWD / 2), crowd.slice(CROWD / 2)];
    for (const follower of first) following.push(follower.follow());
    for (const follower of first) await follower.until(() => follower.firstId !== '');
    for (let step = 0; step < STEPS; step += 1) {
      const newcomer = others[step];
      if (newcomer) following.push(newcomer.follow());
      for (const follower of crowd) if (world.random() < 0.02) follower.lose();
      await world.step();
    }
    await world.end();
  }
});

/** What is wrong with what each was told. */
async function faultsOf(crowd: readonly Follower[], world: World): Promise<readonly string[]> {
  // All of it is numbered then.
  await world.service().get('/v1/changes');
  const { rows } = await world.sql.query<Entry>(
    `SELECT change.id::text AS id, change.position::int AS position, revision.record_id::text AS "recordId",
       revision.version AS version
     FROM changes AS change JOIN revisions AS revision ON revision.position = change.revision_position`,
  );
  const entries = new Map(rows.map((entry) => [entry.id, entry]));
  const faults: string[] = [];
  for (const [at, follower] of crowd.entries()) {
    const fault = await faultOf(follower, world, entries);
    if (fault !== null) faults.push(`${String(at)} (${JSON.stringify(follower.wish)}): ${fault}`);
  }
  return faults;
}

interface Entry {
  readonly id: string;
  readonly position: number;
  readonly recordId: string;
  readonly version: number;
}

/** What is wrong with what a follower was told; null when it is as it should be. It waits until the last of it has come. */
async function faultOf(
  follower: Follower,
  { hiddenAgain }: World,
  entries: ReadonlyMap<string, Entry>,
): Promise<string | null> {
  const [service] = services;
  if (!service) throw new Error('there is no service');
  await follower.until(() => follower.firstId !== '');
  const feed = await feedAfter(service, follower.wish, follower.firstId);
  // What is held back again is in the feed of then, and not in that of now: it only has to be in order.
  const steady = (changes: readonly Change[]): readonly string[] =>
    changes
      .filter(({ recordId }) => !hiddenAgain.has(recordId))
      .map((each) => JSON.stringify(each));
  const expected = steady(feed);
  const last = expected.at(-1);
  if (last !== undefined)
    await follower.until(() =>
      follower.events.some(({ change }) => JSON.stringify(change) === last),
    );
  const told = steady(follower.events.map(({ change }) => change));
  const named = follower.events.map((event) => entries.get(entryOf(event)));
  const isInOrder = named.every(
    (entry, at) => at === 0 || (entry?.position ?? 0) > (named[at - 1]?.position ?? 0),
  );
  if (!isInOrder) return 'an entry stands before one that comes earlier, or was told twice';
  const isOther = follower.events.findIndex(
    ({ change }, at) =>
      named[at]?.recordId !== change.recordId || named[at].version !== change.version,
  );
  if (isOther >= 0) return `the id of event ${String(isOther)} names another entry`;
  const missing = expected.filter((each) => !told.includes(each));
  const strange = told.filter((each) => !expected.includes(each));
  return missing.length + strange.length === 0
    ? null
    : `lacks ${String(missing.length)}, has ${String(strange.length)} too many: ${[...missing, ...strange].slice(0, 2).join()}`;
}

/** What happens: writers, late transactions, services that stop and start. */
class World {
  restarts = 0;
  /** Records that were public and are held back, or were for a while. */
  readonly hiddenAgain = new Set<string>();
  sql!: pg.Client;
  private lateWriter!: pg.Client;
  private isLateOpen = false;
  private readonly mergers: string[] = [];
  private readonly drafts: string[] = [];
  private readonly shown: string[] = [];
  /** Whose embargo ends while the test runs. */
  private readonly embargoed: string[] = [];

  constructor(readonly random: () => number) {}

  async begin(): Promise<void> {
    [this.sql, this.lateWriter] = [await connect(), await connect()];
    for (let at = 0; at < 4; at += 1) this.mergers.push((await buildMerger(this.service())).id);
  }

  service(): TestApp {
    const service = this.pick(services);
    if (!service) throw new Error('there is no service');
    return service;
  }

  /** Somebody with wishes by chance. */
  follower(): Follower {
    const as = this.random() < 0.5 ? 'reader' : 'editor';
    const wanted = this.mergers.filter(() => this.random() < 0.3);
    const parts = [
      ...(wanted.length === 0 ? [] : [`mergerId=${wanted.join(',')}`]),
      ...(as === 'editor' && this.random() < 0.3 ? ['view=public'] : []),
    ];
    const wish: Wish = { as, query: parts.join('&') };
    return new Follower(wish, () => this.service(), this.random);
  }

  async step(): Promise<void> {
    const chance = this.random();
    if (chance < 0.2) await this.goOnLate();
    else if (chance < 0.22 && this.restarts < 4) await this.restart();
    else if (chance < 0.35) await this.showOrHide();
    else if (chance < 0.4) await this.writeEmbargoed();
    else await this.write();
  }

  /** Ends what is open, and waits until the services have told of every embargo that it is over. */
  async end(): Promise<void> {
    while (this.restarts < 2) await this.restart();
    if (this.isLateOpen) await this.goOnLate(true);
    for (let waits = this.embargoed.length > 0; waits;) {
      const { rows } = await this.sql.query<{ shown: number }>(
        `SELECT count(DISTINCT revision.record_id)::int AS shown
         FROM changes AS change JOIN revisions AS revision ON revision.position = change.revision_position
         WHERE change.is_public AND revision.record_id = ANY ($1::uuid[])`,
        [this.embargoed],
      );
      waits = rows[0]?.shown !== this.embargoed.length;
    }
    // The last of all, for everybody.
    for (const mergerId of this.mergers) await buildParticipant(this.service(), { mergerId });
  }

  private async write(): Promise<void> {
    const visibility = this.random() < 0.3 ? 'draft' : 'public';
    const mergerId = this.pick(this.mergers);
    const record =
      this.random() < 0.6
        ? await buildParticipant(this.service(), { mergerId, visibility })
        : await buildPerson(this.service(), { visibility });
    const path = `${record['factionId'] === undefined ? 'people' : 'participants'}/${record.id}`;
    (visibility === 'draft' ? this.drafts : this.shown).push(path);
  }

  private async showOrHide(): Promise<void> {
    const isHidden = this.random() < 0.7;
    const [from, to] = isHidden ? [this.drafts, this.shown] : [this.shown, this.drafts];
    const path = this.pick(from);
    if (path === undefined) return;
    from.splice(from.indexOf(path), 1);
    to.push(path);
    if (!isHidden) this.hiddenAgain.add(path.split('/')[1] ?? '');
    const visibility = isHidden ? 'public' : 'draft';
    const { status } = await this.service().patch(`/v1/${path}`, { visibility });
    if (status !== 200) throw new Error(`${path} was not changed: ${String(status)}`);
  }

  private async writeEmbargoed(): Promise<void> {
    const { rows } = await this.sql.query<{ soon: string }>(
      `SELECT iso_instant(clock_timestamp() + interval '250 milliseconds') AS soon`,
    );
    const embargoUntil = rows[0]?.soon;
    const { id } = await buildPerson(this.service(), { embargoUntil });
    this.embargoed.push(id);
  }

  /** A transaction that draws its numbers now, and commits when others have drawn theirs. It shows and hides nothing: others would have to wait. */
  private async goOnLate(ends = this.random() < 0.5): Promise<void> {
    if (!this.isLateOpen) await this.lateWriter.query('BEGIN');
    this.isLateOpen = true;
    await this.lateWriter.query(
      `INSERT INTO people (slug, name) VALUES ('late-' || uuid_v7(), 'Late')`,
    );
    await this.lateWriter.query(
      `UPDATE milestones SET title = $2 WHERE milestones.merger_id = $1 AND milestones.classification = 'announcement'`,
      [this.pick(this.mergers), String(this.random())],
    );
    if (!ends) return;
    await this.lateWriter.query(this.random() < 0.2 ? 'ROLLBACK' : 'COMMIT');
    this.isLateOpen = false;
  }

  /** Stops a service, writes to the other one meanwhile, and starts it anew. */
  private async restart(): Promise<void> {
    const [stopped] = services.splice(Math.floor(this.random() * services.length), 1);
    if (!stopped) return;
    const stopping = stopped.stop();
    for (let at = 0; at < 3; at += 1) await this.write();
    await stopping;
    services.push(await startTestApp(database));
    this.restarts += 1;
  }

  private pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  late.push(client);
  return client;
}

/** What must make this test fail; see above. */
function breakOnPurpose(how: string | undefined): void {
  const [followers, feed] = [Followers.prototype, Feed.prototype];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called for whom they are called for
  const [isAbreast, entries] = [followers.isAbreast, feed.entries];
  const ends = new Set<number | undefined>();
  switch (how) {
    case 'catch-up':
      followers.isAbreast = () => true;
      break;
    case 'join':
      feed.entries = async function (view, stretch) {
        ends.add(stretch.until);
        return entries.call(this, view, stretch);
      };
      followers.isAbreast = function (position): boolean {
        return isAbreast.call(this, position) || ends.has(position);
      };
      break;
    case 'repeat':
      feed.entries = async function (view, stretch) {
        // The pages of the feed itself have no end that is told.
        const back = stretch.until === undefined ? 0 : 1;
        return entries.call(this, view, { ...stretch, after: stretch.after - back });
      };
      break;
    case undefined:
      break;
    default:
      throw new Error(`ACCORD_STREAM_BREAK=${how} is not known`);
  }
}
