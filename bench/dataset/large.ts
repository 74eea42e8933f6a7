import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCluster, removeCluster } from '../../src/platform/postgres/cluster.js';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/postgres/embedded.js';
import { applyMigrations } from '../../src/platform/postgres/migrate.js';
import { generatorText, load } from './load.db.js';
import { settle } from './settle.db.js';

/** The mergers of the large data set: 100,000 people, 1,000,000 votes, 3,000,000 revisions. */
const LARGE = 10_000;

const FOLDER = 'data';
const PREFIX = 'bench-large-';
const MIGRATIONS = 'prisma/migrations';

/** Written into the folder when all is loaded. */
const MARK = 'loaded';

/**
 * Opens the large data set: the one that an earlier run has made by this generator and these migrations, else a new one. Others are
 * deleted then: each takes gigabytes.
 *
 * @param fresh makes it anew in any case
 */
export async function openLarge(fresh: boolean): Promise<EmbeddedPostgres> {
  const name = `${PREFIX}${await digest()}`;
  const dataDir = join(FOLDER, name);
  if (fresh || !existsSync(join(dataDir, MARK))) {
    await removeAll();
    await make(dataDir);
  }
  return startEmbeddedPostgres({ dataDir, durable: true });
}

async function make(dataDir: string): Promise<void> {
  console.log(`Making the large data set in ${dataDir}; it is kept for the next run.`);
  const begin = performance.now();
  // Nothing is lost that is not made again: what is durable is the server that opens it.
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await applyMigrations(postgres.url);
    await load(postgres.url, LARGE, (mergers) => {
      if (mergers % 1000 === 0) console.log(`  ${String(mergers)} of ${String(LARGE)} mergers`);
    });
    await settle(postgres.url);
  } finally {
    await postgres.stop();
  }
  await writeFile(join(dataDir, MARK), '');
  console.log(`  made in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
}

/** Of what the data depend on. */
async function digest(): Promise<string> {
  const hash = createHash('sha256').update(generatorText()).update(String(LARGE));
  for (const name of (await readdir(MIGRATIONS)).sort()) {
    const script = join(MIGRATIONS, name, 'migration.sql');
    if (existsSync(script)) hash.update(await readFile(script));
  }
  return hash.digest('hex').slice(0, 12);
}

async function removeAll(): Promise<void> {
  if (!existsSync(FOLDER)) return;
  for (const name of await readdir(FOLDER)) {
    if (name.startsWith(PREFIX))
      await removeCluster(await openCluster(join(FOLDER, name), { durable: false, instances: 1 }));
  }
}
