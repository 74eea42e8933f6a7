import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a database on which the round trips are counted. */
export interface CountedDatabase {
  /** The address of the database by this way. */
  readonly url: string;
  /** How many times the database has been asked and has answered. */
  count(): number;
  /** Waits until nothing was asked for a moment. */
  untilQuiet(): Promise<void>;
  stop(): Promise<void>;
}

const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const QUIET_MS = 40;

/** Stands between a service and its Postgres and counts: each round trip ends in one message that says: ready for the next. */
export async function countRoundTrips(databaseUrl: string): Promise<CountedDatabase> {
  const there = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((service) => {
    const database = connect(Number(there.port), there.hostname);
    const counter = new MessageCounter(READY_FOR_QUERY);
    database.on('data', (chunk: Buffer) => (count += counter.push(chunk)));
    service.pipe(database).pipe(service);
    for (const socket of [service, database]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      // Whoever ends, both end.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        service.destroy();
        database.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  const here = new URL(databaseUrl);
  here.port = String(address.port);
  return {
    url: here.href,
    count: () => count,
    untilQuiet: async () => {
      for (let before = -1; before !== count;) {
        before = count;
        await sleep(QUIET_MS);
      }
    },
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Counts the messages of one type among those of a Postgres: a letter, the length of what follows, and that. */
export class MessageCounter {
  private head: number[] = [];
  /** Bytes of the present message that are yet to come. */
  private left = 0;

  constructor(private readonly type: number) {}

  push(chunk: Buffer): number {
    let found = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.left > 0) {
        const taken = Math.min(this.left, chunk.length - at);
        this.left -= taken;
        at += taken;
        continue;
      }
      this.head.push(chunk[at] ?? 0);
      at += 1;
      if (this.head.length < 5) continue;
      if (this.head[0] === this.type) found += 1;
      // The length counts itself.
      this.left = Buffer.from(this.head).readUInt32BE(1) - 4;
      this.head = [];
    }
    return found;
  }
}
