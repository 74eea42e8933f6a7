import pg from 'pg';

const BESIDE = /head_since|^LISTEN|pg_backend_pid/;

/** The statements that this process sends to Postgres, from now on. */
export interface QueryCount {
  texts(): readonly string[];
  reset(): void;
  stop(): void;
}

/**
 * Counts what goes over the wire: every query of every client of every pool, Prisma's too. But for the question what was
 * committed, which is asked beside the pool whether anybody reads or not.
 */
export function countQueries(): QueryCount {
  const texts: string[] = [];
  const prototype: { query: (...given: unknown[]) => unknown } = pg.Client.prototype;
  const original = prototype.query;
  prototype.query = function (this: pg.Client, ...given: unknown[]): unknown {
    const [query] = given;
    const text = typeof query === 'string' ? query : (query as { readonly text?: string }).text;
    if (!BESIDE.test(text ?? '')) texts.push(text ?? '');
    return original.apply(this, given);
  };
  return {
    texts: () => [...texts],
    reset: () => {
      texts.length = 0;
    },
    stop: () => {
      prototype.query = original;
    },
  };
}
