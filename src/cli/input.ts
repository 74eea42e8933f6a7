import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Misuse } from './exit.js';

/** What is read: a file, or stdin. */
export interface Input {
  readonly source: Readable;
  /** In bytes; null when nobody knows, as of a pipe. */
  readonly size: number | null;
}

/**
 * Opens what an argument names; `-` is stdin.
 *
 * @throws Misuse when it is not there, is a folder, or may not be read
 */
export async function openInput(path: string): Promise<Input> {
  if (path === '-') return { source: process.stdin, size: null };
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const stats = await file.stat();
  if (stats.isDirectory()) {
    await file.close();
    throw new Misuse(`${path} is a folder.`);
  }
  return { source: file.createReadStream(), size: stats.isFile() ? stats.size : null };
}

function unreadable(path: string, error: unknown): Misuse {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Misuse(
    code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${message}`,
  );
}
