/** What a process needs as time goes by, and whether that grows. */
import { readdirSync } from 'node:fs';
import type { ServiceCluster } from '../service/cluster.js';
import type { Service } from '../service/service.js';

/** What is measured: bytes, numbers, milliseconds. */
export const VITALS = ['rss', 'heapUsed', 'files', 'usual', 'long', 'session'] as const;

export type Vital = (typeof VITALS)[number];
export type Vitals = Readonly<Record<Vital, number>>;

const MIB = 1024 * 1024;

/**
 * By how much the median of the last third may be above that of the second, in parts of that and on top. The thirds of ten minutes are 200 s
 * apart, in which some 15,000 requests are answered: what leaks 150 bytes with each is found in the heap, and one file in a thousand.
 * Of the delays a part is that of other things which the machine does: what adds half of them and 20 ms is found.
 */
const GROWTH: Readonly<Record<Vital, readonly [share: number, more: number]>> = {
  rss: [0.05, 8 * MIB],
  heapUsed: [0, 2 * MIB],
  files: [0, 12],
  usual: [1, 2],
  long: [0.5, 20],
  session: [0.1, 4 * MIB],
};

/** Measures a service: after a garbage collection, and the delays since it was measured last. */
export async function measure(service: Service, cluster: ServiceCluster): Promise<Vitals> {
  const delay = await service.delay();
  const memory = await service.memory();
  const files = readdirSync(`/proc/${String(service.pid)}/fd`).length;
  return { ...memory, ...delay, files, session: cluster.largestSession() };
}

/** The medians of the second and the last third of a run, and what has grown from one to the other, in sentences. */
export function growthIn(measured: readonly Vitals[]): {
  readonly medians: Readonly<Record<Vital, readonly [second: number, last: number]>>;
  readonly faults: readonly string[];
} {
  const third = Math.floor(measured.length / 3);
  const faults: string[] = [];
  const medians = Object.fromEntries(
    VITALS.map((vital) => {
      const values = measured.map((each) => each[vital]);
      const second = median(values.slice(third, 2 * third));
      const last = median(values.slice(2 * third));
      const [share, more] = GROWTH[vital];
      if (last > second * (1 + share) + more)
        faults.push(`${vital} went from ${second.toFixed(1)} to ${last.toFixed(1)}`);
      return [vital, [second, last]];
    }),
  ) as Record<Vital, [number, number]>;
  return { medians, faults };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
