import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction, buildMerger, buildPerson } from '../../support/factories.js';
import { Follower } from '../../support/feed.js';
import { ended, ndjson } from '../../support/importing.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** Holds the memberships, as one that is being written does: an import that has some comes as far as these, and waits. */
async function holdMembers(): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: accord.databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`SELECT pg_advisory_xact_lock_shared(hashtextextended('members', 0))`);
  return {
    release: async () => {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}

describe('while an import is being applied', () => {
  it('what is written and read waits for nothing, and the feed tells all in the end', async () => {
    const merger = await buildMerger(accord, { title: 'Beside an import' });
    const [faction, known] = [await buildFaction(accord), await buildPerson(accord)];
    const follower = await Follower.fromNow(accord, 'editor');
    const people = Array.from({ length: 20 }, (_, at) => ({
      recordType: 'people',
      id: `01890000-0000-7000-8000-0000000002${String(at + 10)}`,
      name: `Waiting ${String(at)}`,
    }));
    const members = people.map(({ id }) => ({
      recordType: 'members',
      personId: id,
      factionId: faction.id,
    }));
    const changed = { recordType: 'people', id: known.id, name: 'Changed by the import' };
    const held = await holdMembers();
    const body = ndjson([changed, ...people, ...members]);
    const sent = await accord.send('POST', '/v1/imports?format=ndjson', { body }, 'editor');
    const address = String(sent.headers.get('location'));
    try {
      let applied = 0;
      // It has written the people, and not committed them.
      while (applied < 21) ({ applied } = (await accord.send('GET', address, {}, 'editor')).body);
      const meanwhile = await buildPerson(accord, { name: 'Meanwhile' });
      await accord.patch(`/v1/mergers/${merger.id}`, { title: 'Changed meanwhile' });
      const status = await accord.get(`/v1/mergers/${merger.id}/status`);
      expect(status.body).toMatchObject({ merger: { title: 'Changed meanwhile' } });
      expect(status.headers.get('age')).toBeNull();
      const seen = await follower.catchUp();
      expect(seen.map(({ recordId }) => recordId)).toEqual([meanwhile.id, merger.id]);
      expect((await accord.get(`/v1/people/${known.id}`)).body.name).toBe(known['name']);
      expect((await accord.send('GET', address, {}, 'editor')).body.state).toBe('applying');
    } finally {
      await held.release();
    }
    expect(await ended(accord, address)).toMatchObject({ state: 'done', applied: 41 });
    // What committed later comes later: 41 records, and for each a citation, and their source.
    expect(await follower.catchUp()).toHaveLength(83);
    expect((await accord.get(`/v1/people/${known.id}`)).body.name).toBe('Changed by the import');
  });
});
