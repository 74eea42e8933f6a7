/** How an import ends that comes to nothing. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Problem } from '../../platform/errors/problem.js';
import type { RowProblem } from './import.rows.js';
import { constraintProblem, problemsOf } from './row.staging.js';

/** How long the rest of a file that is refused is waited for before that is answered, in milliseconds. */
const LINGER = 5_000;

/** Of an import of which not all can be stored. */
export const ALL_OR_NOTHING: RowProblem = {
  code: 'validation_failed',
  pointer: null,
  detail: 'Some rows are refused, so nothing was stored. With atomic=false the others are.',
};

/** Of an import that waited for its turn, or whose file came slowly. */
export const SOURCE_IS_GONE: RowProblem = {
  code: 'reference_not_found',
  pointer: '?sourceId',
  detail: 'The source was retracted before the file could be applied, so nothing was stored.',
};

/** What an import is said to have ended by. */
export function told(error: unknown): RowProblem {
  if (error instanceof Problem) {
    const [first] = problemsOf(error);
    if (first) return first;
  }
  return (
    constraintProblem(error) ?? {
      code: 'unavailable',
      pointer: null,
      detail: 'The import came to no end. Nothing was stored.',
    }
  );
}

/** What is still coming is read and forgotten: who sends all before the answer is read would not be told otherwise. */
export async function forget(body: Readable): Promise<void> {
  body.resume();
  // Whatever becomes of it, there is an answer.
  await finished(body, { signal: AbortSignal.timeout(LINGER) }).catch(() => undefined);
}
