import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A server under measurement, in a process of its own. */
export interface Server {
  readonly url: string;
  /** The processor time that its process has used, in seconds; null where the system does not tell. */
  cpuSeconds(): number | null;
  /** Has it stand still while others are measured, and go on. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Accord under measurement. */
export interface Accord extends Server {
  /** What its process holds after a garbage collection, in bytes. */
  memory(): Promise<number>;
}

/** What an Accord is started with. */
export interface AccordSetup {
  readonly databaseUrl: string;
  readonly adminKey: string;
  /** Whether an empty database is told the founding story. */
  readonly tellsStory: boolean;
}

// The unit of /proc/PID/stat: fixed at 100 a second for all that Linux shows to programs.
const TICKS_PER_SECOND = 100;

// Seen from the folder in which npm runs scripts.
const ACCORD = resolve('dist/src/main.js');
const PROBE = pathToFileURL(resolve('test/support/service/probe.mjs')).href;

const LONGEST_START = 120_000;
const LONGEST_STOP = 15_000;

/** Starts Accord as it is served, on a core. */
export async function startAccord(
  { databaseUrl, adminKey, tellsStory }: AccordSetup,
  core: number | null,
): Promise<Accord> {
  const child = forkOn(core, ACCORD, {
    execArgv: ['--expose-gc', '--enable-source-maps', '--import', PROBE],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      ACCORD_ADMIN_KEY: adminKey,
      ACCORD_DEMO: tellsStory ? 'on' : 'off',
      LOG_LEVEL: 'warn',
      PORT: '0',
      METRICS_PORT: '0',
      // Readers and writers of the bench are all at one address.
      ACCORD_LIMIT_ADDRESS: '0',
      ACCORD_LIMIT_KEY: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await addressPrinted(child);
  return {
    ...serverOf(child, url),
    memory: async () => {
      child.send('memory');
      const [memory] = (await once(child, 'message')) as [{ readonly rss: number }];
      return memory.rss;
    },
  };
}

/** Starts a module of this folder as a server, on a core, and waits for its address. */
export async function startBare(file: string, setup: object, core: number | null): Promise<Server> {
  const child = forkOn(core, fileURLToPath(new URL(file, import.meta.url)), {
    execArgv: ['--enable-source-maps'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send(setup);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended before it served.`);
  });
  // Told by its first message; afterwards its end shows in the answers.
  const [url] = (await Promise.race([once(child, 'message'), ended])) as [string];
  ended.catch(() => undefined);
  return serverOf(child, url);
}

/** The other side of {@link startBare}: gets its setup, tells its address, and ends with the bench. */
export function serveAsChild(serve: (setup: unknown) => Promise<string>): void {
  process.once('disconnect', () => process.exit());
  process.once('message', (setup) => {
    void serve(setup).then((url) => process.send?.(url));
  });
}

interface Fork {
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: ('ignore' | 'pipe' | 'inherit' | 'ipc')[];
}

/** `taskset` becomes the process that it starts: the pid and the channel are Node's. */
function forkOn(core: number | null, file: string, { execArgv, env, stdio }: Fork): ChildProcess {
  if (core === null) return fork(file, [], { execArgv: [...execArgv], env, stdio });
  const wrapped = ['-c', String(core), process.execPath, ...execArgv];
  return fork(file, [], { execPath: 'taskset', execArgv: wrapped, env, stdio });
}

async function addressPrinted(child: ChildProcess): Promise<string> {
  let printed = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => (printed = (printed + chunk).slice(-10_000)));
  const until = Date.now() + LONGEST_START;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const [, url] = /Accord serves at (\S+)/.exec(printed) ?? [];
    if (url !== undefined) return url;
    await sleep(20);
  }
  throw new Error(`Accord does not serve. It printed:\n${printed}`);
}

function serverOf(child: ChildProcess, url: string): Server {
  const pid = child.pid ?? 0;
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(pid),
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    stop: () => endChild(child),
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  // One that stands still does not hear of its end.
  child.kill('SIGCONT');
  const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP);
  await ended;
  clearTimeout(late);
}

function cpuSecondsOf(pid: number): number | null {
  const path = `/proc/${String(pid)}/stat`;
  if (!existsSync(path)) return null;
  const stat = readFileSync(path, 'utf8');
  // The name in parentheses may hold anything; the state follows it, and eleven fields on the user and the system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
