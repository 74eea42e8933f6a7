import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

// The scripts begin on whatever Node the machine has, from 20.19 on, before anything is installed.

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Progress is for the reader of the terminal; stdout belongs to what the script is for. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a script's work; a failure is one message and a non-zero exit. */
export async function finish(work) {
  try {
    await work();
  } catch (error) {
    say(error instanceof Failure ? error.message : error.stack);
    process.exitCode = 1;
  }
}

/** Something that the reader can act on, so that a stack would only hide it. */
export class Failure extends Error {}
