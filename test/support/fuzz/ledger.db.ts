import pg from 'pg';

/** What has been written since the last look: the requests that wrote, and how many keys there are. */
export interface Written {
  /** Of each revision its request; null when none is named. */
  readonly requests: readonly (string | null)[];
  readonly keys: number;
}

/** The ledger, read past the service. */
export interface Ledger {
  /** What has been written since this was asked before. */
  written(): Promise<Written>;
  close(): Promise<void>;
}

export async function openLedger(databaseUrl: string): Promise<Ledger> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const last = await client.query<{ position: string }>(
    'SELECT COALESCE(max(revisions.position), 0)::text AS position FROM revisions',
  );
  let position = last.rows[0]?.position ?? '0';
  return {
    written: async () => {
      const { rows } = await client.query<{ position: string; request: string | null }>(
        `SELECT revisions.position::text AS position, revisions.request_id AS request
         FROM revisions WHERE revisions.position > $1::bigint ORDER BY revisions.position`,
        [position],
      );
      position = rows.at(-1)?.position ?? position;
      const keys = await client.query<{ keys: number }>('SELECT count(*)::int AS keys FROM keys');
      return { requests: rows.map(({ request }) => request), keys: keys.rows[0]?.keys ?? 0 };
    },
    close: () => client.end(),
  };
}
