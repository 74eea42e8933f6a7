import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMember,
  buildMerger,
  buildMotion,
  buildPerson,
  buildVoteEvent,
} from '../../support/factories.js';
import { ended, imported, ndjson, rowsOf } from '../../support/importing.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

interface Session {
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  release(): Promise<void>;
}

/** A transaction that holds something, until it is released. */
async function holding(text: string, values: readonly unknown[] = []): Promise<Session> {
  const client = new pg.Client({ connectionString: accord.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(text, [...values]);
  return {
    query: (each, given = []) => client.query(each, [...given]),
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

/** How many wait for a lock. */
async function waiting(): Promise<number> {
  const [row] = await accord.database.read<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity AS activity
     WHERE activity.datname = current_database() AND activity.wait_event_type = 'Lock'`,
    [],
  );
  return row?.count ?? NaN;
}

async function untilWaiting(count: number): Promise<void> {
  for (let attempt = 0; attempt < 10_000; attempt += 1) if ((await waiting()) === count) return;
  throw new Error(`never do ${String(count)} wait`);
}

async function begun(query: string, file: string): Promise<string> {
  const sent = await accord.send('POST', `/v1/imports?${query}`, { body: file }, 'editor');
  expect(sent.status).toBe(202);
  return String(sent.headers.get('location'));
}

const named = (name: string): object => ({ recordType: 'people', name });

describe('beside an import', () => {
  it('of many votes there is room for locks, and what it holds is waited for and then done', async () => {
    const motion = await buildMotion(accord);
    const event = await buildVoteEvent(accord, { motionId: motion.id });
    const other = await buildVoteEvent(accord, { motionId: motion.id });
    const merger = await buildMerger(accord);
    const votes = Array.from({ length: 100 }, (_, at) => ({
      recordType: 'votes',
      voteEventId: event.id,
      voterName: `Voter ${String(at)}`,
      option: 'yes',
      channel: 'phone',
    }));
    // Its source is the last that an import stores: here it stays until this is released.
    const held = await holding('LOCK TABLE sources IN SHARE MODE');
    let address: string;
    let meanwhile: readonly Promise<{ status: number }>[];
    try {
      address = await begun('format=ndjson', ndjson(votes));
      await untilWaiting(1);
      const [row] = await accord.database.read<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_locks AS lock WHERE lock.locktype = 'advisory' AND lock.granted
           AND lock.pid IN (SELECT asking.pid FROM pg_locks AS asking WHERE NOT asking.granted)`,
        [],
      );
      expect(row?.count).toBeLessThan(10);
      const vote = {
        voterName: 'Meanwhile',
        option: 'no',
        channel: 'phone',
        voteEventId: other.id,
      };
      meanwhile = [
        accord.post('/v1/votes', vote),
        accord.patch(`/v1/motions/${motion.id}`, { embargoUntil: '2099-01-01' }),
      ];
      expect((await accord.get(`/v1/mergers/${merger.id}/status`)).status).toBe(200);
      expect((await accord.post('/v1/people', { name: 'Waits for nothing' })).status).toBe(201);
      await untilWaiting(3);
    } finally {
      await held.release();
    }
    expect(await ended(accord, address)).toMatchObject({ state: 'done', applied: 100 });
    expect((await Promise.all(meanwhile)).map(({ status }) => status)).toEqual([201, 200]);
  });

  it('a dry run of people and memberships writes nothing, and nobody waits for it', async () => {
    const [faction, person] = [await buildFaction(accord), await buildPerson(accord)];
    const file = ndjson([
      named('Dry'),
      { recordType: 'members', personId: person.id, factionId: faction.id },
    ]);
    const held = await holding('LOCK TABLE people, members IN SHARE MODE');
    try {
      const done = await ended(accord, await begun('format=ndjson&dryRun=true', file));
      expect(done).toMatchObject({ state: 'done', applied: 0, rows: { create: 2 } });
    } finally {
      await held.release();
    }
  });

  it('an edit of a membership that it changes, too, comes first, and neither waits for the other', async () => {
    const member = await buildMember(accord, { startDate: '2020' });
    const held = await holding('SELECT FROM members AS member WHERE member.id = $1 FOR UPDATE', [
      member.id,
    ]);
    const { personId, factionId } = member;
    const line = { recordType: 'members', id: member.id, personId, factionId, role: 'Convener' };
    const address = await begun('format=ndjson', ndjson([line]));
    try {
      await untilWaiting(1);
      const { rows } = await held.query(
        `SELECT pg_try_advisory_xact_lock_shared(hashtextextended('members', 0)) AS free`,
      );
      expect(rows).toEqual([{ free: true }]);
    } finally {
      await held.release();
    }
    expect(await ended(accord, address)).toMatchObject({ state: 'done', applied: 1 });
  });

  it('whoever is named is retracted before it is judged, or stays until it is over', async () => {
    const [faction, person] = [await buildFaction(accord), await buildPerson(accord)];
    const file = ndjson([
      { recordType: 'members', personId: person.id, factionId: faction.id },
      named('Beside the retracted'),
    ]);
    // A retraction that is under way when the import is judged, and committed before it writes.
    const held = await holding(
      `UPDATE people AS person SET retracted_at = now() WHERE person.id = $1`,
      [person.id],
    );
    const address = await begun('format=ndjson&atomic=false', file);
    try {
      await untilWaiting(1);
    } finally {
      await held.release();
    }
    const done = await ended(accord, address);
    expect(done).toMatchObject({ state: 'done', applied: 1, rows: { refused: 1, create: 1 } });
    expect(await rowsOf(accord, done.id, '&outcome=refused')).toMatchObject([
      { line: 1, problems: [{ code: 'reference_not_found' }] },
    ]);
  });

  it('a source that is retracted before its turn is cited by nothing, and nothing is stored', async () => {
    const { body: source } = await accord.send(
      'POST',
      '/v1/sources',
      { body: { title: 'Soon gone', kind: 'article' } },
      'editor',
    );
    const held = await holding(`SELECT pg_advisory_xact_lock(hashtextextended('imports', 0))`);
    const query = `format=ndjson&sourceId=${String(source.id)}`;
    const address = await begun(query, ndjson([named('Citing')]));
    try {
      await untilWaiting(1);
      await accord.retract(`/v1/sources/${String(source.id)}`);
    } finally {
      await held.release();
    }
    expect(await ended(accord, address)).toMatchObject({
      state: 'refused',
      applied: 0,
      problem: { code: 'reference_not_found', pointer: '?sourceId' },
    });
  });

  it('another one that waits for its turn says so', async () => {
    const held = await holding(`SELECT pg_advisory_xact_lock(hashtextextended('imports', 0))`);
    const address = await begun('format=ndjson', ndjson([named('In turn')]));
    try {
      await untilWaiting(1);
      expect((await accord.send('GET', address, {}, 'editor')).body.state).toBe('staged');
    } finally {
      await held.release();
    }
    expect((await ended(accord, address)).state).toBe('done');
    expect((await imported(accord, 'format=ndjson', ndjson([named('Next')]))).state).toBe('done');
  });
});
