import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A server under measurement, in a process of its own. */
export interface Server {
  readonly url: string;
  /** The processor time that its process has used, in seconds; null where the system does not tell. */
  cpuSeconds(): number | null;
  stop(): Promise<void>;
}

// The unit of /proc/PID/stat: fixed at 100 a second for all that Linux shows to programs.
const TICKS_PER_SECOND = 100;

/** Starts a module of this folder as a server, and waits for its address. */
export async function startServer(file: string, setup: object): Promise<Server> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send(setup);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended before it served.`);
  });
  // Told by its first message; afterwards its end shows in the answers.
  const [url] = (await Promise.race([once(child, 'message'), ended])) as [string];
  ended.catch(() => undefined);
  const pid = child.pid ?? 0;
  return { url, cpuSeconds: () => cpuSecondsOf(pid), stop: () => endChild(child) };
}

/** The other side of {@link startServer}: gets its setup, tells its address, and ends with the bench. */
export function serveAsChild(serve: (setup: unknown) => Promise<string>): void {
  process.once('disconnect', () => process.exit());
  process.once('message', (setup) => {
    void serve(setup).then((url) => process.send?.(url));
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

function cpuSecondsOf(pid: number): number | null {
  const path = `/proc/${String(pid)}/stat`;
  if (!existsSync(path)) return null;
  const stat = readFileSync(path, 'utf8');
  // The name in parentheses may hold anything; the state follows it, and eleven fields on the user and the system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
