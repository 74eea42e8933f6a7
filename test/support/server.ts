import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/postgres/embedded.js';
import { applyMigrations } from '../../src/platform/postgres/migrate.js';

/** As many as two test files have at once, and some that are only just stopped. */
const INSTANCES = 16;

let embedded: EmbeddedPostgres | undefined;

/**
 * Starts the server of a test run, or takes the one that DATABASE_URL names, and makes the migrated database that every test
 * file gets a copy of. What the tests need to know of it is in the environment, which reaches Jest's workers.
 */
export async function startTestServer(): Promise<void> {
  const run = randomBytes(4).toString('hex');
  const url = process.env['DATABASE_URL'];
  if (url === undefined || url === '') {
    embedded = await startEmbeddedPostgres({
      dataDir: join(tmpdir(), `accord-test-${run}`),
      durable: false,
      instances: INSTANCES,
    });
  }
  process.env['ACCORD_TEST_SERVER'] = embedded?.url ?? url;
  process.env['ACCORD_TEST_PREFIX'] = `accord_test_${run}`;
  const template = `${testPrefix()}_template`;
  await onTestServer((client) => client.query(`CREATE DATABASE ${template}`));
  await applyMigrations(testUrl(template));
}

/** Drops what the run has left, whichever tests failed. */
export async function stopTestServer(): Promise<void> {
  if (embedded !== undefined) {
    await embedded.destroy();
    return;
  }
  await onTestServer(async (client) => {
    const left = await client.query<{ name: string }>(
      'SELECT pg_database.datname AS name FROM pg_database WHERE starts_with(pg_database.datname, $1)',
      [testPrefix()],
    );
    for (const { name } of left.rows) {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
}

export async function onTestServer<Result>(
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: fromSetup('ACCORD_TEST_SERVER'),
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export function testUrl(database: string): string {
  const url = new URL(fromSetup('ACCORD_TEST_SERVER'));
  url.pathname = `/${database}`;
  return url.href;
}

/** The beginning of the name of every database of this run. */
export function testPrefix(): string {
  return fromSetup('ACCORD_TEST_PREFIX');
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: this needs Jest's global setup, so the project e2e.`);
  return value;
}
