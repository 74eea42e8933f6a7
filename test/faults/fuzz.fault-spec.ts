import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell, wholeFrom } from '../support/environment.js';
import { openLedger, type Ledger } from '../support/fuzz/ledger.db.js';
import { fuzz } from '../support/fuzz/run.js';
import { serviceCluster } from '../support/service/cluster.js';
import {
  SERVICE_KEY,
  serviceFolder,
  startService,
  type Service,
} from '../support/service/service.js';

// Nothing that a webhook of nonsense tells leaves the machine.
const NO_NAMES = new URL('../support/service/no-names.mjs', import.meta.url);
const SEED = wholeFrom('ACCORD_FUZZ_SEED', 20221228);
const COUNT = wholeFrom('ACCORD_FUZZ_COUNT', 100_000);
const LONGEST = 10 * 60_000;

/**
 * By how much memory may grow in the second half of the run, in MiB: all that the service's process has, what its code still
 * refers to, and what the largest session of Postgres has for itself.
 */
const GROWTH = { process: 48, live: 8, session: 24 };
const LOOKS = 20;

type Memory = Readonly<typeof GROWTH>;

describe('the built service, asked much nonsense', () => {
  const folder = serviceFolder('fuzz');
  let service: Service;
  let url: string;
  let ledger: Ledger;
  beforeAll(async () => {
    service = startService(folder, { preloads: [NO_NAMES.href] });
    url = await service.ready;
    ledger = await openLedger(serviceCluster(folder).databaseUrl);
  }, 120_000);
  afterAll(async () => {
    await ledger.close();
    await service.stop();
    await serviceCluster(folder).remove();
  }, 120_000);

  async function look(): Promise<Memory> {
    const { rss, heapUsed } = await service.memory();
    const session = serviceCluster(folder).largestSession();
    return { process: inMib(rss), live: inMib(heapUsed), session: inMib(session) };
  }

  it(
    'answers all of it with a problem or with success, stores nothing that it refuses, and keeps no memory',
    async () => {
      tell(`ACCORD_FUZZ_SEED=${String(SEED)} ACCORD_FUZZ_COUNT=${String(COUNT)}`);
      const looks: Memory[] = [];
      const onBatch = async (sent: number): Promise<void> => {
        if (sent < ((looks.length + 1) * COUNT) / LOOKS) return;
        const memory = await look();
        looks.push(memory);
        tell(`${String(sent)} requests; MiB: ${JSON.stringify(memory)}`);
      };
      const plan = { url, adminKey: SERVICE_KEY, ledger, seed: SEED, count: COUNT, onBatch };
      const { faults, summary, unreached, revisions } = await fuzz(plan);
      tell(`${summary}; ${String(revisions)} revisions`);
      tell(`Never answered with success: ${unreached.join(', ') || 'none'}`);
      if (faults.length > 0) tell(service.output());
      expect(faults).toEqual([]);
      for (const part of ['process', 'live', 'session'] as const) {
        const [half = 0, ...later] = looks.slice(LOOKS / 2 - 1).map((memory) => memory[part]);
        expect([part, Math.max(...later) - half <= GROWTH[part]]).toEqual([part, true]);
      }
    },
    LONGEST,
  );
});

function inMib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
