/**
 * Ten minutes of everything at a moderate rate: the service needs as much in the last third as in the second. `SOAK_MINUTES=1`
 * is for a look, in which what is still warming up may count as growth.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, jest } from '@jest/globals';
import { STORY } from '../../prisma/story/story.js';
import { tell, wholeFrom } from '../support/environment.js';
import { serviceCluster } from '../support/service/cluster.js';
import { SERVICE_KEY, serviceFolder, startService } from '../support/service/service.js';
import { Load } from '../support/soak/load.js';
import { growthIn, measure, VITALS, type Vitals } from '../support/soak/vitals.js';

const MINUTES = wholeFrom('SOAK_MINUTES', 10);
const SEED = wholeFrom('SOAK_SEED', 20221228);
// Shows that the test can fail: see test/support/service/spoil.mjs.
const BROKEN = process.env['ACCORD_SOAK_BREAK'] ?? '';
const SPOIL = new URL('../support/service/spoil.mjs', import.meta.url);

/** Between two measurements, and before the first, in milliseconds. */
const PAUSE = 5_000;
const WARM_UP = 20_000;
const SHOWN = 20;

jest.setTimeout((MINUTES + 4) * 60_000);

const folder = serviceFolder('soak');
const service = startService(folder, {
  settings: { ACCORD_SOAK_BREAK: BROKEN },
  preloads: BROKEN === '' ? [] : [SPOIL.href],
});
afterAll(async () => {
  await service.stop();
  await serviceCluster(folder).remove();
});

it(`${String(MINUTES)} minutes of everything leave memory, files and the event loop as they were`, async () => {
  const url = await service.ready;
  const cluster = serviceCluster(folder);
  const load = new Load(SEED, { url, key: SERVICE_KEY, merger: STORY });
  const running = load.run();
  await sleep(WARM_UP);
  await measure(service, cluster);
  const measured: Vitals[] = [];
  const until = performance.now() + MINUTES * 60_000;
  while (performance.now() < until) {
    await sleep(PAUSE);
    measured.push(await measure(service, cluster));
  }
  load.stop();
  await running;
  const { medians, faults } = growthIn(measured);
  const statuses = [...load.statuses].map(
    ([status, times]) => `${String(times)} of ${String(status)}`,
  );
  tell(
    `SOAK_SEED=${String(SEED)}: ${statuses.join(', ')}; ${String(load.events)} events of streams`,
  );
  for (const vital of VITALS)
    tell(`${vital}: ${medians[vital].map((value) => value.toFixed(1)).join(', then ')}`);
  expect(load.faults.slice(0, SHOWN)).toEqual([]);
  expect(load.events).toBeGreaterThan(0);
  expect(faults).toEqual([]);
});
