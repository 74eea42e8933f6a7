import type { Transaction } from '../../platform/prisma/transaction.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { giveSlugs } from './compare.db.js';
import type { RowProblem } from './import.rows.js';
import { holdAll } from './imports.db.js';
import { constraintProblem, fallbacksOf } from './row.staging.js';
import type { Refused } from './staging.db.js';
import {
  beginAgain,
  insertRows,
  rowsIn,
  updateRows,
  type Chunk,
  type Written,
} from './write.db.js';

/** So many rows are written by one statement. */
export const AT_ONCE = 2_000;
const ALL = 2_147_483_647;

/** In which column a record of these kinds names one that it stands beneath: they are written all at once. */
export const UPWARDS: Readonly<Record<string, string>> = {
  factions: 'parent_id',
  sources: 'derived_from_id',
};
export const NAMES_ITS_KIND: ReadonlySet<string> = new Set([...Object.keys(UPWARDS), 'milestones']);

/** Where rows are written, and who is told how many are. */
interface Writing {
  readonly tx: Transaction;
  readonly importId: string;
  readonly onProgress: (applied: number) => Promise<void>;
}

/** How many rows of a kind are written, and those that the database itself refuses. */
export interface WrittenKind {
  readonly count: number;
  readonly refused: readonly Refused[];
}

/**
 * Writes the rows of a kind.
 *
 * @param before how many of other kinds are written
 */
export async function writeKind(
  { tx, importId, onProgress }: Writing,
  definition: RecordDefinition,
  before: number,
): Promise<WrittenKind> {
  if (definition.type === 'members' || definition.type === 'votes')
    await holdAll(tx, definition.type);
  if (definition.hasSlug) await giveSlugs(tx, importId, definition);
  const limit = NAMES_ITS_KIND.has(definition.type) ? ALL : AT_ONCE;
  const refused: Refused[] = [];
  let count = 0;
  for (const way of waysToWrite({ tx, importId }, definition))
    await inChunks(async (after) => {
      const written = await writeChunk({ tx, importId }, definition, {
        ...way,
        chunk: { after, limit },
      });
      refused.push(...written.refused);
      count += written.count - written.refused.length;
      await onProgress(before + count);
      return written;
    });
  return { count, refused };
}

/** Works on chunk after chunk, until there is none. */
export async function inChunks(work: (after: number) => Promise<Written>): Promise<void> {
  for (let after = 0; ;) {
    const { count, last } = await work(after);
    if (count === 0) return;
    after = last;
  }
}

/** The rows of an outcome, and what writes them. */
interface Way {
  readonly outcome: 'create' | 'update';
  readonly write: (chunk: Chunk) => Promise<Written>;
}

function waysToWrite(
  { tx, importId }: Pick<Writing, 'tx' | 'importId'>,
  definition: RecordDefinition,
): readonly Way[] {
  const fallbacks = fallbacksOf(definition);
  return [
    {
      outcome: 'create',
      write: (chunk) => insertRows(tx, importId, definition, { ...chunk, fallbacks }),
    },
    {
      outcome: 'update',
      write: async (chunk) => {
        const written = await updateRows(tx, importId, definition, chunk);
        if (written.changed < written.count) await beginAgain(tx);
        return written;
      },
    },
  ];
}

/** Writes rows at once or, where the database refuses that, one by one, so that it is known which of them it is. */
async function writeChunk(
  { tx, importId }: Pick<Writing, 'tx' | 'importId'>,
  definition: RecordDefinition,
  { outcome, write, chunk }: Way & { readonly chunk: Chunk },
): Promise<Written & { readonly refused: readonly Refused[] }> {
  const tried = await attempt(tx, () => write(chunk));
  if (tried.done) return { ...tried.done, refused: [] };
  const nths = await rowsIn(tx, importId, { type: definition.type, outcome, ...chunk });
  const refused: Refused[] = [];
  let left = nths;
  while (left.length > 0) {
    const waiting: number[] = [];
    for (const nth of left) {
      const { problem, isLost } = await attempt(tx, () => write({ after: nth - 1, limit: 1 }));
      if (problem && isLost) waiting.push(nth);
      else if (problem) refused.push({ nth, problems: [problem] });
    }
    if (waiting.length === left.length) break;
    left = waiting;
  }
  const problem = refused.length === 0 ? tried.problem : NAMES_REFUSED;
  refused.push(...left.map((nth) => ({ nth, problems: [problem] })));
  return { count: nths.length, last: nths.at(-1) ?? 0, refused };
}

/** Of rows that name one another, or one that is refused and takes them with it. */
const NAMES_REFUSED: RowProblem = {
  code: 'reference_not_found',
  pointer: null,
  detail: 'the row names one that is refused, or one that names it in turn',
};

/** What was done or, where the database refused it, why, and whether only because what is named is not there (yet). */
type Attempted =
  | { readonly done: Written; readonly problem?: never; readonly isLost?: never }
  | { readonly done?: never; readonly problem: RowProblem; readonly isLost: boolean };

async function attempt(tx: Transaction, work: () => Promise<Written>): Promise<Attempted> {
  try {
    return { done: await tx.attempt(work) };
  } catch (error) {
    const problem = constraintProblem(error);
    if (problem === null) throw error;
    return { problem, isLost: (error as { readonly code?: unknown }).code === FOREIGN_KEY };
  }
}

/** Postgres' word for a reference to nothing. */
const FOREIGN_KEY = '23503';
