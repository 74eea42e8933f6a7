/** What was committed since the ledger was asked last: the statement, and what it says. */
import type { Question } from './ledger.connection.js';

/** What came since. */
export interface HeadRow {
  /** What is committed now, as Postgres writes a snapshot: to ask with the next time. */
  readonly head: string;
  /** By the database's clock, milliseconds since 1970 UTC. */
  readonly instant: number;
  readonly touchesAny: boolean;
  /** What changed may count for any merger. */
  readonly touchesAll: boolean;
  /** The mergers whose own records changed. */
  readonly mergers: readonly string[];
  readonly keysChanged: boolean;
  /** Something may be seen no longer that was seen before. */
  readonly hides: boolean;
  /** When the next embargo ends, milliseconds since 1970 UTC; null when none is known. */
  readonly nextLifting: number | null;
}

/** More changes than this at once are not told apart: everything may have changed. */
const AT_MOST = 10_000;

/** The channel on which instances tell each other that something was committed, and when they told: milliseconds since 1970 UTC. */
export const CHANNEL = 'accord_head';

const SELECT = `
  SELECT since.head::text AS head, (extract(epoch FROM since.instant) * 1000)::float8 AS instant, since.touches_any AS "touchesAny",
    since.touches_all AS "touchesAll", since.mergers::text[] AS mergers, since.keys_changed AS "keysChanged", since.hides AS hides,
    (extract(epoch FROM since.next_lifting) * 1000)::float8 AS "nextLifting"
  FROM head_since($1::pg_snapshot, to_timestamp($2::float8 / 1000), $3::int) AS since`;

const TELL_AND_SELECT = `${SELECT} CROSS JOIN LATERAL (
  SELECT pg_notify('${CHANNEL}', (extract(epoch FROM clock_timestamp()) * 1000)::text)
) AS told`;

/** Runs a statement that is told whether it is the first on its connection; see {@link askHead}. */
export type Ask = (question: (isFirst: boolean) => Question) => Promise<readonly object[]>;

/**
 * Asks what was committed since a head, and became visible since an instant. The first question on a connection rests on
 * nothing that was known before: after a crash Postgres gives numbers of transactions out again, those that it had not yet
 * written down, and what was committed under them would be taken for seen.
 *
 * @param last null: nothing is known yet
 * @param tells whether the other instances are told that there is something to ask for
 */
export async function askHead(
  ask: Ask,
  last: Pick<HeadRow, 'head' | 'instant'> | null,
  tells: boolean,
): Promise<HeadRow & { readonly isFirst: boolean }> {
  const [name, text] = tells ? (['tell', TELL_AND_SELECT] as const) : (['ask', SELECT] as const);
  let isFirst = false;
  const [row] = await ask((isFirstThere) => {
    isFirst = isFirstThere;
    const since = isFirst ? null : last;
    return { name, text, values: [since?.head ?? null, since?.instant ?? 0, AT_MOST] };
  });
  // The statement names its columns as the interface does.
  if (row) return { ...(row as HeadRow), isFirst };
  throw new Error('the statement returned no row');
}
