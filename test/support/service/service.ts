import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));
const PROBE = new URL('./probe.mjs', import.meta.url);

/** What the service is given to know its first admin by. */
export const SERVICE_KEY = 'an-admin-key-for-the-service';

// With the first migrations and the founding story, on a machine that has other things to do.
const LONGEST_START = 120_000;
const LONGEST_STOP = 60_000;
const KEPT_OUTPUT = 20_000;

/** What a process holds, in bytes, after a garbage collection: all of it, and what its JavaScript still refers to. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
}

/** The built service in a process of its own, on a folder with its own Postgres. */
export interface Service {
  readonly pid: number;
  /** Where it serves, once it does; refused when it ends before. */
  readonly ready: Promise<string>;
  /** Over when it has ended, however that came. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** The last that it printed. */
  output(): string;
  memory(): Promise<Memory>;
  kill(): void;
  /** Ends it in order, its Postgres too. */
  stop(): Promise<void>;
}

/** A folder for a service, not yet there. */
export function serviceFolder(purpose: string): string {
  return join(tmpdir(), `accord-${purpose}-${randomBytes(4).toString('hex')}`);
}

/** Starts what `npm run build` has made, at any free port. */
export function startService(folder: string): Service {
  const child = fork(MAIN, [], {
    execArgv: ['--expose-gc', '--enable-source-maps', '--import', PROBE.href],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      ACCORD_DATA: folder,
      ACCORD_DEMO: 'on',
      ACCORD_ADMIN_KEY: SERVICE_KEY,
      LOG_LEVEL: 'error',
      PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed = keepOutput(child);
  const ended = once(child, 'exit').then(() => undefined);
  const ready = untilServing(child, printed);
  // Who waits for it is told; who does not has killed it.
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: printed,
    memory: async () => {
      child.send('memory');
      const [memory] = (await once(child, 'message')) as [Memory];
      return memory;
    },
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM');
      const late = AbortSignal.timeout(LONGEST_STOP);
      await Promise.race([ended, once(late, 'abort').then(() => child.kill('SIGKILL'))]);
    },
  };
}

function keepOutput(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => (output = (output + chunk).slice(-KEPT_OUTPUT)));
  }
  return () => output;
}

async function untilServing(child: ChildProcess, printed: () => string): Promise<string> {
  const until = Date.now() + LONGEST_START;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const [, url] = /Accord serves at (\S+)/.exec(printed()) ?? [];
    if (url !== undefined) return url;
    await sleep(10);
  }
  throw new Error(`The service does not serve. It printed:\n${printed()}`);
}
