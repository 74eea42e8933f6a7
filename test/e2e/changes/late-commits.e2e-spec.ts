/** A transaction that commits late is skipped by nobody, and nothing that was numbered moves. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { Follower, inShort, wholeFeed, type Change } from '../../support/feed.js';
import { seededRandom } from '../../support/random.js';

let accord: TestApp;
const clients: pg.Client[] = [];
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await accord.stop();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: accord.databaseUrl, lock_timeout: 5_000 });
  await client.connect();
  clients.push(client);
  return client;
}

const follow = (as: 'reader' | 'editor', limit: number): Promise<Follower> =>
  Follower.fromNow(accord, as, limit);

const INSERT = `INSERT INTO people (slug, name, visibility) VALUES ('p-' || uuid_v7(), $1, $2) RETURNING people.id::text AS id`;

async function insertPerson(sql: pg.Client, name: string, visibility = 'public'): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(INSERT, [name, visibility]);
  return rows[0]?.id ?? '';
}

/** The places that the feed has given away so far. */
async function numbered(): Promise<readonly object[]> {
  return accord.database.read(
    `SELECT change.position::text AS position, change.revision_position::text AS revision
     FROM changes AS change ORDER BY change.position`,
    [],
  );
}

describe('a transaction that is held open while others write and readers poll', () => {
  it('comes into the feed when it commits, after what was read meanwhile, and moves none of it', async () => {
    const followers = [new Follower(accord, 'reader', 2), new Follower(accord, 'editor', 3)];
    const late = await connect();
    await late.query('BEGIN');
    const held = await insertPerson(late, 'Late');
    const meanwhile: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      meanwhile.push((await buildPerson(accord)).id);
      for (const follower of followers) await follower.catchUp();
    }
    const before = await numbered();
    expect(followers.map(({ seen }) => seen.map(({ recordId }) => recordId))).toEqual([
      meanwhile,
      meanwhile,
    ]);
    await late.query('COMMIT');
    for (const follower of followers)
      expect((await follower.catchUp()).map(inShort)).toEqual([`${held} 1 create`]);
    expect((await numbered()).slice(0, before.length)).toEqual(before);
    for (const follower of followers)
      expect(await wholeFeed(accord, 'reader')).toEqual(follower.seen.map(withoutAuthor));
  });

  it('that is taken back leaves no gap', async () => {
    const follower = new Follower(accord, 'reader', 100);
    await follower.catchUp();
    const late = await connect();
    await late.query('BEGIN');
    await insertPerson(late, 'Never');
    const { id } = await buildPerson(accord);
    expect((await follower.catchUp()).map(inShort)).toEqual([`${id} 1 create`]);
    await late.query('ROLLBACK');
    expect(await follower.catchUp()).toEqual([]);
    const [row] = await accord.database.read<{ dense: boolean }>(
      'SELECT max(change.position) = count(*) AS dense FROM changes AS change',
      [],
    );
    expect(row).toEqual({ dense: true });
  });

  it('holds up nobody: neither readers nor writers wait for it, and it waits for no numbering', async () => {
    const [late, numbering] = [await connect(), await connect()];
    await numbering.query('BEGIN');
    await numbering.query(`SELECT pg_advisory_xact_lock(hashtextextended('changes', 0))`);
    await late.query(`SET lock_timeout = '1ms'`);
    await late.query('BEGIN');
    const id = await insertPerson(late, 'Unhurried');
    await late.query(`UPDATE people SET visibility = 'draft' WHERE people.id = $1`, [id]);
    await late.query(`UPDATE people SET visibility = 'public' WHERE people.id = $1`, [id]);
    await late.query('COMMIT');
    const { id: written } = await buildPerson(accord);
    await numbering.query('ROLLBACK');
    const told = (await wholeFeed(accord, 'editor')).map(inShort);
    expect(told).toEqual(
      expect.arrayContaining([`${id} 3 update`, `${id} 3 published`, `${written} 1 create`]),
    );
  });
});

describe('two who number at once', () => {
  it('number one after the other: the second sees what the first has numbered', async () => {
    const [first, second] = [await connect(), await connect()];
    const number = 'SELECT number_changes(NULL, 100) AS numbered';
    await buildPerson(accord);
    await first.query('BEGIN');
    expect((await first.query(number)).rows).toEqual([{ numbered: 1 }]);
    const { id } = await buildPerson(accord);
    const pid = await second.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const waiting = second.query(number);
    await untilBlocked(pid.rows[0]?.pid ?? 0);
    await first.query('COMMIT');
    expect((await waiting).rows).toEqual([{ numbered: 1 }]);
    expect((await wholeFeed(accord, 'editor')).map(inShort).at(-1)).toBe(`${id} 1 create`);
  });

  /** Asks the server until it says that a session waits for another one. */
  async function untilBlocked(pid: number): Promise<void> {
    for (;;) {
      const [row] = await accord.database.read<{ blocked: boolean }>(
        'SELECT cardinality(pg_blocking_pids($1::int)) > 0 AS blocked',
        [pid],
      );
      if (row?.blocked) return;
    }
  }
});

describe('a change that was recorded before its record was shown, and committed after', () => {
  it('is told: readers who have fetched the record learn that it has changed', async () => {
    const merger = await buildMerger(accord, { visibility: 'draft' });
    const meanwhile = await connect();
    const { id } = await sqlMilestone(meanwhile, merger.id);
    const late = await connect();
    await late.query('BEGIN');
    await late.query(`UPDATE milestones SET title = 'Later' WHERE milestones.id = $1`, [id]);
    await accord.patch(`/v1/mergers/${merger.id}`, { visibility: 'public' });
    const follower = new Follower(accord, 'reader');
    const of = (changes: readonly Change[]): readonly string[] =>
      changes.filter(({ recordId }) => recordId === id).map(inShort);
    expect(of(await follower.catchUp())).toEqual([`${id} 1 published`]);
    await late.query('COMMIT');
    expect(of(await follower.catchUp())).toEqual([`${id} 2 published`]);
  });
});

describe('a draft that is lifted by a transaction that commits after the embargo above it is over', () => {
  it('is published with what was above it', async () => {
    const over = '2031-01-02T00:00:00.000Z';
    const merger = await buildMerger(accord, { embargoUntil: '2031-01-01' });
    const late = await connect();
    const { id } = await sqlMilestone(late, merger.id);
    await late.query(`UPDATE milestones SET visibility = 'draft' WHERE milestones.id = $1`, [id]);
    const follower = new Follower(accord, 'reader');
    await follower.catchUp();
    await late.query('BEGIN');
    await late.query(`UPDATE milestones SET visibility = 'public' WHERE milestones.id = $1`, [id]);
    accord.setInstant(over);
    const told = async (): Promise<readonly string[]> => (await follower.catchUp()).map(inShort);
    expect(await told()).not.toContain(`${id} 2 published`);
    await late.query('COMMIT');
    expect(await told()).toEqual([`${id} 3 published`]);
    accord.setInstant(null);
  });
});

async function sqlMilestone(sql: pg.Client, mergerId: string): Promise<{ readonly id: string }> {
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO milestones (merger_id, title, classification) VALUES ($1, 'Early', 'issue')
     RETURNING milestones.id::text AS id`,
    [mergerId],
  );
  return { id: rows[0]?.id ?? '' };
}

describe.each([1, 2, 3, 4, 5, 6])('writers that commit in random order (seed %i)', (seed) => {
  it('are followed by everybody without a gap, and what a reader has at the end is what is public', async () => {
    const random = seededRandom(seed);
    const writers = new Writers(random, [await connect(), await connect(), await connect()]);
    const before = await wholeFeed(accord, 'editor');
    const readers = [await follow('reader', 2), await follow('reader', 50)];
    const editors = [await follow('editor', 1), await follow('editor', 7)];
    const all = [...readers, ...editors];
    for (let step = 0; step < 120; step += 1) {
      // All poll at once, so that they number side by side.
      if (random() < 0.3) await Promise.all(all.map((follower) => follower.poll()));
      else await writers.step();
    }
    await writers.endAll();
    for (const follower of all) await follower.catchUp();

    const whole = await wholeFeed(accord, 'editor');
    expect(whole.length).toBeGreaterThan(before.length + 20);
    for (const { seen } of editors) expect([...before, ...seen]).toEqual(whole);
    // What is public now is at the version at which a reader has last heard of it.
    const shown = await accord.database.read<{ id: string; version: number }>(
      `SELECT person.id::text AS id, person.version AS version FROM people AS person
       WHERE person.visibility = 'public' AND person.id = ANY ($1::uuid[])`,
      [writers.committed],
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const { seen } of readers) {
      const heard = new Map(seen.map(({ recordId, version }) => [recordId, version]));
      expect(shown.map(({ id }) => heard.get(id))).toEqual(shown.map(({ version }) => version));
    }
  });
});

/** Transactions that are open side by side, write, and end in whatever order it comes. */
class Writers {
  readonly committed: string[] = [];
  /** What each open transaction has in hand. */
  private readonly open = new Map<pg.Client, string[]>();
  /** Who changes what is hidden holds a lock to the end of the transaction: one at a time. */
  private hiding: pg.Client | null = null;

  constructor(
    private readonly random: () => number,
    private readonly sessions: readonly pg.Client[],
  ) {}

  async step(): Promise<void> {
    const writer = this.sessions[this.pick(this.sessions.length)];
    if (!writer) return;
    if (this.open.has(writer) && this.random() < 0.4) await this.end(writer);
    else await this.write(writer);
  }

  async endAll(): Promise<void> {
    for (const writer of [...this.open.keys()]) await this.end(writer);
  }

  /** Inserts somebody, or changes somebody whom no other open transaction has in hand. */
  private async write(writer: pg.Client): Promise<void> {
    if (!this.open.has(writer)) await writer.query('BEGIN');
    const mine = this.open.get(writer) ?? [];
    this.open.set(writer, mine);
    const taken = [...this.open.values()].flat();
    const free = this.committed.filter((id) => !taken.includes(id));
    const visibility = this.random() < 0.3 ? 'draft' : 'public';
    const id = free[this.pick(free.length * 2)];
    mine.push(id ?? (await insertPerson(writer, 'Somebody', visibility)));
    if (id !== undefined) await this.change(writer, id, visibility);
  }

  private async change(writer: pg.Client, id: string, visibility: string): Promise<void> {
    const name = String(this.random());
    await writer.query('UPDATE people SET name = $2 WHERE people.id = $1', [id, name]);
    if (this.hiding !== null && this.hiding !== writer) return;
    this.hiding = writer;
    await writer.query('UPDATE people SET visibility = $2::visibility WHERE people.id = $1', [
      id,
      visibility,
    ]);
  }

  private async end(writer: pg.Client): Promise<void> {
    const isTakenBack = this.random() < 0.15;
    await writer.query(isTakenBack ? 'ROLLBACK' : 'COMMIT');
    const mine = this.open.get(writer) ?? [];
    this.open.delete(writer);
    if (this.hiding === writer) this.hiding = null;
    if (!isTakenBack) this.committed.push(...mine.filter((id) => !this.committed.includes(id)));
  }

  private pick(count: number): number {
    return Math.floor(this.random() * count);
  }
}

function withoutAuthor(change: Change): Change {
  const own = Object.entries(change).filter(([name]) => name !== 'actor' && name !== 'reason');
  return Object.fromEntries(own) as unknown as Change;
}
