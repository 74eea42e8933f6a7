import { join, resolve } from 'node:path';
import { makeBackup } from './platform/backup/backup.js';
import { readConfig } from './platform/config/config.js';

/** Backs up the embedded database: into the file that is named, else into a new one in ACCORD_DATA. */
async function backup(): Promise<void> {
  const { dataDir, databaseUrl } = readConfig(process.env);
  if (databaseUrl !== undefined) {
    throw new Error(
      'DATABASE_URL names a server of your own: back it up with pg_dump (docs/backup.md).',
    );
  }
  const [given] = process.argv.slice(2);
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  // Where npm was called, which goes on in the project's folder.
  const file =
    given === undefined
      ? join(dataDir, 'backups', `accord-${stamp}.tar.gz`)
      : resolve(process.env['INIT_CWD'] ?? '', given);
  const bytes = await makeBackup(dataDir, file);
  console.log(`${(bytes / 1e6).toFixed(1)} MB are in ${file}`);
}

await backup().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
