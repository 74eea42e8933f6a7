import type { Schemas } from './client.js';

/** What openapi-fetch gives back. */
interface Outcome<Body> {
  readonly data?: Body;
  readonly error?: unknown;
  readonly response: Response;
}

/** A page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly page: { readonly next: string | null };
}

/** An answer that is none of success: what the service says is wrong. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  readonly status: number;
  readonly problem: Partial<Schemas['Problem']>;

  constructor(status: number, problem: Partial<Schemas['Problem']>) {
    super(problem.detail ?? `The service answered ${String(status)}.`);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer, or one that broke off. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * The body of a successful answer; undefined where there is none.
 *
 * @throws Refusal when the answer is a problem
 * @throws Unreachable when there is no answer
 */
export async function answered<Body>(asking: Promise<Outcome<Body>>): Promise<NonNullable<Body>> {
  const { data, error, response } = await asking.catch((thrown: unknown) => {
    throw unreachable(thrown);
  });
  if (!response.ok) throw new Refusal(response.status, problemOf(error));
  return data as NonNullable<Body>;
}

/**
 * All entries of a list, page by page.
 *
 * @param read asks for the page at a cursor; undefined is the first
 */
export async function* entriesOf<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const { data, page } = await read(cursor);
    yield* data;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

/** The same, all at once. */
export async function allOf<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const entries: Item[] = [];
  for await (const entry of entriesOf(read)) entries.push(entry);
  return entries;
}

/** What stands between us and an answer, in words. An interruption of our own stays what it is. */
export function unreachable(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Unreachable(String(thrown));
  if (thrown.name === 'AbortError') return thrown;
  if (thrown instanceof SyntaxError)
    return new Unreachable('the answer is no JSON: is this an Accord?');
  const { cause } = thrown;
  return new Unreachable(wordsOf(cause instanceof Error ? cause : thrown), { cause: thrown });
}

function wordsOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join('; ');
  return error.message === '' ? error.name : error.message;
}

function problemOf(error: unknown): Partial<Schemas['Problem']> {
  return typeof error === 'object' && error !== null ? error : {};
}
