import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The Postgres of a service, seen from its folder. */
export interface ServiceCluster {
  readonly databaseUrl: string;
  /** The server's process; undefined while there is none. */
  postmaster(): number | undefined;
  /** What the largest of its sessions has for itself alone, in bytes. */
  largestSession(): number;
  /** Ends the server as a crash does; with its sessions, as a crash of the machine does. Returns its process. */
  kill(whole: boolean): number | undefined;
  /** Has the server and its sessions answer nothing any more, as a machine does that hangs. */
  freeze(): void;
  /** Deletes the folder and the cluster. */
  remove(): Promise<void>;
}

interface ClusterRecord {
  readonly location: string;
  readonly password: string;
  readonly port: number;
}

/** @param folder the ACCORD_DATA of a service that has been started before */
export function serviceCluster(folder: string): ServiceCluster {
  const record = JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8')) as ClusterRecord;
  const location = resolve(folder, record.location);
  const postmaster = (): number | undefined => runningIn(join(location, 'data'));
  return {
    databaseUrl: `postgresql://accord:${record.password}@127.0.0.1:${String(record.port)}/accord`,
    postmaster,
    largestSession: () => Math.max(0, ...childrenOf(postmaster()).map(ownMemory)),
    freeze: () => {
      const pid = postmaster();
      for (const each of [...childrenOf(pid), ...(pid === undefined ? [] : [pid])])
        process.kill(each, 'SIGSTOP');
    },
    kill: (whole) => {
      const pid = postmaster();
      if (pid === undefined) return undefined;
      const sessions = whole ? childrenOf(pid) : [];
      // The server first: it would answer the death of a session with a recovery.
      for (const each of [pid, ...sessions]) end(each);
      return pid;
    },
    remove: async () => {
      await rm(location, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The process that the lock file names, if it is a server on this very directory and not a stranger with its number. */
function runningIn(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    return command.includes(data) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number | undefined): readonly number[] {
  if (pid === undefined) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
}

function ownMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold anything; the state and the parent follow it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Whoever has ended in the meantime needs no end. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
