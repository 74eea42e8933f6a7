import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const DRAFT = /^unfinished-(\d+)-/;

/** A name for something in the making, which gets its own name when it is complete. It tells who is making it. */
export function draftPath(folder: string): string {
  return join(folder, `unfinished-${String(process.pid)}-${randomBytes(4).toString('hex')}`);
}

/** Deletes what processes that are gone left unfinished. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const maker = DRAFT.exec(name)?.[1];
    if (maker !== undefined && !isAlive(Number(maker))) {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
