import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

// The lock that Prisma Migrate takes, so that it waits for us and we for it.
const PRISMA_LOCK = 72_707_369;

// As Prisma Migrate makes it.
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly script: string;
  readonly checksum: string;
}

/** A line of Prisma's record. */
interface Recorded {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Applies the migrations that the database lacks, in order, and keeps Prisma's record of them. Returns their names.
 *
 * It does the work of `prisma migrate deploy`, which records that a migration began, runs it, and records its end, in
 * three steps: killed in between, it refuses to go on until somebody repairs the record by hand. Here a migration and its
 * record are one transaction. Several services may start at once: one applies, the others wait.
 *
 * @throws Error when a migration that Prisma began was never finished, or when one was changed after it was applied
 */
export async function applyMigrations(url: string): Promise<string[]> {
  const folder = migrationsFolder();
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    if ((await pendingOf(client, migrations)).length === 0) return [];
    await lockMigrations(client);
    await client.query(CREATE_TABLE);
    const pending = await pendingOf(client, migrations);
    for (const migration of pending) {
      await applyMigration(client, migration);
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** How the migrations of a database differ from ours, by their names, in order. */
export interface MigrationsApart {
  /** Those that the database lacks. */
  readonly pending: readonly string[];
  /** Those that we lack: the database is of a later version. */
  readonly unknown: readonly string[];
}

/**
 * Compares the migrations of a database with ours. Changes nothing.
 *
 * @throws Error as applying them would
 */
export async function compareMigrations(url: string): Promise<MigrationsApart> {
  const migrations = await readMigrations(migrationsFolder());
  const ours = new Set(migrations.map(({ name }) => name));
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const pending = await pendingOf(client, migrations);
    const applied = pending.length === migrations.length ? [] : await recordedIn(client);
    return {
      pending: pending.map(({ name }) => name),
      unknown: applied.map(({ name }) => name).filter((name) => !ours.has(name)),
    };
  } finally {
    await client.end();
  }
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  const { name, script, checksum } = migration;
  await client.query('BEGIN');
  try {
    await client.query(script);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // Whatever happens to the connection now, the transaction is not kept.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`The migration ${name} failed and was not applied: ${String(error)}`, {
      cause: error,
    });
  }
}

async function pendingOf(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const table = await client.query<{ found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  );
  if (table.rows[0]?.found !== true) return migrations;
  const record = await recordedIn(client);
  requireFinished(record);
  const applied = new Map(record.map(({ name, checksum }) => [name, checksum]));
  requireUnchanged(migrations, applied);
  return migrations.filter(({ name }) => !applied.has(name));
}

async function recordedIn(client: pg.Client): Promise<readonly Recorded[]> {
  const { rows } = await client.query<Recorded>(
    `SELECT _prisma_migrations.migration_name AS name, _prisma_migrations.checksum,
       _prisma_migrations.finished_at IS NOT NULL AS finished
     FROM _prisma_migrations
     WHERE _prisma_migrations.rolled_back_at IS NULL ORDER BY _prisma_migrations.migration_name`,
  );
  return rows;
}

function requireFinished(record: readonly Recorded[]): void {
  const unfinished = record.find(({ finished }) => !finished);
  if (unfinished !== undefined) {
    throw new Error(
      `The migration ${unfinished.name} was begun by Prisma and never finished. See what it did, then say so with ` +
        `"npx prisma migrate resolve --rolled-back ${unfinished.name}" (or --applied).`,
    );
  }
}

/** What the database was made by must be what the files say, else nobody knows what it looks like. */
function requireUnchanged(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): void {
  const changed = migrations.find(
    ({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum,
  );
  if (changed !== undefined) {
    throw new Error(
      `The migration ${changed.name} is not the one that was applied to this database: its file was changed since. ` +
        `A committed migration is never changed: restore the file, and write another migration.`,
    );
  }
}

/** Asks again and again instead of waiting in the statement, whose snapshot a CREATE INDEX CONCURRENTLY would wait for. */
async function lockMigrations(client: pg.Client): Promise<void> {
  for (;;) {
    const answer = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [PRISMA_LOCK],
    );
    if (answer.rows[0]?.locked === true) return;
    await sleep(200);
  }
}

/** Sorted as Prisma sorts them: by name, and the name begins with the time. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

/** prisma/migrations, seen from the sources and from dist alike. */
function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prisma', 'migrations'))) {
    if (folder === dirname(folder)) throw new Error('There is no folder prisma/migrations.');
    folder = dirname(folder);
  }
  return join(folder, 'prisma', 'migrations');
}
