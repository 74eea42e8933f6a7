import { randomBytes, randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type Account, serverAccount, succeedsAs } from './account.js';
import { serverPrograms } from './binaries.js';
import { makeFolder } from './folders.js';
import { draftPath, removeUnfinished } from './drafts.js';

// Where clusters go that cannot live in ACCORD_DATA: it survives a restart of the machine and everybody may enter it.
const ELSEWHERE = '/var/lib/accord';

/** Where they are otherwise, within ACCORD_DATA. */
export const IN_PLACE = 'postgres';

/** The name of the superuser and of the database. */
export const ACCORD = 'accord';

/** What ACCORD_DATA/cluster.json holds. */
export interface ClusterRecord {
  /** The cluster's folder, as seen from ACCORD_DATA. */
  readonly location: string;
  readonly password: string;
  /** The port it had last, and has again while that is free. */
  readonly port: number | null;
}

/** How a cluster is used. */
export type ClusterUse = Pick<Cluster, 'durable' | 'instances'>;

/** A cluster that is ready to be started. */
export interface Cluster extends ClusterRecord {
  /** ACCORD_DATA, absolute. */
  readonly home: string;
  /** The cluster's folder, absolute: the data, the log, copies of programs. */
  readonly folder: string;
  /** What Postgres calls the data directory. */
  readonly data: string;
  readonly programs: string;
  readonly account: Account | undefined;
  readonly durable: boolean;
  readonly instances: number;
}

/** Finds the cluster of an ACCORD_DATA folder, or makes it. Killed at any moment, it goes on at the next call. */
export async function openCluster(dataDir: string, use: ClusterUse): Promise<Cluster> {
  const home = await openHome(dataDir);
  const record = (await readRecord(home)) ?? (await firstRecord(home));
  const cluster = await enterCluster(home, record, use);
  if (!existsSync(cluster.data)) {
    await fillCluster(cluster, (workshop) => initialise(cluster, workshop));
  }
  return cluster;
}

/** The ACCORD_DATA folder, absolute; made when it is not there. */
export async function openHome(dataDir: string): Promise<string> {
  const made = await makeFolder(dataDir);
  const home = await realpath(dataDir);
  if (made && serverAccount() !== undefined) {
    // Ours, whatever the umask: the server's user may pass through.
    await chmod(home, 0o711);
  }
  return home;
}

/** The folder that a record names, with whoever runs its server and what they run. */
export async function enterCluster(
  home: string,
  record: ClusterRecord,
  use: ClusterUse,
): Promise<Cluster> {
  const folder = await openFolder(home, record);
  await removeUnfinished(folder);
  const data = join(folder, 'data');
  const owner = existsSync(data) ? (await stat(data)).uid : undefined;
  const account = serverAccount(owner);
  await (account === undefined ? chmod(folder, 0o700) : letThrough(account, folder));
  const programs = await serverPrograms(account, folder);
  return { ...record, home, folder, data, programs, account, ...use };
}

/**
 * Makes the data directory, complete or absent: it is made in a workshop under another name.
 *
 * @param make makes `data` in the workshop, which belongs to whoever runs the server
 */
export async function fillCluster(
  cluster: Cluster,
  make: (workshop: string) => Promise<void>,
): Promise<void> {
  const workshop = draftPath(cluster.folder);
  await mkdir(workshop, { mode: 0o700 });
  if (cluster.account) await chown(workshop, cluster.account.uid, cluster.account.gid);
  await make(workshop);
  await rename(join(workshop, 'data'), cluster.data).catch((error: unknown) => {
    // Another start was faster; its cluster has the same password.
    if (!existsSync(cluster.data)) throw error;
  });
  await syncFolder(cluster.folder);
  await rm(workshop, { recursive: true, force: true });
}

export async function rememberPort(cluster: Cluster, port: number): Promise<void> {
  if (cluster.port !== port) {
    const { location, password } = cluster;
    const draft = await draftRecord(cluster.home, { location, password, port });
    await rename(draft, recordPath(cluster.home));
  }
}

/** Deletes what a test left: the cluster and its ACCORD_DATA. */
export async function removeCluster(cluster: Cluster): Promise<void> {
  await rm(cluster.folder, { recursive: true, force: true });
  await rm(cluster.home, { recursive: true, force: true });
}

/** Runs as the server's user, away from folders that they cannot enter and from variables that would steer Postgres. */
export function spawnOptions(account: Account | undefined): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
} {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, ...(account && { uid: account.uid, gid: account.gid }) };
}

/** Where the record of a cluster is. */
export function recordPath(home: string): string {
  return join(home, 'cluster.json');
}

/** What is recorded of the cluster; undefined when there is none. */
export async function readRecord(home: string): Promise<ClusterRecord | undefined> {
  const path = recordPath(home);
  if (!existsSync(path)) return undefined;
  const record: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isRecord(record)) {
    throw new Error(
      `${path} does not say where the database is and what its password is. Restore it, or remove it with the data.`,
    );
  }
  return record;
}

function isRecord(value: unknown): value is ClusterRecord {
  const record = value as Partial<ClusterRecord> | null;
  return typeof record?.location === 'string' && typeof record.password === 'string';
}

/** Decides where the cluster lives. Of two starts at once, the first decides for both. */
async function firstRecord(home: string): Promise<ClusterRecord> {
  if (existsSync(join(home, IN_PLACE, 'data'))) {
    throw new Error(
      `${recordPath(home)} is gone, and with it the password of the database in ${join(home, IN_PLACE)}.`,
    );
  }
  const draft = await draftRecord(home, {
    location: placeFor(home, IN_PLACE),
    password: randomBytes(24).toString('base64url'),
    port: null,
  });
  await link(draft, recordPath(home)).catch((error: unknown) => {
    if (!existsSync(recordPath(home))) throw error;
  });
  await rm(draft);
  const record = await readRecord(home);
  if (record === undefined) throw new Error(`${recordPath(home)} vanished.`);
  return record;
}

/** Within ACCORD_DATA by a name, or elsewhere when the user who runs the server cannot enter that. */
export function placeFor(home: string, name: string): string {
  const account = serverAccount();
  const enters = account === undefined || succeedsAs(account, 'cd "$1"', home);
  return enters ? name : join(ELSEWHERE, randomUUID());
}

/** A record that is whole, under another name. */
export async function draftRecord(home: string, record: ClusterRecord): Promise<string> {
  const draft = `${recordPath(home)}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flush: true });
  return draft;
}

async function openFolder(home: string, record: ClusterRecord): Promise<string> {
  const folder = resolve(home, record.location);
  await makeFolder(folder);
  if (!folder.startsWith(home + sep)) {
    await chmod(ELSEWHERE, 0o711);
    await claim(folder, home);
  }
  return folder;
}

/** A copied ACCORD_DATA must not lead to the cluster of the original; a moved one keeps it. */
async function claim(folder: string, home: string): Promise<void> {
  const path = join(folder, 'accord-data');
  const owner = existsSync(path) ? await readFile(path, 'utf8') : home;
  const rival = owner === home ? undefined : await readRecord(owner);
  if (rival !== undefined && resolve(owner, rival.location) === folder) {
    throw new Error(
      `${home} is a copy of ${owner} and names the same database. Remove ${recordPath(home)} to begin an empty one.`,
    );
  }
  await writeFile(path, home);
}

/** Root keeps the folder, so that the server's user can plant nothing in it; that user passes through. */
async function letThrough(account: Account, folder: string): Promise<void> {
  await chmod(folder, 0o711);
  if (!succeedsAs(account, 'cd "$1"', folder)) {
    throw new Error(
      `The user ${account.name}, who runs the database, cannot enter ${folder}. Open the folders above it to all (chmod a+x).`,
    );
  }
}

async function initialise(cluster: Cluster, workshop: string): Promise<void> {
  const passwordFile = join(workshop, 'password');
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (cluster.account) {
    await chown(passwordFile, cluster.account.uid, cluster.account.gid);
  }
  await runInitdb(cluster, join(workshop, 'data'), passwordFile);
}

function runInitdb(cluster: Cluster, data: string, passwordFile: string): Promise<void> {
  const initdb = spawn(
    join(cluster.programs, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${ACCORD}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorted by code point, alike on every machine. The system's locale decides what pg_trgm takes for a letter:
      // with plain C it would see no letter in Arabic script.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      `--locale=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
      '--lc-messages=C',
      ...(cluster.durable ? [] : ['--no-sync']),
    ],
    { ...spawnOptions(cluster.account), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return new Promise((done, fail) => {
    let output = '';
    for (const stream of [initdb.stdout, initdb.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    initdb.on('error', fail);
    initdb.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`The database could not be made in ${data}:\n${output}`));
    });
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}
