import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreBackup } from './platform/backup/restore.js';
import { readConfig } from './platform/config/config.js';

/** Restores a backup of the embedded database into ACCORD_DATA. */
async function restore(): Promise<void> {
  const { dataDir, databaseUrl } = readConfig(process.env);
  if (databaseUrl !== undefined) {
    throw new Error(
      'DATABASE_URL names a server of your own: restore it with pg_restore (docs/backup.md).',
    );
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { replace: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new Error('Say which backup: npm run restore -- file [--replace]');
  }
  const { revisions, changes, before } = await restoreBackup(
    resolve(process.env['INIT_CWD'] ?? '', file),
    dataDir,
    { replace: values.replace, stamp: new Date().toISOString().replaceAll(/[:.]/g, '-') },
  );
  console.log(
    `Restored into ${dataDir}: ${String(revisions)} revisions, ${String(changes)} entries of the feed.`,
  );
  if (before !== null) console.log(`What was there before is kept; ${before} says where.`);
}

await restore().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
