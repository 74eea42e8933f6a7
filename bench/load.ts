import autocannon, { type Request, type Result } from 'autocannon';
import type { Server } from './child.js';

export const CONNECTIONS = 32;

/** A request. */
export interface Ask {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives another body each time it is sent. */
  readonly nextBody?: () => string;
}

/** What one round of load found. */
export interface Round {
  readonly requests: number;
  /** Requests per second. */
  readonly rate: number;
  /** Requests per second of the processor time of the server's process; null where that is not known. */
  readonly perCpuSecond: number | null;
  /** How long each answer took, in milliseconds. */
  readonly latencies: readonly number[];
}

/**
 * Sends about so many requests, each connection the next one when the last is answered, and waits for all answers: what a
 * server has acknowledged is known exactly.
 *
 * @throws Error when one of them was not answered, or not with success
 */
export async function load(server: Server, asks: readonly Ask[], atLeast: number): Promise<Round> {
  const amount = Math.ceil(atLeast / CONNECTIONS) * CONNECTIONS;
  const latencies: number[] = [];
  const cpuBefore = server.cpuSeconds();
  const start = performance.now();
  let end = start;
  const { errors, timeouts, non2xx, statusCodeStats } = await new Promise<Result>((done, fail) => {
    const running = autocannon(
      {
        url: server.url,
        connections: CONNECTIONS,
        amount,
        requests: asks.map(requestOf),
        // It notices the end when it takes a sample.
        sampleInt: 50,
        bailout: 1,
      },
      (error: unknown, result) => {
        if (error === null) done(result);
        else fail(new Error('The load was not sent.', { cause: error }));
      },
    );
    running.on('response', (_client, _status, _bytes, milliseconds) => {
      latencies.push(milliseconds);
      end = performance.now();
    });
  });
  if (errors + timeouts + non2xx > 0 || latencies.length !== amount) {
    throw new Error(
      `${server.url}: of ${String(amount)} requests ${String(latencies.length)} were answered, with ${String(errors)} errors, as ${JSON.stringify(statusCodeStats)}.`,
    );
  }
  const cpuAfter = server.cpuSeconds();
  const cpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
  return {
    requests: amount,
    rate: (amount * 1000) / (end - start),
    perCpuSecond: cpu === null || cpu === 0 ? null : amount / cpu,
    latencies,
  };
}

function requestOf({ path, method = 'GET', headers = {}, nextBody }: Ask): Request {
  const request: Request = { path, method, headers };
  if (nextBody) request.setupRequest = (each) => ({ ...each, body: nextBody() });
  return request;
}
