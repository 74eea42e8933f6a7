import type { Config } from '../platform/config/config.js';
import { databaseTrouble, folderTrouble } from '../platform/config/start.errors.js';
import { startEmbeddedPostgres } from '../platform/postgres/embedded.js';
import { applyMigrations } from '../platform/postgres/migrate.js';
import { reachDatabase } from '../platform/postgres/reach.js';
import type { Stops } from './lifecycle.js';

/**
 * Opens the operator's database, else our own, and brings it up to date.
 *
 * @param instances how many services will work on it
 * @returns its URL
 */
export async function openDatabase(
  config: Config,
  stops: Stops,
  instances: number,
): Promise<string> {
  const databaseUrl = await reachOrStart(config, stops, instances);
  await applyMigrations(databaseUrl);
  return databaseUrl;
}

async function reachOrStart(
  { databaseUrl, dataDir }: Config,
  stops: Stops,
  instances: number,
): Promise<string> {
  if (databaseUrl !== undefined) {
    await reachDatabase(databaseUrl).catch((error: unknown) => {
      throw databaseTrouble(databaseUrl, error);
    });
    return databaseUrl;
  }
  const onRestart = (reason: string): void => {
    console.error(`The embedded Postgres is started again: ${reason}`);
  };
  const postgres = await startEmbeddedPostgres({ dataDir, instances, onRestart }).catch(
    (error: unknown) => {
      throw folderTrouble(dataDir, error);
    },
  );
  stops.push(() => postgres.stop());
  return postgres.url;
}
