import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What is in the archive below its data directory. */
export interface DataEntry {
  /** Within the data directory. */
  readonly name: string;
  readonly isFolder: boolean;
}

/** As pg_basebackup has it: what a server makes anew, and what belongs to the one that runs. */
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|current_logfiles|pg_internal\.init.*|pgsql_tmp.*)$/;

/** It names the state of all others, and is copied after them. */
const CONTROL = 'global/pg_control';

/** The files of a data directory, in the order in which they are copied. Some may be gone by then. */
export async function* dataFiles(data: string): AsyncGenerator<DataEntry> {
  yield* within(data, '');
  yield { name: 'pg_wal/archive_status', isFolder: true };
  yield { name: CONTROL, isFolder: false };
}

/** The files of the log from one to another, both included, and the histories of the timelines. */
export async function logFiles(data: string, first: string, last: string): Promise<string[]> {
  const names = await readdir(join(data, 'pg_wal'));
  const needed = names.filter((name) => name >= first && name <= last && name.length === 24).sort();
  if (needed[0] !== first || needed.at(-1) !== last) {
    throw new Error('The write-ahead log of the backup is not whole. Make another one.');
  }
  return [...names.filter((name) => name.endsWith('.history')), ...needed];
}

async function* within(data: string, folder: string): AsyncGenerator<DataEntry> {
  for (const entry of await listOf(join(data, folder))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (LEFT_OUT.test(entry.name) || name === CONTROL) continue;
    if (entry.isSymbolicLink()) {
      throw new Error(`${name} leads out of the data directory: a backup does not hold it.`);
    }
    yield { name, isFolder: entry.isDirectory() };
    if (entry.isDirectory() && !EMPTIED.has(name)) yield* within(data, name);
  }
}

/** What is in a folder; nothing when it is gone, as that of a database that was dropped just now. */
async function listOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  });
}
