import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { unpackData } from '../../../src/platform/backup/archive.js';
import { makeBackup } from '../../../src/platform/backup/backup.js';
import { restoreBackup } from '../../../src/platform/backup/restore.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/postgres/embedded.js';
import { applyMigrations } from '../../../src/platform/postgres/migrate.js';
import { readDatabase } from '../../support/contents.db.js';
import { buildHistory, tellBatch } from '../../support/histories.js';

const RESTORE = { replace: false, stamp: 'first' };
const KEY = 'accord_of-the-first-admin\n';

/** One database for all, since making one takes long; each test leaves it running. */
describe('a backup of the embedded database', () => {
  const folder = join(tmpdir(), `accord-backup-${randomBytes(4).toString('hex')}`);
  const dataDir = join(folder, 'data');
  const file = join(folder, 'kept', 'first.tar.gz');
  const restored = join(folder, 'restored');
  let server: EmbeddedPostgres;

  const start = (home: string): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: home, durable: false });

  async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }

  const rename = (client: pg.Client, name: string): Promise<unknown> =>
    client.query('UPDATE people SET name = $1', [name]);

  beforeAll(async () => {
    await mkdir(folder);
    server = await start(dataDir);
    await applyMigrations(server.url);
    await writeFile(join(dataDir, 'admin-key'), KEY, { mode: 0o600 });
    await onServer(server.url, async (client) => {
      for (const batch of buildHistory(11, 120).batches) await tellBatch(client, batch);
      await client.query('SELECT number_changes(NULL, 10000)');
    });
  });
  afterAll(async () => {
    await server.destroy();
    const copies = [restored, join(folder, 'stopped')].filter((home) => existsSync(home));
    for (const home of copies) await (await start(home)).destroy();
    await rm(folder, { recursive: true, force: true });
  });

  it('holds every row of every table, the places in the feed and the sequences, and the key', async () => {
    const before = await readDatabase(server.url);
    await makeBackup(dataDir, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    // As a restore leaves it that was killed before it was proved.
    const killed = join(restored, 'postgres-killed', 'data');
    await mkdir(killed, { recursive: true });
    // And a key that somebody has kept without its database.
    await writeFile(join(restored, 'admin-key'), 'accord_of-another\n');
    const { revisions, changes } = await restoreBackup(file, restored, RESTORE);
    expect(existsSync(killed)).toBe(false);
    expect([revisions, changes]).toEqual([before['revisions']?.length, before['changes']?.length]);
    const second = await start(restored);
    try {
      const after = await readDatabase(second.url);
      expect(Object.keys(after).length).toBeGreaterThan(25);
      expect(before['changes']?.length).toBeGreaterThan(100);
      expect(after).toEqual(before);
      await onServer(second.url, async (client) => {
        await client.query(`INSERT INTO people (name, slug) VALUES ('Whoever comes next', 'next')`);
      });
    } finally {
      await second.stop();
    }
    expect(await readFile(join(restored, 'admin-key'), 'utf8')).toBe(KEY);
    expect((await stat(join(restored, 'admin-key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(restored, 'admin-key.before-first'), 'utf8')).toBe(
      'accord_of-another\n',
    );
  });

  it('takes nothing’s place, unless it is told to, and then keeps what was there', async () => {
    await expect(makeBackup(dataDir, file)).rejects.toThrow(/is there already/);
    await expect(restoreBackup(file, restored, RESTORE)).rejects.toThrow(
      /There is a database in .* already/,
    );
    const replaced = { replace: true, stamp: 'again' };
    await expect(restoreBackup(file, dataDir, replaced)).rejects.toThrow(/running already/);

    const { before } = await restoreBackup(file, restored, replaced);
    const second = await start(restored);
    try {
      expect(await readDatabase(second.url)).toEqual(await readDatabase(server.url));
    } finally {
      await second.stop();
    }
    const { location } = JSON.parse(await readFile(before ?? '', 'utf8')) as { location: string };
    expect(existsSync(join(restored, location, 'data', 'PG_VERSION'))).toBe(true);
  });

  const posix = process.platform === 'win32' ? it.skip : it;
  posix('takes no place from under a service that was started meanwhile', async () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const whole = await readFile(file);
    // Whoever has read enough closes it.
    const send = (): Promise<void> => writeFile(pipe, whole).catch(() => undefined);
    const told = restoreBackup(pipe, restored, { replace: true, stamp: 'late' }).then(
      () => 'restored',
      (error: unknown) => (error as Error).message,
    );
    await send();
    while (!existsSync(join(restored, 'postgres-late'))) await turn();
    const second = await start(restored);
    try {
      const record = await readFile(join(restored, 'cluster.json'), 'utf8');
      await send();
      expect(await told).toMatch(/running already/);
      expect(await readFile(join(restored, 'cluster.json'), 'utf8')).toBe(record);
      expect(existsSync(join(restored, 'postgres-late'))).toBe(false);
    } finally {
      await second.stop();
    }
  });

  it('refuses what is broken or no backup, and leaves nothing of it', async () => {
    const empty = join(folder, 'empty');
    const broken = join(folder, 'broken.tar.gz');
    await writeFile(broken, await readFile(file));
    await truncate(broken, Math.floor((await stat(file)).size / 2));
    await expect(restoreBackup(broken, empty, RESTORE)).rejects.toThrow(
      /cannot be read to its end/,
    );
    await writeFile(broken, 'no tar');
    await expect(restoreBackup(broken, empty, RESTORE)).rejects.toThrow(/cannot be read/);
    expect(existsSync(join(empty, 'cluster.json'))).toBe(false);
    expect(await readdir(empty)).toEqual([]);
    await expect(makeBackup(empty, join(folder, 'none'))).rejects.toThrow(/There is no database/);
  });

  it('is one of two that are made at once into one file, and the other one is told', async () => {
    const twice = join(folder, 'twice.tar.gz');
    const made = await Promise.allSettled([makeBackup(dataDir, twice), makeBackup(dataDir, twice)]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const told = made.find((each) => each.status === 'rejected')?.reason as Error;
    expect(told.message).toMatch(/is there already/);
    const unpacked = join(folder, 'twice');
    await mkdir(unpacked);
    await unpackData(twice, unpacked);
    expect(existsSync(join(unpacked, 'backup_label'))).toBe(true);
    expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });

  it('is whole when it is written to meanwhile: what was acknowledged before is there, and all in order', async () => {
    let [acknowledged, isDone] = [0, false];
    const writing = onServer(server.url, async (client) => {
      await client.query('CREATE TABLE written (number int PRIMARY KEY, filler text)');
      while (!isDone) {
        await client.query(`INSERT INTO written VALUES ($1, repeat('x', 500))`, [acknowledged + 1]);
        acknowledged += 1;
      }
    });
    await untilGrown(() => acknowledged, 200);
    const known = acknowledged;
    const busy = join(folder, 'busy.tar.gz');
    await makeBackup(dataDir, busy);
    isDone = true;
    await writing;
    const home = join(folder, 'busy');
    await restoreBackup(busy, home, RESTORE);
    const second = await start(home);
    try {
      await onServer(second.url, async (client) => {
        const { rows } = await client.query<{ count: number; last: number }>(
          'SELECT count(*)::int AS count, max(written.number) AS last FROM written',
        );
        expect(rows[0]?.count).toBe(rows[0]?.last);
        expect(rows[0]?.count).toBeGreaterThanOrEqual(known);
        expect(rows[0]?.count).toBeLessThanOrEqual(acknowledged);
      });
    } finally {
      await second.destroy();
    }
  });

  it('starts the server by itself when no service runs, and stops it', async () => {
    await onServer(server.url, async (client) => {
      await rename(client, 'Just before the end');
    });
    const before = await readDatabase(server.url);
    await server.stop();
    const stopped = join(folder, 'stopped.tar.gz');
    await makeBackup(dataDir, stopped);
    await restoreBackup(stopped, join(folder, 'stopped'), RESTORE);
    server = await start(dataDir);
    const second = await start(join(folder, 'stopped'));
    try {
      expect(await readDatabase(second.url)).toEqual(before);
    } finally {
      await second.stop();
    }
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function untilGrown(value: () => number, to: number): Promise<void> {
  while (value() < to) await turn();
}
