import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/postgres/embedded.js';

// One cluster goes through all of it, since making one takes long: each test begins with a server that runs.
describe('the embedded Postgres', () => {
  const kept = 'SELECT count(*)::int AS rows FROM kept';
  let dataDir = join(tmpdir(), `accord embedded ${randomBytes(4).toString('hex')}`);
  let server: EmbeddedPostgres;
  const restarts: string[] = [];

  async function start(folder = dataDir): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({
      dataDir: folder,
      durable: false,
      onRestart: (reason) => restarts.push(reason),
    });
  }

  beforeAll(async () => {
    server = await start();
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS n');
  });

  afterAll(() => server.destroy());

  test('reads letters of every script, and keeps UTC', async () => {
    await query(server.url, 'CREATE EXTENSION pg_trgm');
    const answer = await query(
      server.url,
      `SELECT lower('É'), cardinality(show_trgm('فاروق')) AS trigrams, current_setting('TimeZone') AS zone`,
    );
    expect(answer).toEqual([{ lower: 'é', trigrams: 6, zone: 'UTC' }]);
  });

  test('keeps its password to itself', async () => {
    expect((await stat(join(dataDir, 'cluster.json'))).mode & 0o777).toBe(0o600);
    const stranger = server.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(stranger, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  test('is not shared by two services', async () => {
    await expect(start()).rejects.toThrow(/Accord is running already on .+ \(process \d+\)/);
  });

  test('comes back on its port as often as it is killed under its service, and tells it', async () => {
    const pids = new Set<number>();
    const newPid = (): Promise<number> =>
      untilAnswered(async () => {
        const pid = await serverPid(server.url);
        if (pids.has(pid)) throw new Error(`Process ${String(pid)} answers still.`);
        return pid;
      });
    for (let kill = 1; kill <= 5; kill += 1) {
      const pid = await newPid();
      pids.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    await newPid();
    expect(await query(server.url, kept)).toEqual([{ rows: 1 }]);
    expect(restarts).toEqual(Array(5).fill('it ended unasked (SIGKILL)'));
  });

  test('finds its data again on the same port', async () => {
    const { url } = server;
    await server.stop();
    await expect(query(url, kept)).rejects.toThrow();
    server = await start();
    expect(server.url).toBe(url);
    expect(await query(url, kept)).toEqual([{ rows: 1 }]);
  });

  test('is taken over from a service that was killed', async () => {
    await server.stop();
    const service = spawnService(dataDir);
    const [url] = (await once(service.stdout, 'data')) as [Buffer];
    await query(url.toString(), 'INSERT INTO kept VALUES (2)');
    service.kill('SIGKILL');
    server = await start();
    expect(await query(server.url, kept)).toEqual([{ rows: 2 }]);
  });

  test('starts with the lock file of a server that is gone, whose number a stranger has now', async () => {
    await server.stop();
    const data = join(await clusterFolder(dataDir), 'data');
    await writeFile(
      join(data, 'postmaster.pid'),
      `${String(process.pid)}\n${data}\n0\n0\n\n127.0.0.1\n0\nready\n`,
    );
    server = await start();
    expect(await query(server.url, kept)).toEqual([{ rows: 2 }]);
  });

  test('follows its folder when that is moved', async () => {
    await server.stop();
    await rename(dataDir, `${dataDir} moved`);
    dataDir += ' moved';
    server = await start();
    expect(await query(server.url, kept)).toEqual([{ rows: 2 }]);
  });

  test('is another one in another folder, at the same time, where a first start was killed half-way', async () => {
    const folder = `${dataDir} other`;
    // No process has this number: it is beyond what Linux gives.
    const left = join(folder, 'postgres', 'unfinished-99999999-dead');
    await mkdir(join(left, 'data'), { recursive: true });
    await chmod(folder, 0o711);
    const other = await start(folder);
    const found = await query(other.url, `SELECT to_regclass('kept') AS kept`);
    const leftovers = existsSync(left);
    await other.destroy();
    expect({ found, leftovers }).toEqual({ found: [{ kept: null }], leftovers: false });
  });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // Killed under a query, the server ends the connection as well: the query says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(statement);
    return result.rows;
  } finally {
    await client.end();
  }
}

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(50);
    }
  }
}

/** A process that starts the server, tells its URL and waits to be killed. */
function spawnService(dataDir: string): ChildProcessByStdio<null, Readable, null> {
  const program = `
    import { startEmbeddedPostgres } from './src/platform/postgres/embedded.ts';
    const { url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
    console.log(url);
    setInterval(() => undefined, 1_000);`;
  return spawn(
    process.execPath,
    ['--import', './test/support/resolve-typescript.mjs', '--input-type=module', '--eval', program],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

async function serverPid(url: string): Promise<number> {
  const [{ pid }] = (await query(
    url,
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
  )) as [{ pid: number }];
  return pid;
}

/** Where the cluster is: in its folder, or elsewhere when the server's user cannot enter that. */
async function clusterFolder(dataDir: string): Promise<string> {
  const record = JSON.parse(await readFile(join(dataDir, 'cluster.json'), 'utf8')) as {
    location: string;
  };
  return resolve(dataDir, record.location);
}
