import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { root } from './project.mjs';

/** Lends a Postgres of its own to the work, and deletes it: the environment with its DATABASE_URL. */
export async function withScratchDatabase(work) {
  await build();
  const embedded = pathToFileURL(
    join(root, 'dist', 'src', 'platform', 'postgres', 'embedded.js'),
  ).href;
  const { startEmbeddedPostgres } = await import(embedded);
  const dataDir = join(tmpdir(), `accord-scratch-${randomBytes(4).toString('hex')}`);
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    return await work({ ...process.env, DATABASE_URL: server.url });
  } finally {
    await server.destroy();
  }
}
