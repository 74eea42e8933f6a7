import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestServer, testPrefix, testUrl } from './server.js';

// Postgres copies a database only while nobody is connected to it: autovacuum may be, for a moment.
const BUSY = '55006';

export interface TestDatabase {
  readonly url: string;
  /** Cuts off who is still connected. */
  drop(): Promise<void>;
}

/** A database of its own for a test file: migrated and empty. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`${testPrefix()}_template`);
}

/** A database without a table, for tests of the migrations. */
export async function createBareDatabase(): Promise<TestDatabase> {
  return createDatabase('template1');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `${testPrefix()}_${randomBytes(4).toString('hex')}`;
  await onTestServer((client) => copyDatabase(client, template, name));
  return {
    url: testUrl(name),
    drop: async () => {
      await onTestServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function copyDatabase(client: pg.Client, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== BUSY || attempt === 5) throw error;
    }
  }
}
