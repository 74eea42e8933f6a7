import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell, wholeFrom } from '../support/environment.js';
import { breakCommits, isBack } from '../support/faults/kept.db.js';
import { poll } from '../support/faults/reader.js';
import { comparedWith } from '../support/faults/verdict.js';
import { World } from '../support/faults/world.js';
import { Writer } from '../support/faults/writer.js';
import { chanceOf } from '../support/fuzz/chance.js';
import { serviceFolder } from '../support/service/service.js';

const SEED = wholeFrom('ACCORD_FAULTS_SEED', 20221228);
// Shows that the test can fail: commits are acknowledged before they are safe, and the server is killed with its sessions.
const BROKEN = process.env['ACCORD_FAULTS_BREAK'] === 'synchronous_commit';
const LONGEST = 6 * 60_000;

const WRITERS = 8;
const PREFIX = 'writer';
/** How long the service may take to work again once its database does, in milliseconds. */
const RECOVERY = 5_000;
const SHOWN = 30;

/**
 * Whom a kill is for: the service, the service and once more while it starts, Postgres, Postgres with all its sessions, the
 * service and then Postgres while the service starts.
 */
type Kill = 'service' | 'start' | 'server' | 'cluster' | 'both';

const chance = chanceOf(SEED);

/** 20 kills of the service and 10 of Postgres, shuffled. */
function plan(): readonly Kill[] {
  if (BROKEN) return ['cluster', 'cluster', 'cluster'];
  const kills: Kill[] = [
    ...Array<Kill>(11).fill('service'),
    ...Array<Kill>(3).fill('start'),
    ...Array<Kill>(3).fill('both'),
    ...Array<Kill>(3).fill('server'),
    ...Array<Kill>(4).fill('cluster'),
  ];
  return kills
    .map((kill) => ({ kill, order: chance.whole(0, 1_000_000) }))
    .sort((one, other) => one.order - other.order)
    .map(({ kill }) => kill);
}

describe('eight writers, while the service and its Postgres are killed', () => {
  const world = new World(serviceFolder('faults'));
  beforeAll(async () => {
    await world.serving();
    if (BROKEN) await breakCommits(world.cluster.databaseUrl);
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    await world.cluster.remove();
  }, 120_000);

  it(
    'find every acknowledged write once, with one revision, and a service that answers and recovers',
    async () => {
      tell(`ACCORD_FAULTS_SEED=${String(SEED)}${BROKEN ? ', with commits that are not safe' : ''}`);
      let isOver = false;
      const writers = Array.from(
        { length: WRITERS },
        (_, at) => new Writer(world, `${PREFIX}${String(at + 1)}`),
      );
      const working = Promise.all([
        poll(world, () => isOver),
        ...writers.map((writer) => writer.write(() => isOver)),
      ]);
      const acknowledged = (): number => writers.reduce((sum, { count }) => sum + count, 0);
      for (const [at, kill] of plan().entries()) {
        await sleep(chance.whole(100, 2_000));
        const before = acknowledged();
        const since = performance.now();
        const how = await carryOut(kill, acknowledged);
        const took = Math.round(performance.now() - since);
        tell(
          `${String(at + 1)}. ${kill}: ${String(before)} acknowledged before, ${how} (${String(took)} ms)`,
        );
      }
      isOver = true;
      await working;
      const { times, longest } = world.unavailable;
      tell(
        `${String(acknowledged())} acknowledged; ${String(times)} times 503, within ${String(Math.round(longest))} ms`,
      );
      const found = await comparedWith(world.cluster.databaseUrl, writers, PREFIX);
      const faults = [...found, ...world.faults];
      if (faults.length > SHOWN)
        tell(`${String(faults.length)} faults, of which these are the first`);
      expect(faults.slice(0, SHOWN)).toEqual([]);
      expect(times).toBeGreaterThan(0);
    },
    LONGEST,
  );

  async function carryOut(kill: Kill, acknowledged: () => number): Promise<string> {
    if (kill === 'server' || kill === 'cluster')
      return killPostgres(kill === 'cluster', acknowledged);
    await world.restart();
    if (kill === 'start') {
      await sleep(chance.whole(50, 1_500));
      await world.restart();
    }
    if (kill === 'both') {
      const before = world.cluster.postmaster();
      while ([undefined, before].includes(world.cluster.postmaster())) await sleep(5);
      await sleep(chance.whole(0, 500));
      world.cluster.kill(false);
      await world.servingAtLast();
    } else await world.serving();
    return 'it serves again';
  }

  async function killPostgres(whole: boolean, acknowledged: () => number): Promise<string> {
    const { databaseUrl } = world.cluster;
    const killed = world.cluster.kill(whole);
    const isNew = (): boolean => ![undefined, killed].includes(world.cluster.postmaster());
    while (!isNew() || !(await isBack(databaseUrl))) await sleep(20);
    const [back, before] = [performance.now(), acknowledged()];
    while (acknowledged() === before) await sleep(10);
    const recovery = Math.round(performance.now() - back);
    if (recovery > RECOVERY)
      world.blame(`the service worked again only ${String(recovery)} ms after its database`);
    return `written to ${String(recovery)} ms after its return`;
  }
});
