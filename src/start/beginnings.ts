import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { tellFoundingStory } from '../../prisma/seed.js';
import { STORY } from '../../prisma/story/story.js';
import { ensureAdminKey } from '../platform/auth/first.keys.js';
import type { Config } from '../platform/config/config.js';
import { folderTrouble } from '../platform/config/start.errors.js';
import { makeFolder } from '../platform/postgres/folders.js';
import { Database } from '../platform/prisma/database.js';
import { RecordsService } from '../platform/records/records.service.js';

/**
 * Sees to it that a database has an admin, and an empty one its story.
 *
 * @returns an address that is worth opening first
 */
export async function prepareDatabase(
  app: NestFastifyApplication,
  config: Config,
): Promise<string> {
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
  return told ? `/v1/mergers/${STORY}/status` : '/v1';
}

/** Keeps a made key where its operator finds it again; the database holds only its hash. */
async function keepKey(file: string, key: string): Promise<void> {
  await makeFolder(dirname(file));
  await writeFile(file, `${key}\n`, { mode: 0o600 });
}
