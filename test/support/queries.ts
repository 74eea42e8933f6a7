import pg from 'pg';

const BESIDE = /head_since|^LISTEN|pg_backend_pid/;

/** The statements that this process sends to Postgres, from now on. */
export interface QueryCount {
  texts(): readonly string[];
  /** Those of them that were given a value. */
  textsWith(value: string): readonly string[];
  reset(): void;
  stop(): void;
}

/**
 * Counts what goes over the wire: every query of every client of every pool, Prisma's too. But for the question what was
 * committed, which is asked beside the pool whether anybody reads or not.
 */
export function countQueries(): QueryCount {
  const sent: { readonly text: string; readonly values: readonly unknown[] }[] = [];
  const prototype: { query: (...given: unknown[]) => unknown } = pg.Client.prototype;
  const original = prototype.query;
  prototype.query = function (this: pg.Client, ...given: unknown[]): unknown {
    const [query, listed] = given;
    const { text = '', values = listed } =
      typeof query === 'string' ? { text: query } : (query as Partial<pg.QueryConfig>);
    if (!BESIDE.test(text)) sent.push({ text, values: Array.isArray(values) ? values : [] });
    return original.apply(this, given);
  };
  return {
    texts: () => sent.map(({ text }) => text),
    textsWith: (value) =>
      sent.filter(({ values }) => values.includes(value)).map(({ text }) => text),
    reset: () => {
      sent.length = 0;
    },
    stop: () => {
      prototype.query = original;
    },
  };
}
