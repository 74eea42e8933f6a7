/** What was committed since the ledger was asked last: the statement, and what it says. */

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

/** Runs the statement of a name on the connection that it was given; see {@link askHead}. */
export type Ask = (name: string, text: string, values: unknown[]) => Promise<readonly object[]>;

/**
 * Asks what was committed since a head, and became visible since an instant.
 *
 * @param last null: nothing is known yet
 * @param tells whether the other instances are told that there is something to ask for
 */
export async function askHead(
  ask: Ask,
  last: Pick<HeadRow, 'head' | 'instant'> | null,
  tells: boolean,
): Promise<HeadRow> {
  const [name, text] = tells ? ['tell', TELL_AND_SELECT] : ['ask', SELECT];
  const [row] = await ask(name, text, [last?.head ?? null, last?.instant ?? 0, AT_MOST]);
  // The statement names its columns as the interface does.
  if (row) return row as HeadRow;
  throw new Error('the statement returned no row');
}
