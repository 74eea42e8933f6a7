import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));
const CLUSTER = fileURLToPath(new URL('../../../dist/src/cluster.js', import.meta.url));
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

/** How late the event loop came to what was due half of the time and at worst but for a hundredth, in milliseconds. */
export interface Delay {
  readonly usual: number;
  readonly long: number;
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
  /** Since its memory was asked for last. */
  delay(): Promise<Delay>;
  kill(): void;
  /** Asks it to end in order, its Postgres too; the code with which it does, null when it was killed. */
  terminate(): Promise<number | null>;
  /** As Ctrl-C in a terminal, which reaches every process of the group. */
  interrupt(): Promise<number | null>;
  /** Ends it in order, its Postgres too. */
  stop(): Promise<void>;
}

/** A folder for a service, not yet there. */
export function serviceFolder(purpose: string): string {
  return join(tmpdir(), `accord-${purpose}-${randomBytes(4).toString('hex')}`);
}

/** What a service is started with, beside what every test has. */
export interface ServiceOptions {
  /** How many services there are in it, behind one port; left out, it is one by itself. */
  readonly workers?: number;
  /** Settings of its environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Modules that are loaded before its code. */
  readonly preloads?: readonly string[];
}

/** Starts what `npm run build` has made, at any free port, as the leader of a group of processes. */
export function startService(
  folder: string,
  { workers, settings = {}, preloads = [] }: ServiceOptions = {},
): Service {
  const [program, args] = workers === undefined ? [MAIN, []] : [CLUSTER, [String(workers)]];
  const child = fork(program, args, {
    detached: true,
    execArgv: [
      '--expose-gc',
      '--enable-source-maps',
      ...[PROBE.href, ...preloads].flatMap((each) => ['--import', each]),
    ],
    env: { ...environment(folder), ...settings },
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
    delay: async () => {
      child.send('delay');
      const [delay] = (await once(child, 'message')) as [Delay];
      return delay;
    },
    kill: () => child.kill('SIGKILL'),
    terminate: async () => {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    interrupt: async () => {
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await ended;
      return child.exitCode;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const late = AbortSignal.timeout(LONGEST_STOP);
      await Promise.race([ended, once(late, 'abort').then(() => child.kill('SIGKILL'))]);
    },
  };
}

function environment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    ACCORD_DATA: folder,
    ACCORD_DEMO: 'on',
    ACCORD_ADMIN_KEY: SERVICE_KEY,
    LOG_LEVEL: 'error',
    PORT: '0',
    METRICS_PORT: '0',
    // A test asks more than anybody may.
    ACCORD_LIMIT_ADDRESS: '0',
    ACCORD_LIMIT_KEY: '0',
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
