import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceCluster } from '../support/service/cluster.js';
import { serviceFolder, startService, type Service } from '../support/service/service.js';

const WORKERS = 3;
const LONGEST_STOP = 10_000;

describe('several services behind one port', () => {
  const folder = serviceFolder('cluster');
  let service: Service;
  let url: string;
  beforeAll(async () => {
    service = startService(folder, { workers: WORKERS });
    url = await service.ready;
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await serviceCluster(folder).remove();
  }, 120_000);

  it('all serve, each with metrics of its own', async () => {
    await untilPrinted(service, WORKERS);
    const addresses = metricsAddresses(service);
    expect(addresses.size).toBe(WORKERS);
    // One connection each, dealt out in turn.
    const asked = Array.from({ length: 4 * WORKERS }, () =>
      fetch(`${url}/v1/factions`, { headers: { connection: 'close' } }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const counts: number[] = [];
    for (const address of addresses) {
      const text = await (await fetch(address)).text();
      const labels = '{method="GET",route="/v1/factions",status="200"}';
      counts.push(Number(text.split(`accord_answers_total${labels} `)[1]?.split('\n')[0] ?? 0));
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4 * WORKERS);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('go on when some of them die, which are started again', async () => {
    const before = workersOf(service.pid);
    expect(before).toHaveLength(WORKERS);
    const [first = 0, second = 0] = before;
    process.kill(first, 'SIGKILL');
    process.kill(second, 'SIGTERM');
    // The connection that was being handed to a service when it ended is lost with it; no other is.
    const asked = Array.from({ length: 20 }, () => isAnswered(url));
    const lost = (await Promise.all(asked)).filter((answered) => !answered);
    expect(lost.length).toBeLessThanOrEqual(2);
    await untilPrinted(service, WORKERS + 2);
    const after = workersOf(service.pid);
    expect(after).toHaveLength(WORKERS);
    expect(after).not.toContain(first);
    expect(after).not.toContain(second);
    expect(service.output()).toMatch(/Service \d ended SIGKILL and is started again\./);
    expect(service.output()).toMatch(/Service \d ended with code 0 and is started again\./);
  }, 60_000);

  it('end in order on Ctrl-C, which reaches each of them, and leave nothing behind', async () => {
    const workers = workersOf(service.pid);
    const cluster = serviceCluster(folder);
    expect(cluster.postmaster()).toBeDefined();
    const since = performance.now();
    const code = await service.interrupt();
    expect(performance.now() - since).toBeLessThan(LONGEST_STOP);
    expect(code).toBe(0);
    expect(cluster.postmaster()).toBeUndefined();
    expect(workers.filter(isAlive)).toEqual([]);
    expect(service.output()).not.toMatch(/did not stop/);
  });

  it('do not start where the port is taken, which is said once', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? String(address.port) : '';
    const refused = startService(folder, { workers: WORKERS, settings: { PORT: port } });
    await expect(refused.ready).rejects.toThrow(/does not serve/);
    await refused.ended;
    other.close();
    expect(refused.output().match(/PORT: \d+ is taken/g)).toHaveLength(1);
    expect(serviceCluster(folder).postmaster()).toBeUndefined();
  }, 60_000);
});

/** Whether the service answers somebody who has all the patience that a client may have. */
async function isAnswered(url: string): Promise<boolean> {
  const headers = { connection: 'close' };
  return fetch(`${url}/livez`, { headers, signal: AbortSignal.timeout(10_000) }).then(
    // A service that is being stopped says so, and when to come again.
    ({ status }) => [200, 503].includes(status),
    () => false,
  );
}

/** The processes of the services behind the one that was started. */
function workersOf(primary: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [parent, command] = [statOf(pid)?.[1], commandOf(pid)];
      return Number(parent) === primary && command.includes('cluster.js');
    });
}

function isAlive(pid: number): boolean {
  return ![undefined, 'Z'].includes(statOf(pid)?.[0]);
}

/** The state of a process, its parent and what else the system tells. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** The addresses of the metrics that the services have told, the last one of each. */
function metricsAddresses(service: Service): ReadonlySet<string> {
  return new Set(service.output().match(/http:\S+\/metrics/g));
}

/** Waits until so many services have told where their metrics are, and serve. */
async function untilPrinted(service: Service, count: number): Promise<void> {
  while (metricsAddresses(service).size < count && !service.hasEnded()) await sleep(20);
}
