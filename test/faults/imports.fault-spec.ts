import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell, wholeFrom } from '../support/environment.js';
import { World } from '../support/faults/world.js';
import { chanceOf } from '../support/fuzz/chance.js';
import { SERVICE_KEY, serviceFolder } from '../support/service/service.js';

const SEED = wholeFrom('ACCORD_FAULTS_SEED', 20_221_228);
/** One person of the file is stored after each kill, as by an import that is not atomic. */
const BROKEN = process.env['ACCORD_FAULTS_BREAK'] === 'atomic';
const KILLS = 10;
const PEOPLE = 1_500;
const LONGEST = 10 * 60_000;
/** Once all is here and nobody kills it, in milliseconds. */
const LONGEST_IMPORT = 120_000;

const chance = chanceOf(SEED);
const authorization = `Bearer ${SERVICE_KEY}`;

/** As many people as it takes to be under way for a while, each with a membership. */
function fileOf(scheme: string): string {
  const people = Array.from({ length: PEOPLE }, (_, at) => ({
    id: `p${String(at)}`,
    name: `Person ${scheme} ${String(at)}`,
  }));
  return JSON.stringify({
    persons: people,
    organizations: [{ id: 'party', name: `Party ${scheme}`, classification: 'party' }],
    memberships: people.map(({ id }) => ({ person_id: id, organization_id: 'party' })),
  });
}

describe('an import, while the service is killed', () => {
  const world = new World(serviceFolder('imports'));
  beforeAll(() => world.serving(), 120_000);
  afterAll(async () => {
    await world.stop();
    await world.cluster.remove();
  }, 120_000);

  async function counted(sql: string, values: unknown[] = []): Promise<number> {
    const client = new pg.Client({ connectionString: world.cluster.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ count: number }>(sql, values);
      return rows[0]?.count ?? NaN;
    } finally {
      await client.end();
    }
  }

  const stored = (scheme: string): Promise<number> =>
    counted(
      `SELECT count(*)::int AS count FROM people AS person WHERE person.identifiers @> jsonb_build_array(jsonb_build_object('scheme', $1::text))`,
      [scheme],
    );

  /** Sends a file; where it can be asked about, once it is answered. Null: the service was killed before. */
  async function send(scheme: string): Promise<string | null> {
    const told = await world.ask(
      'POST',
      `/v1/imports?format=popolo&scheme=${scheme}&title=${scheme}`,
      {
        body: fileOf(scheme),
        headers: { authorization },
      },
    );
    return told === null ? null : told.headers.get('location');
  }

  async function leaveOne(scheme: string): Promise<void> {
    const identifiers = [{ scheme, identifier: 'p0' }];
    await world.ask('POST', '/v1/people', {
      body: JSON.stringify({ name: 'Left', identifiers }),
      headers: { authorization, 'content-type': 'application/json' },
    });
  }

  async function untilEnded(address: string): Promise<string> {
    const since = performance.now();
    while (performance.now() - since < LONGEST_IMPORT) {
      const told = await world.ask('GET', address, { headers: { authorization } });
      const state = String(told?.body?.state);
      if (!['staged', 'applying', 'undefined'].includes(state)) return state;
      await sleep(50);
    }
    throw new Error(`${address} comes to no end`);
  }

  it(
    'leaves all or nothing, is told as failed, and the next run completes it',
    async () => {
      tell(`ACCORD_FAULTS_SEED=${String(SEED)}`);
      const since = performance.now();
      expect(await untilEnded(String(await send('whole')))).toBe('done');
      const took = performance.now() - since;
      const told = { nothing: 0, all: 0 };
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const scheme = `killed-${String(kill)}`;
        const sending = send(scheme);
        await sleep(chance.whole(50, Math.ceil(took * 1.1)));
        await world.restart();
        await world.serving();
        await sending;
        if (BROKEN) await leaveOne(scheme);
        const { body } = (await world.ask('GET', '/v1/imports?limit=1', {
          headers: { authorization },
        })) ?? { body: null };
        const state = String(body?.data?.[0]?.state);
        const count = await stored(scheme);
        tell(`${String(kill)}. killed: ${state}, ${String(count)} people`);
        expect([0, PEOPLE]).toContain(count);
        expect(['failed', 'done']).toContain(state);
        expect(await counted('SELECT count(*)::int AS count FROM import_staging')).toBe(0);
        told[count === 0 ? 'nothing' : 'all'] += 1;
        expect(await untilEnded(String(await send(scheme)))).toBe('done');
        expect(await stored(scheme)).toBe(PEOPLE);
      }
      tell(
        `${String(told.nothing)} times nothing, ${String(told.all)} times all; an import took ${String(Math.round(took))} ms`,
      );
      expect(told.nothing).toBeGreaterThan(0);
      expect(world.faults).toEqual([]);
    },
    LONGEST,
  );
});
