/** Merges and other writes at the same moment: nothing dangles, and nobody waits for ever. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction, buildMember, buildPerson, type Stored } from '../../support/factories.js';
import { merge, merged, undo } from '../../support/merging.js';
import { expectProblem } from '../../support/refusals.js';

let accord: TestApp;
let holder: pg.Client;
beforeAll(async () => {
  accord = await startTestApp();
  holder = new pg.Client({ connectionString: accord.databaseUrl });
  await holder.connect();
});
afterEach(() => holder.query('ROLLBACK'));
afterAll(async () => {
  await holder.end();
  await accord.stop();
});

const ROUNDS = [1, 2, 3];

async function two(): Promise<[Stored, Stored]> {
  return [await buildPerson(accord), await buildPerson(accord)];
}

/** Waits until so many transactions of this database wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  for (let attempt = 0; attempt < 5_000; attempt += 1) {
    const [row] = await accord.database.read<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
      [],
    );
    if ((row?.waiting ?? 0) >= count) return;
  }
  throw new Error('nobody waits');
}

/** How many rows name a person, but for the person's own. */
async function naming(id: string): Promise<number> {
  const { rows } = await holder.query<{ named: number }>(
    `SELECT (SELECT count(*) FROM members AS member WHERE member.person_id = $1)::int AS named`,
    [id],
  );
  return rows[0]?.named ?? 0;
}

describe('two merges at once', () => {
  it.each(ROUNDS)('of the same two into each other: one is done (%d)', async () => {
    const [one, other] = await two();
    const answers = await Promise.all([
      merge(accord, 'people', one.id, other.id),
      merge(accord, 'people', other.id, one.id),
    ]);
    const [refused, ...others] = answers.filter(({ status }) => status !== 201);
    expect(others).toEqual([]);
    expect(refused).toMatchObject({ status: 410, body: { code: 'retracted' } });
  });

  it.each(ROUNDS)('of one record into two others: one is done (%d)', async () => {
    const [one, other] = await two();
    const duplicate = await buildPerson(accord);
    await buildMember(accord, { personId: duplicate.id });
    const answers = await Promise.all(
      [one, other].map(({ id }) => merge(accord, 'people', id, duplicate.id)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422]);
    expect(await naming(duplicate.id)).toBe(0);
  });

  it.each(ROUNDS)('in a row: what moved moves on or is not there yet (%d)', async () => {
    const [first, second] = await two();
    const third = await buildPerson(accord);
    await buildMember(accord, { personId: first.id });
    const answers = await Promise.all([
      merge(accord, 'people', second.id, first.id),
      merge(accord, 'people', third.id, second.id),
    ]);
    const left = [await naming(first.id), await naming(second.id), await naming(third.id)];
    // Either both are done and all is the third's, or the first came too late.
    expect([
      [201, 201, [0, 0, 1]],
      [410, 201, [1, 0, 0]],
    ]).toContainEqual([...answers.map(({ status }) => status), left]);
  });

  it.each(ROUNDS)('and one undoing of each kind: it is undone once (%d)', async () => {
    const [kept, duplicate] = await two();
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    const answers = await Promise.all([undo(accord, id), undo(accord, id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 410]);
  });
});

describe('a merge and a new reference to the duplicate', () => {
  it('that is being stored: the merge waits, and takes it along', async () => {
    const [kept, duplicate] = await two();
    const factionId = (await buildFaction(accord)).id;
    await holder.query('BEGIN');
    await holder.query('SELECT FROM people WHERE id = $1 FOR SHARE', [duplicate.id]);
    await holder.query('INSERT INTO members (person_id, faction_id) VALUES ($1, $2)', [
      duplicate.id,
      factionId,
    ]);
    const answer = merge(accord, 'people', kept.id, duplicate.id);
    await untilWaiting(1);
    await holder.query('COMMIT');
    expect((await answer).status).toBe(201);
    expect([await naming(duplicate.id), await naming(kept.id)]).toEqual([0, 1]);
  });

  it('that comes while it goes on: the reference waits, and is told where to go', async () => {
    const [kept, duplicate] = await two();
    const member = await buildMember(accord, { personId: duplicate.id });
    const factionId = (await buildFaction(accord)).id;
    await holder.query('BEGIN');
    await holder.query('SELECT FROM members WHERE id = $1 FOR UPDATE', [member.id]);
    const answer = merge(accord, 'people', kept.id, duplicate.id);
    await untilWaiting(1);
    const posted = accord.post('/v1/members', { personId: duplicate.id, factionId });
    await untilWaiting(2);
    await holder.query('COMMIT');
    expect((await answer).status).toBe(201);
    const refused = await posted;
    expectProblem(refused, [422, 'reference_retracted', '/personId']);
    expect(refused.body.detail).toContain(kept.id);
    expect([await naming(duplicate.id), await naming(kept.id)]).toEqual([0, 1]);
  });

  it('that a patch is about to bring about: one waits for the other, and neither for ever', async () => {
    const [kept, duplicate] = await two();
    const member = await buildMember(accord);
    const [done, patched] = await Promise.all([
      merge(accord, 'people', kept.id, duplicate.id),
      accord.patch(`/v1/members/${member.id}`, { personId: duplicate.id }),
    ]);
    expect(done.status).toBe(201);
    expect([200, 422]).toContain(patched.status);
    expect(await naming(duplicate.id)).toBe(0);
    expect(await naming(kept.id)).toBe(patched.status === 200 ? 1 : 0);
  });

  it('to what would clash with it: what is changed meanwhile is seen', async () => {
    const [kept, duplicate] = await two();
    const factionId = (await buildFaction(accord)).id;
    const early = { factionId, personId: kept.id, endDate: '2019' };
    const member = await buildMember(accord, early);
    await buildMember(accord, { factionId, personId: duplicate.id, startDate: '2021' });
    await holder.query('BEGIN');
    await holder.query(`UPDATE members SET end_date = '2022' WHERE id = $1`, [member.id]);
    const answer = merge(accord, 'people', kept.id, duplicate.id);
    await untilWaiting(1);
    await holder.query('COMMIT');
    const refused = await answer;
    expectProblem(refused, [409, 'merge_clashes']);
    expect(refused.body.clashes[0].rule).toBe('memberships_overlap');
  });
});
