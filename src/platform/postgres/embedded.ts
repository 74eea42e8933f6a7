import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Restarts } from '../processes/restarts.js';
import { ACCORD, type Cluster, openCluster, rememberPort, removeCluster } from './cluster.js';
import { type Postmaster, StartFailure, startPostmaster, takeOver } from './postmaster.js';

export interface EmbeddedOptions {
  /** The folder that holds the cluster, or the record of where it is: ACCORD_DATA. */
  readonly dataDir: string;
  /** Off for tests: what is acknowledged may be lost with the machine. */
  readonly durable?: boolean;
  /** How many services will connect to it; one unless it is said. */
  readonly instances?: number;
  /** Told, in one line, why the server is started again: it ended unasked, or the last attempt failed. */
  readonly onRestart?: (reason: string) => void;
}

export interface EmbeddedPostgres {
  /** With the password, for the loopback only. */
  readonly url: string;
  /** Shuts the server down in order; over within 35 seconds, or within 60 more while it is being started again. */
  stop(): Promise<void>;
  /** Stops, and deletes the cluster and its folder. */
  destroy(): Promise<void>;
}

/**
 * A Postgres of our own, from npm, for those who have none.
 *
 * Killed at any moment, service, server or both, it starts again with all it acknowledged. It is reachable from this
 * machine only, by a password kept in ACCORD_DATA, and keeps its port while that is free.
 *
 * @throws Error when another Accord is running on the same folder
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDir, {
    durable: options.durable ?? true,
    instances: options.instances ?? 1,
  });
  const { server, port } = await startSomewhere(cluster);
  await rememberPort(cluster, port);
  const urlOf = (database: string): string =>
    `postgresql://${ACCORD}:${cluster.password}@127.0.0.1:${String(port)}/${database}`;
  await ensureDatabase(urlOf('postgres'));
  const stop = keepRunning(cluster, { server, port }, options.onRestart);
  return {
    url: urlOf(ACCORD),
    stop,
    destroy: async () => {
      await stop();
      await removeCluster(cluster);
    },
  };
}

interface Running {
  readonly server: Postmaster;
  readonly port: number;
}

/** On the given port, else on the one it had last, or on another one when that is taken. */
async function startSomewhere(cluster: Cluster, fixedPort?: number): Promise<Running> {
  const patience = Date.now() + 60_000;
  let port = fixedPort ?? cluster.port ?? (await freePort());
  for (;;) {
    await takeOver(cluster);
    try {
      return { server: await startPostmaster(cluster, port), port };
    } catch (error) {
      if (!(error instanceof StartFailure) || !passes(error) || Date.now() > patience) throw error;
      if (fixedPort === undefined && portIsTaken(error)) port = await freePort();
      await sleep(200);
    }
  }
}

/**
 * Failures that go by themselves: a port taken in the meantime, a second start that was faster, and sessions of a killed
 * server, which notice within moments that it is gone.
 */
function passes(failure: StartFailure): boolean {
  return (
    portIsTaken(failure) ||
    failure.log.includes('lock file "postmaster.pid" already exists') ||
    failure.log.includes('pre-existing shared memory block')
  );
}

function portIsTaken(failure: StartFailure): boolean {
  return failure.log.includes('Address already in use');
}

/** A port on the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const found = await client.query('SELECT FROM pg_database WHERE pg_database.datname = $1', [
      ACCORD,
    ]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${ACCORD}`);
    }
  } finally {
    await client.end();
  }
}

/**
 * Starts the server again whenever it ends unasked, on the same port, since the service knows no other. It never gives up.
 * Returns the way to stop it.
 */
function keepRunning(
  cluster: Cluster,
  { server, port }: Running,
  onRestart: (reason: string) => void = () => undefined,
): () => Promise<void> {
  const stopping = new AbortController();
  let current = server;
  let restarted = Promise.resolve();
  let stopped: Promise<void> | undefined;
  const restarts = new Restarts();
  const attempt = async (reason: string): Promise<void> => {
    onRestart(reason);
    await sleep(restarts.pause(), undefined, { signal: stopping.signal });
    current = (await startSomewhere(cluster, port)).server;
    watch();
  };
  const restart = async (reason: string): Promise<void> => {
    let trouble: string | undefined = reason;
    while (trouble !== undefined && !stopping.signal.aborted) {
      trouble = await attempt(trouble).then(() => undefined, inOneLine);
    }
  };
  const watch = (): void => {
    current.process.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return;
      restarted = restart(`it ended unasked (${signal ?? `code ${String(code)}`})`);
    });
  };
  watch();
  return () => {
    stopping.abort();
    return (stopped ??= restarted.then(() => current.stop()));
  };
}

/** Of a server's log the last line, which says what was fatal. */
function inOneLine(error: unknown): string {
  const text = error instanceof StartFailure ? error.log : String(error);
  return `it did not start: ${text.trim().split('\n').at(-1) ?? ''}`;
}
