import type { Server } from '../servers/server.js';
import type { Answer } from './answers.js';
import { openConnections, type Connection } from './connection.js';
import { quantile } from '../statistics.js';

/** What is asked of a server, over and over. */
export interface Lane {
  /** Which side of the comparison it is. */
  readonly name: string;
  readonly server: Server;
  readonly connections: number;
  /** The next request. */
  readonly next: () => Buffer;
  /** The status that every answer has. */
  readonly expects: number;
}

/** What one round of load found. */
export interface Round {
  readonly answered: number;
  /** Requests per second. */
  readonly rate: number;
  /** Requests per second of the processor time of the server's process; null where that is not known. */
  readonly perCpuSecond: number | null;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Puts a server under load for a time: each connection sends its next request when the last is answered. It is over when all are
 * answered, so that what a server has acknowledged is known exactly.
 *
 * @throws Error when one was not answered, or not as expected
 */
export async function saturate(lane: Lane, seconds: number): Promise<Round> {
  const connections = await openConnections(lane.server.url, lane.connections);
  const latencies: number[] = [];
  const cpuBefore = lane.server.cpuSeconds();
  const start = performance.now();
  const until = start + seconds * 1000;
  try {
    await Promise.all(connections.map((each) => keepAsking(each, lane, { until, latencies })));
  } finally {
    for (const connection of connections) connection.close();
  }
  const end = performance.now();
  const cpuAfter = lane.server.cpuSeconds();
  const cpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
  const answered = latencies.length;
  const sorted = Float64Array.from(latencies).sort();
  return {
    answered,
    rate: (answered * 1000) / (end - start),
    perCpuSecond: cpu === null || cpu === 0 ? null : answered / cpu,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  };
}

function keepAsking(
  connection: Connection,
  { name, next, expects }: Lane,
  { until, latencies }: { readonly until: number; readonly latencies: number[] },
): Promise<void> {
  return new Promise((done, fail) => {
    let sent = 0;
    const send = (): void => {
      sent = performance.now();
      connection.send(next(), take, fail);
    };
    const take = (answer: Answer): void => {
      if (answer.status !== expects) {
        fail(new Error(`${name} answered ${String(answer.status)}: ${answer.body.toString()}`));
        return;
      }
      const now = performance.now();
      latencies.push(now - sent);
      if (now < until) send();
      else done();
    };
    send();
  });
}
