import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readDatabaseError } from '../../../src/platform/errors/database.errors.js';
import { Problem } from '../../../src/platform/errors/problem.js';
import type { Watch } from '../../../src/platform/prisma/database.js';
import type { Transaction } from '../../../src/platform/prisma/transaction.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildVoteEvent,
  type Stored,
} from '../../support/factories.js';
import { countQueries } from '../../support/queries.js';
import { expectProblem, storedRows } from '../../support/refusals.js';

const AUTHOR = { name: 'a test', keyId: '', reason: null, requestId: null };

/** As many connections as the service has, and as many as may wait for one. */
const POOL = 10;
const MOST_WAITING = 100;

let accord: TestApp;
let other: pg.Client;
/** Who watches in the service itself. */
let watch: Watch | null;
beforeAll(async () => {
  accord = await startTestApp();
  watch = accord.database.watch;
  other = new pg.Client({ connectionString: accord.databaseUrl });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await accord.stop();
});
afterEach(async () => {
  accord.database.watch = watch;
  await other.query('SELECT pg_advisory_unlock_all()');
});

const insertFaction = (tx: Transaction, slug: string): Promise<readonly object[]> =>
  tx.query(
    `INSERT INTO factions (slug, name, classification) VALUES ($1, 'A faction', 'party') RETURNING factions.id`,
    [slug],
  );

async function isStored(slug: string): Promise<boolean> {
  return (await accord.get(`/v1/factions/${slug}`)).status === 200;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a write', () => {
  it('of a vote asks Postgres no more than it must', async () => {
    const faction = await buildFaction(accord);
    const person = await buildPerson(accord);
    await buildMember(accord, { factionId: faction.id, personId: person.id });
    const motion = await buildMotion(accord, { factionId: faction.id });
    const voteEvent = await buildVoteEvent(accord, { motionId: motion.id });
    const body = {
      voteEventId: voteEvent.id,
      personId: person.id,
      option: 'yes',
      channel: 'in_person',
    };
    const headers = { 'idempotency-key': 'one vote' };
    const counted = countQueries();
    const voted = await accord.send('POST', '/v1/votes', { body, headers }, 'editor');
    counted.stop();
    expect(voted.status).toBe(201);
    const asked = [
      /^BEGIN$/,
      /set_config\('accord.actor'/,
      /FROM kept_answers/,
      /FOR SHARE/,
      /pg_advisory_xact_lock/,
      /FROM vote_events/,
      /INSERT INTO votes/,
      /INSERT INTO kept_answers/,
      /^COMMIT$/,
    ];
    expect(counted.texts()).toEqual(asked.map((text): unknown => expect.stringMatching(text)));
  });

  it('fails with the first error, though its work passes over that, and stores nothing', async () => {
    const error = await errorOf(
      accord.database.write(AUTHOR, async (tx) => {
        await insertFaction(tx, 'passed-over');
        await errorOf(tx.query('SELECT 1 / $1::int AS none', [0]));
      }),
    );
    expect(error).toMatchObject({ code: '22012' });
    expect(await isStored('passed-over')).toBe(false);
  });

  it('asks nothing more once it is over, though its work goes on', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const failed = accord.database.write(AUTHOR, (tx) => {
      const goingOn = tx.query('SELECT 1 AS one', []).then(async () => {
        await over;
        return insertFaction(tx, 'after-the-end');
      });
      late = errorOf(goingOn);
      throw new Error('refused');
    });
    const over = errorOf(failed);
    expect(await over).toEqual(new Error('refused'));
    expect(await late).toEqual(new Error('the transaction is over'));
    const kept = await accord.database.write(AUTHOR, async (tx) => {
      await insertFaction(tx, 'in-time');
      return tx;
    });
    const again = errorOf(kept.query('SELECT 1 AS one', []));
    expect(await again).toEqual(new Error('the transaction is over'));
    expect([await isStored('in-time'), await isStored('after-the-end')]).toEqual([true, false]);
  });

  it('is not begun once its time is over, and ends when it is over in the middle', async () => {
    const before = await storedRows(accord);
    const late = accord.database.write(AUTHOR, (tx) => insertFaction(tx, 'late'), { timeout: 0 });
    expect(readDatabaseError(await errorOf(late))).toEqual({ kind: 'unavailable' });
    await other.query('SELECT pg_advisory_lock(7)');
    const stuck = accord.database.write(
      AUTHOR,
      async (tx) => {
        await insertFaction(tx, 'stuck');
        await tx.query('SELECT pg_advisory_xact_lock($1)', [7]);
      },
      { timeout: 300 },
    );
    expect(readDatabaseError(await errorOf(stuck))).toEqual({ kind: 'unavailable' });
    await other.query('SELECT pg_advisory_unlock(7)');
    expect(await storedRows(accord)).toEqual(before);
    // The connection that was given up is not given to anybody else.
    const names = Array.from({ length: 2 * POOL }, () => accord.get('/v1/factions'));
    expect(new Set((await Promise.all(names)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it.each(['40001', '40P01'])(
    'is done again when it lost to another one, with %s',
    async (code) => {
      let attempts = 0;
      const slug = `again-${code.toLowerCase()}`;
      await accord.database.write(AUTHOR, async (tx) => {
        attempts += 1;
        await insertFaction(tx, slug);
        if (attempts < 3)
          await tx.query(
            `DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '${code}'; END $$`,
            [],
          );
      });
      expect(attempts).toBe(3);
      expect(await isStored(slug)).toBe(true);
    },
  );

  it('is given up when it has lost four times', async () => {
    let attempts = 0;
    const lost = accord.database.write(AUTHOR, async (tx) => {
      attempts += 1;
      await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$`, []);
    });
    expect(readDatabaseError(await errorOf(lost))).toEqual({ kind: 'unavailable' });
    expect(attempts).toBe(4);
  });
});

describe('when a hundred wait for a connection', () => {
  it('refuses the next one at once, and answers the hundred', async () => {
    await other.query('SELECT pg_advisory_lock(7)');
    const wait = (): Promise<unknown> =>
      accord.database.read('SELECT pg_advisory_lock(7), pg_advisory_unlock(7)', []);
    const waiting = Array.from({ length: POOL + MOST_WAITING }, wait);
    const refused = [
      await errorOf(wait()),
      await errorOf(accord.database.write(AUTHOR, (tx) => insertFaction(tx, 'refused'))),
    ];
    await other.query('SELECT pg_advisory_unlock(7)');
    expect(refused.map((error) => error instanceof Problem && error.code)).toEqual([
      'unavailable',
      'unavailable',
    ]);
    await Promise.all(waiting);
    expect(await isStored('refused')).toBe(false);
  });
});

describe('who watches over what is written', () => {
  it('has writes refused while the database is away, without asking it', async () => {
    const editor = { name: 'PSP', classification: 'party' };
    accord.database.watch = { isAway: () => true, committed: () => undefined };
    const counted = countQueries();
    const refused = await accord.post('/v1/factions', editor);
    counted.stop();
    expectProblem(refused, [503, 'unavailable']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(counted.texts()).toEqual([]);
  });

  it('is told of each commit before its answer, and whether it may have hidden something', async () => {
    const faction = await buildFaction(accord);
    const merger = await buildMerger(accord);
    const participant = await buildParticipant(accord, {
      mergerId: merger.id,
      factionId: faction.id,
    });
    const told: boolean[] = [];
    accord.database.watch = { isAway: () => false, committed: (may) => void told.push(may) };
    const during = async (work: () => Promise<{ readonly status: number }>): Promise<unknown> => {
      told.length = 0;
      const { status } = await work();
      return [status, ...told];
    };
    const at = ({ id }: Stored): string => `/v1/factions/${id}`;
    const made = { name: 'PSP', classification: 'party', visibility: 'draft' };
    expect(await during(() => accord.post('/v1/factions', made))).toEqual([201, false]);
    const stance = { stance: 'agreed', occurredOn: '2022-12-28', visibility: 'draft' };
    const stances = `/v1/participants/${participant.id}/stances`;
    expect(await during(() => accord.post(stances, stance))).toEqual([201, false]);
    const patch = (body: object) => during(() => accord.patch(at(faction), body));
    expect(await patch({ name: 'Another name' })).toEqual([200, false]);
    expect(await patch({ visibility: 'draft' })).toEqual([200, true]);
    expect(await patch({ embargoUntil: '2022' })).toEqual([200, true]);
    expect(await patch({ name: null })).toEqual([400]);
    expect(await during(() => accord.retract(`${stances}x`))).toEqual([404]);
    const person = await buildPerson(accord);
    expect(await during(() => accord.retract(`/v1/people/${person.id}`))).toEqual([204, true]);
  });

  it('is told that what a record requires may hide it', async () => {
    const { mandate, holder } = await buildHeldMandate();
    const told: boolean[] = [];
    accord.database.watch = { isAway: () => false, committed: (may) => void told.push(may) };
    const answer = await accord.patch(`/v1/mandates/${mandate.id}`, { holderId: holder.id });
    expect([answer.status, ...told]).toEqual([200, true]);
    expect((await accord.get(`/v1/mandates/${mandate.id}`)).status).toBe(404);
  });
});

/** A mandate that everybody sees, and a person whom nobody does. */
async function buildHeldMandate(): Promise<{ mandate: Stored; holder: Stored }> {
  const merger = await buildMerger(accord);
  const faction = await buildFaction(accord);
  const first = await buildPerson(accord);
  const mandate = (await accord.record('/v1/mandates', {
    mergerId: merger.id,
    grantorFactionId: faction.id,
    holderId: first.id,
    scope: 'To talk.',
    startDate: '2022-12-28',
  })) as Stored;
  const holder = await buildPerson(accord, { visibility: 'draft' });
  return { mandate, holder };
}
