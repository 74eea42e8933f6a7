import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { readDatabase } from '../../support/contents.db.js';
import {
  createBareDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../../support/database.js';
import { buildHistory, tellBatch } from '../../support/histories.js';
import { onTestServer } from '../../support/server.js';

const run = promisify(execFile);

/** The major version of a program; 0 when it is not there. */
function majorOf(program: string): number {
  try {
    return Number(/(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1]);
  } catch {
    return 0;
  }
}

const server = await onTestServer(async (client) => {
  const { rows } = await client.query<{ major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  );
  return rows[0]?.major ?? Infinity;
});
const tools = Math.min(majorOf('pg_dump'), majorOf('pg_restore'));
const areTooOld = tools < server;
if (areTooOld)
  console.warn(
    `Skipped: the server is Postgres ${String(server)}, pg_dump and pg_restore ${tools === 0 ? 'are not here' : `are of ${String(tools)}`}.`,
  );

(areTooOld ? describe.skip : describe)('pg_dump and pg_restore, as docs/backup.md has them', () => {
  let folder: string;
  let from: TestDatabase;
  let to: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'accord-dump-'));
    from = await createTestDatabase();
    to = await createBareDatabase();
    client = new pg.Client({ connectionString: from.url });
    await client.connect();
    for (const batch of buildHistory(12, 80).batches) await tellBatch(client, batch);
    await client.query('SELECT number_changes(NULL, 10000)');
  });
  afterAll(async () => {
    await client.end();
    await Promise.all([from.drop(), to.drop()]);
    await rm(folder, { recursive: true });
  });

  it('restore every row of every table, the places in the feed and the sequences', async () => {
    const file = join(folder, 'accord.dump');
    await run('pg_dump', [
      '--format=custom',
      '--no-owner',
      `--file=${file}`,
      `--dbname=${from.url}`,
    ]);
    await run('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${to.url}`, file]);
    const before = await readDatabase(from.url);
    expect(before['changes']?.length).toBeGreaterThan(50);
    expect(await readDatabase(to.url)).toEqual(before);
  });
});
