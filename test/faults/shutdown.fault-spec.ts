import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell, wholeFrom } from '../support/environment.js';
import { keptPeople } from '../support/faults/kept.db.js';
import { follow, readNothing, recordUntilRefused, type Fate } from '../support/faults/stopped.js';
import { chanceOf } from '../support/fuzz/chance.js';
import { serviceCluster, type ServiceCluster } from '../support/service/cluster.js';
import { serviceFolder, startService } from '../support/service/service.js';

const SEED = wholeFrom('ACCORD_FAULTS_SEED', 20221228);
// Shows that the test can fail: connections are broken as soon as the service is to stop.
const BROKEN = process.env['ACCORD_FAULTS_BREAK'] === 'connections';

const STOPS = 3;
const WRITERS = 100;
const READERS = 50;
const STREAMS = 50;
/** What the slow readers ask for. */
const READ = '/v1/openapi.json';

/** From the signal to the end of the process, in milliseconds. */
const LONGEST_STOP = 10_000;
const BREAKING = new URL('../support/service/break-connections.mjs', import.meta.url);

describe(`SIGTERM under ${String(WRITERS)} writers, ${String(STREAMS)} streams and ${String(READERS)} readers who do not read`, () => {
  const folder = serviceFolder('shutdown');
  const chance = chanceOf(SEED);
  let cluster: ServiceCluster;
  beforeAll(async () => {
    const service = startService(folder);
    await service.ready;
    cluster = serviceCluster(folder);
    await service.stop();
  }, 120_000);
  afterAll(() => cluster.remove(), 120_000);

  it.each([
    ['one service', {}],
    ['two behind one port', { workers: 2 }],
  ])(
    'leaves nobody in doubt about a write and ends within ten seconds: %s',
    async (what, options) => {
      const prefix = what.replaceAll(' ', '-');
      tell(
        `ACCORD_FAULTS_SEED=${String(SEED)}${BROKEN ? ', with connections broken at once' : ''}`,
      );
      const fates: Fate[] = [];
      for (let stop = 1; stop <= (BROKEN ? 1 : STOPS); stop += 1) {
        const service = startService(folder, {
          ...options,
          preloads: BROKEN ? [BREAKING.href] : [],
        });
        const url = await service.ready;
        const streams = Array.from({ length: STREAMS }, () => follow(url));
        await Promise.all(streams.map(({ begun }) => begun));
        const readers = Array.from({ length: READERS }, () => readNothing(url, READ));
        await Promise.all(readers.map(({ socket }) => once(socket, 'readable')));
        const writing = Array.from({ length: WRITERS }, (_, at) =>
          recordUntilRefused(url, `${prefix}-${String(stop)}-${String(at + 1)}`),
        );
        await Promise.all(streams.map(({ told }) => told));
        await sleep(chance.whole(500, 2_000));
        const since = performance.now();
        const code = await service.terminate();
        const took = Math.round(performance.now() - since);
        for (const { socket } of readers) socket.destroy();
        const told = (await Promise.all(writing)).flat();
        fates.push(...told);
        tell(
          `${String(stop)}. ended with ${String(code)} after ${String(took)} ms: ${counts(told)}`,
        );
        const heard = await Promise.all(streams.map(({ received }) => received));
        expect(heard.filter((each) => !isWholeStream(each)).map((each) => each.slice(-80))).toEqual(
          [],
        );
        expect([code, service.output()]).toEqual([0, expect.any(String)]);
        expect(took).toBeLessThan(LONGEST_STOP);
      }
      expect((await faultsOf(fates, prefix)).slice(0, 30)).toEqual([]);
    },
    300_000,
  );

  it('ends within ten seconds also when the database hangs, and says that it was not in order', async () => {
    const service = startService(folder);
    const url = await service.ready;
    cluster.freeze();
    const writing = recordUntilRefused(url, 'frozen');
    await sleep(500);
    const since = performance.now();
    const code = await service.terminate();
    const took = performance.now() - since;
    cluster.kill(true);
    expect(code).toBe(1);
    expect(took).toBeLessThan(LONGEST_STOP);
    expect(service.output()).toMatch(/did not stop within 9\.5 s/);
    await writing;
  }, 120_000);

  /** What the database has otherwise than the writers were told, in sentences. */
  async function faultsOf(fates: readonly Fate[], prefix: string): Promise<readonly string[]> {
    const service = startService(folder);
    await service.ready;
    const kept = await keptPeople(cluster.databaseUrl, prefix);
    await service.stop();
    const stored = Map.groupBy(kept, ({ name }) => name);
    return fates.flatMap(({ name, status, connection }) => {
      const times = stored.get(name)?.length ?? 0;
      const told = `${name} was answered ${String(status ?? 'nothing')}`;
      if (status !== null && ![201, 503].includes(status)) return [told];
      if (times !== (status === 201 ? 1 : 0))
        return [`${told} and is there ${String(times)} times`];
      return status === 503 && connection !== 'close' ? [`${told} on a connection that stays`] : [];
    });
  }
});

/** Whether the end of a stream is one: the last chunk is there (RFC 9112, 7.1). */
function isWholeStream(received: string): boolean {
  return received.startsWith('HTTP/1.1 200') && received.endsWith('\r\n0\r\n\r\n');
}

function counts(fates: readonly Fate[]): string {
  const groups = Map.groupBy(fates, ({ status, connection }) => status ?? connection ?? 'nothing');
  return [...groups]
    .map(([what, { length }]) => `${String(length)} times ${String(what)}`)
    .join(', ');
}
