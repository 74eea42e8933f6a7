import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { tellFoundingStory } from '../prisma/seed.js';
import { STORY } from '../prisma/story/story.js';
import { createApp } from './app.setup.js';
import { ensureAdminKey } from './platform/auth/first.keys.js';
import { readConfig, type Config } from './platform/config/config.js';
import { databaseTrouble, folderTrouble, listenTrouble } from './platform/config/start.errors.js';
import { startEmbeddedPostgres } from './platform/postgres/embedded.js';
import { applyMigrations } from './platform/postgres/migrate.js';
import { reachDatabase } from './platform/postgres/reach.js';
import { Database } from './platform/prisma/database.js';
import { RecordsService } from './platform/records/records.service.js';

/** Starts everything in order, and stops it in the opposite order on Ctrl-C or SIGTERM. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const stops: (() => Promise<void>)[] = [];
  const starting = serve(config, stops);
  let stopping: Promise<void> | undefined;
  const stop = (code: number): void => {
    // What is being started is waited for: a database half started could not be stopped.
    stopping ??= starting
      .catch(() => undefined)
      .then(() => stopAll(stops))
      .finally(() => process.exit(code));
  };
  process.on('SIGINT', () => {
    stop(0);
  });
  process.on('SIGTERM', () => {
    stop(0);
  });
  try {
    await starting;
  } catch (error) {
    report(error);
    stop(1);
  }
}

async function serve(config: Config, stops: (() => Promise<void>)[]): Promise<void> {
  const databaseUrl = await openDatabase(config, stops);
  await applyMigrations(databaseUrl);
  const app = await createApp({ databaseUrl, logLevel: config.logLevel });
  stops.push(() => app.close());
  const keyFile = join(config.dataDir, 'admin-key');
  const key = await ensureAdminKey(app.get(Database), config.adminKey ?? null, (made) =>
    keepKey(keyFile, made).catch((error: unknown) => {
      throw folderTrouble(config.dataDir, error);
    }),
  );
  // At once: whatever fails from here on, no later start shows it again.
  if (key !== null) console.log(`Admin key, shown this once (kept in ${keyFile}): ${key}`);
  const records = app.get(RecordsService);
  if (config.demo) await tellFoundingStory(records);
  const told = await records
    .read('mergers', STORY, { view: 'public', instant: null, knownAt: null })
    .then(
      () => true,
      () => false,
    );
  greet(await listen(app, config), told ? `/v1/mergers/${STORY}/status` : '/v1');
}

/** The operator's database, else our own. */
async function openDatabase(config: Config, stops: (() => Promise<void>)[]): Promise<string> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl !== undefined) {
    await reachDatabase(databaseUrl).catch((error: unknown) => {
      throw databaseTrouble(databaseUrl, error);
    });
    return databaseUrl;
  }
  const onRestart = (reason: string): void => {
    console.error(`The embedded Postgres is started again: ${reason}`);
  };
  const postgres = await startEmbeddedPostgres({ dataDir, onRestart }).catch((error: unknown) => {
    throw folderTrouble(dataDir, error);
  });
  stops.push(() => postgres.stop());
  return postgres.url;
}

/** Keeps a made key where its operator finds it again; the database holds only its hash. */
async function keepKey(file: string, key: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${key}\n`, { mode: 0o600 });
}

/** Listens on Fastify itself, since Nest would print what fails besides throwing it. Returns the URL. */
async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<string> {
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.listen({ host, port }).catch((error: unknown) => {
    throw listenTrouble(host, port, error);
  });
  const address = fastify.server.address();
  const actual = address === null || typeof address === 'string' ? port : address.port;
  const name = { '::': '::1', '0.0.0.0': '127.0.0.1' }[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(actual)}`;
}

function greet(url: string, path: string): void {
  const lines = [`Accord serves at ${url}`, `  open  ${url}/docs`, `  curl  ${url}${path}`];
  console.log(lines.join('\n'));
}

async function stopAll(stops: readonly (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.toReversed()) {
    await stop().catch(report);
  }
}

function report(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

await main().catch((error: unknown) => {
  report(error);
  process.exitCode = 1;
});
