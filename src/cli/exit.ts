import { CommanderError } from 'commander';
import { Refusal, Unreachable } from '../client/answers.js';

/** How a command ends, for scripts: what `docs/command-line.md` lists. */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  found: 5,
  partly: 6,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The command makes no sense as it was given. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** With what a command ends that has thrown. */
export function exitOf(error: unknown): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Misuse) return EXIT.usage;
  if (error instanceof Unreachable) return EXIT.unreachable;
  if (!(error instanceof Refusal)) return EXIT.bug;
  if (error.status === 503) return EXIT.unreachable;
  return error.status < 500 ? EXIT.refused : EXIT.bug;
}
