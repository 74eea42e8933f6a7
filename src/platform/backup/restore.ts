import { existsSync } from 'node:fs';
import { chown, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  ACCORD,
  type Cluster,
  draftRecord,
  enterCluster,
  fillCluster,
  IN_PLACE,
  openHome,
  placeFor,
  readRecord,
  recordPath,
} from '../postgres/cluster.js';
import { freePort } from '../postgres/embedded.js';
import { startPostmaster, takeOver } from '../postgres/postmaster.js';
import { type About, readAbout, unpackData } from './archive.js';
import { type Contents, readContents } from './backup.db.js';

const USE = { durable: true, instances: 1 };

/** What was restored, and where what was there before is now. */
export interface Restored extends Contents {
  /** Null when there was nothing. */
  readonly before: string | null;
}

/**
 * Restores a backup into an ACCORD_DATA folder. The server is started on what was unpacked, and what it holds is read, before
 * anything takes the place of what is there; what was there is kept beside it.
 *
 * @param stamp a word that tells this restore from others
 * @throws Error when there is a database already and `replace` is not set, when a service runs on it, or when the backup is broken
 */
export async function restoreBackup(
  file: string,
  dataDir: string,
  { replace, stamp }: { readonly replace: boolean; readonly stamp: string },
): Promise<Restored> {
  const about = await readAbout(file);
  const home = await openHome(dataDir);
  const isTaken = existsSync(recordPath(home)) || existsSync(join(home, IN_PLACE, 'data'));
  if (isTaken && !replace) {
    throw new Error(
      `There is a database in ${home} already. With --replace the backup takes its place, and it is kept beside it.`,
    );
  }
  await requireStopped(home);
  await removeLeftovers(home);
  // Under a name of its own, so that what is broken off is in nobody's way.
  const location = placeFor(home, `${IN_PLACE}-${stamp}`);
  const record = { location, password: about.password, port: null };
  const cluster = await enterCluster(home, record, USE);
  try {
    await requireVersion(cluster, about);
    await fillCluster(cluster, (workshop) => unpack(cluster, file, workshop));
    const contents = await prove(cluster);
    // One may have been started meanwhile, and would go on with what is about to be replaced.
    await requireStopped(home);
    const before = await takePlace(cluster, about, { isTaken, stamp });
    return { ...contents, before };
  } catch (error) {
    await rm(cluster.folder, { recursive: true, force: true });
    throw error;
  }
}

async function requireStopped(home: string): Promise<void> {
  const record = await readRecord(home);
  if (record !== undefined) await takeOver(await enterCluster(home, record, USE));
}

/** The files of a server are read by servers of the same major version only. */
async function requireVersion({ programs }: Cluster, { postgres }: About): Promise<void> {
  const installed = await readFile(join(programs, '..', 'package.json'), 'utf8').catch(() => '');
  const [, major] = /"version":\s*"(\d+)\./.exec(installed) ?? [];
  if (major !== undefined && major !== postgres) {
    throw new Error(
      `The backup is of Postgres ${postgres}, and this version of Accord has Postgres ${major}. Restore it with the version that made it.`,
    );
  }
}

async function unpack({ account }: Cluster, file: string, workshop: string): Promise<void> {
  const data = join(workshop, 'data');
  await mkdir(data, { mode: 0o700 });
  await unpackData(file, data);
  if (account === undefined) return;
  await chown(data, account.uid, account.gid);
  for (const { parentPath, name } of await readdir(data, {
    recursive: true,
    withFileTypes: true,
  })) {
    await chown(join(parentPath, name), account.uid, account.gid);
  }
}

/** Starts the server, which replays the log, reads what is there, and stops it in order. */
async function prove(cluster: Cluster): Promise<Contents> {
  const port = await freePort();
  const server = await startPostmaster(cluster, port);
  try {
    return await readContents(
      `postgresql://${ACCORD}:${cluster.password}@127.0.0.1:${String(port)}/${ACCORD}`,
    );
  } finally {
    await server.stop();
  }
}

/** One name is changed, so that a start finds the one or the other. Returns where the record of the other is. */
async function takePlace(
  { home, location, password }: Cluster,
  { adminKey }: About,
  { isTaken, stamp }: { readonly isTaken: boolean; readonly stamp: string },
): Promise<string | null> {
  const draft = await draftRecord(home, { location, password, port: null });
  const path = recordPath(home);
  const before = isTaken && existsSync(path) ? `${path}.before-${stamp}` : null;
  if (before !== null) await link(path, before);
  if (isTaken) {
    await rename(draft, path);
  } else {
    await link(draft, path);
    await rm(draft);
  }
  const keyFile = join(home, 'admin-key');
  // It may be there without a database, and be all that somebody has of a key.
  if (existsSync(keyFile)) await rename(keyFile, `${keyFile}.before-${stamp}`);
  if (adminKey !== null) await writeFile(keyFile, adminKey, { mode: 0o600 });
  return before;
}

/** Removes what earlier restores that were killed have unpacked: no record names it. */
async function removeLeftovers(home: string): Promise<void> {
  const names = await readdir(home);
  const record = basename(recordPath(home));
  const records = names.filter((name) => name === record || name.startsWith(`${record}.before-`));
  const told = await Promise.all(records.map((name) => readFile(join(home, name), 'utf8')));
  const named = told.map((text) => (JSON.parse(text) as { readonly location?: unknown }).location);
  for (const name of names) {
    if (!name.startsWith(`${IN_PLACE}-`) || named.includes(name)) continue;
    await rm(join(home, name), { recursive: true, force: true });
  }
}
