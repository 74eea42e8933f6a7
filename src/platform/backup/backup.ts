import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type pg from 'pg';
import { ACCORD, type ClusterRecord, readRecord } from '../postgres/cluster.js';
import { startEmbeddedPostgres } from '../postgres/embedded.js';
import { makeFolder } from '../postgres/folders.js';
import { type About, Archive } from './archive.js';
import { beginBackup, connectToServer, endBackup } from './backup.db.js';
import { dataFiles, logFiles } from './files.js';

/**
 * Copies the embedded database into one file, also while the service works on it: all that was acknowledged before is in it,
 * and of what is written meanwhile either all or nothing of each transaction. When no service runs, the server is started for it.
 *
 * @param dataDir ACCORD_DATA
 * @param file is there when it is whole
 * @returns its size in bytes
 * @throws Error when the file is there already, or there is no database
 */
export async function makeBackup(dataDir: string, file: string): Promise<number> {
  if (existsSync(file)) throw alreadyThere(file);
  const record = existsSync(dataDir) ? await readRecord(await realpath(dataDir)) : undefined;
  if (record === undefined) throw new Error(`There is no database in ${dataDir}.`);
  const home = await realpath(dataDir);
  await makeFolder(dirname(file));
  // Its own, whoever else makes one of that name.
  const draft = `${file}.${randomBytes(4).toString('hex')}.unfinished`;
  try {
    await withServer(home, record, (client, data) =>
      copyServer(client, { home, data, record }, draft),
    );
    await link(draft, file).catch(async () => {
      if (existsSync(file)) throw alreadyThere(file);
      // A disk of a network may know no links.
      await rename(draft, file);
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await stat(file)).size;
}

function alreadyThere(file: string): Error {
  return new Error(`${file} is there already.`);
}

interface Source {
  readonly home: string;
  readonly data: string;
  readonly record: ClusterRecord;
}

async function copyServer(
  client: pg.Client,
  { home, data, record }: Source,
  file: string,
): Promise<void> {
  const keyFile = join(home, 'admin-key');
  const about: About = {
    format: 1,
    postgres: (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim(),
    password: record.password,
    adminKey: existsSync(keyFile) ? await readFile(keyFile, 'utf8') : null,
  };
  await Archive.write(file, about, async (archive) => {
    const begun = await beginBackup(client);
    for await (const { name, isFolder } of dataFiles(data)) {
      if (isFolder) archive.addFolder(`data/${name}`);
      else await archive.addFile(`data/${name}`, join(data, name));
    }
    const { label, firstLog, lastLog } = await endBackup(client, begun);
    archive.addText('data/backup_label', label);
    for (const name of await logFiles(data, firstLog, lastLog)) {
      const isThere = await archive.addFile(`data/pg_wal/${name}`, join(data, 'pg_wal', name));
      if (!isThere) throw new Error(`The write-ahead log ${name} is gone. Make another backup.`);
    }
  });
}

/** The server that runs on the data, else one that is started for this. */
async function withServer(
  home: string,
  { location, password, port }: ClusterRecord,
  work: (client: pg.Client, data: string) => Promise<void>,
): Promise<void> {
  const data = join(resolve(home, location), 'data');
  const url = `postgresql://${ACCORD}:${password}@127.0.0.1:${String(port)}/postgres`;
  const running = port === null ? undefined : await connectToServer(url).catch(() => undefined);
  try {
    if (running?.data === data) {
      await work(running.client, data);
      return;
    }
  } finally {
    await running?.client.end();
  }
  const server = await startEmbeddedPostgres({ dataDir: home });
  try {
    const own = await connectToServer(server.url);
    await work(own.client, data).finally(() => own.client.end());
  } finally {
    await server.stop();
  }
}
