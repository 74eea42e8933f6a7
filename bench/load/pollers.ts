import { setTimeout as sleep } from 'node:timers/promises';
import { headerOf } from './answers.js';
import { Client, openConnections, requestBytes } from './connection.js';

/** Who polls, and for how long. */
export interface Polling {
  readonly path: string;
  readonly pollers: number;
  /** Between two polls of one poller. */
  readonly periodSeconds: number;
  readonly seconds: number;
}

/** What the pollers of a round found. */
export interface Polled {
  /** Milliseconds, one for each poll that was answered. */
  readonly latencies: readonly number[];
  /** How long it took until all were answered. */
  readonly seconds: number;
  /** Polls that were not answered, or neither with 200 nor with 304. */
  readonly failures: readonly string[];
}

/**
 * Polls an address with so many connections, each with the tag of its last answer, spread evenly over the period. A poll is due whether or
 * not others are late; a poller whose connection was closed in between opens another one, as clients do.
 */
export async function poll(
  url: string,
  { path, pollers, periodSeconds, seconds }: Polling,
): Promise<Polled> {
  const connections = await openConnections(url, pollers);
  const found = { latencies: [] as number[], failures: [] as string[] };
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection, place) => {
      const poller = new Poller(Client.on(url, connection), path);
      const offset = (place / pollers) * periodSeconds;
      for (let due = offset; due < seconds; due += periodSeconds) {
        await sleep(Math.max(0, start + due * 1000 - performance.now()));
        await pollOnce(poller, found);
      }
      poller.close();
    }),
  );
  return { ...found, seconds: (performance.now() - start) / 1000 };
}

async function pollOnce(
  poller: Poller,
  found: { latencies: number[]; failures: string[] },
): Promise<void> {
  try {
    const { status, latency } = await poller.poll();
    found.latencies.push(latency);
    if (status !== 200 && status !== 304)
      found.failures.push(`A poll was answered ${String(status)}.`);
  } catch (error) {
    // Counted, since the target is that there is none.
    found.failures.push(String(error));
  }
}

class Poller {
  private tag: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly path: string,
  ) {}

  async poll(): Promise<{ readonly status: number; readonly latency: number }> {
    const headers = this.tag === undefined ? {} : { 'If-None-Match': this.tag };
    const request = requestBytes({ path: this.path, headers });
    const begin = performance.now();
    const answer = await this.client.ask(request);
    const latency = performance.now() - begin;
    this.tag = headerOf(answer, 'etag') ?? this.tag;
    return { status: answer.status, latency };
  }

  close(): void {
    this.client.close();
  }
}
