import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it. Node's own way never comes back where the system denies a folder whose parent is there,
 * as it does in `/proc`.
 *
 * @returns whether the folder was not there before
 * @throws Error of the system
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    return await makeLast(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeFolder(dirname(path));
    return makeLast(path);
  }
}

async function makeLast(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (existsSync(path) && (await stat(path)).isDirectory()) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return Error.isError(error) && 'code' in error && error.code === 'ENOENT';
}
