import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** On which core the servers under measurement run, and on which the load; null: wherever the system puts them. */
export interface Cores {
  readonly server: number | null;
  readonly load: number | null;
  /** How that came, as a sentence for the report. */
  readonly words: string;
}

/** The first two cores that this process may use. Needs `taskset`, of util-linux. */
export function chooseCores(): Cores {
  const nowhere = { server: null, load: null };
  if (spawnSync('taskset', ['--version']).status !== 0) {
    return { ...nowhere, words: 'servers and load are not pinned, for want of taskset' };
  }
  const [server, load] = allowedCores();
  if (server === undefined || load === undefined) {
    return { ...nowhere, words: 'servers and load share the one core there is' };
  }
  return {
    server,
    load,
    words: 'the servers on one core, the load on another, Postgres on all',
  };
}

/** Pins this process, which is the load, with all its threads. What it has started before stays where it is. */
export function pinLoad({ load }: Cores): void {
  if (load === null) return;
  const done = spawnSync('taskset', ['-acp', String(load), String(process.pid)]);
  if (done.status !== 0) throw new Error(`The load was not pinned: ${done.stderr.toString()}`);
}

/** Such as 0-3,8: ranges and single ones. */
function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    if (first === undefined || last === undefined) return [];
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
