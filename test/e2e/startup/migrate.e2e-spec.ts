import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { applyMigrations } from '../../../src/platform/postgres/migrate.js';
import { createBareDatabase, type TestDatabase } from '../../support/database.js';

const RECORD = `SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at, finished_at IS NOT NULL AS finished
  FROM _prisma_migrations ORDER BY migration_name`;
const COLUMNS = `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
  FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`;

describe('the migrations at start-up', () => {
  let ours: TestDatabase;
  let theirs: TestDatabase;

  beforeAll(async () => {
    [ours, theirs] = await Promise.all([createBareDatabase(), createBareDatabase()]);
    await Promise.all([applyMigrations(ours.url), prisma(theirs.url, 'migrate', 'deploy')]);
  });

  afterAll(() => Promise.all([ours.drop(), theirs.drop()]));

  test('leave the record that prisma migrate deploy leaves', async () => {
    expect(await read(ours.url, RECORD)).toEqual(await read(theirs.url, RECORD));
    expect(await read(ours.url, COLUMNS)).toEqual(await read(theirs.url, COLUMNS));
  });

  test('satisfy prisma migrate status', async () => {
    expect(await prisma(ours.url, 'migrate', 'status')).toContain('Database schema is up to date');
  });

  test('are applied once', async () => {
    expect(await applyMigrations(ours.url)).toEqual([]);
    expect(await applyMigrations(theirs.url)).toEqual([]);
  });

  test('are applied by one of several services that start at once', async () => {
    const shared = await createBareDatabase();
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(shared.url)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    await shared.drop();
  });

  test('are refused when one was changed after it was applied', async () => {
    const scratch = await createBareDatabase();
    await applyMigrations(scratch.url);
    await read(
      scratch.url,
      `UPDATE _prisma_migrations SET checksum = repeat('0', 64) WHERE migration_name LIKE '%3_ledger'`,
    );
    await expect(applyMigrations(scratch.url)).rejects.toThrow(
      /_ledger is not the one that was applied .+ A committed migration is never changed/,
    );
    await scratch.drop();
  });

  test('are not taken for applied when Prisma was killed during one', async () => {
    await read(
      theirs.url,
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%1_functions'`,
    );
    await expect(applyMigrations(theirs.url)).rejects.toThrow(
      /_functions was begun by Prisma and never finished/,
    );
  });
});

async function read(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return result.rows;
}

async function prisma(url: string, ...verb: string[]): Promise<string> {
  const cli = 'node_modules/prisma/build/index.js';
  const run = await promisify(execFile)(process.execPath, [cli, ...verb], {
    env: { ...process.env, DATABASE_URL: url },
  });
  return run.stdout;
}
