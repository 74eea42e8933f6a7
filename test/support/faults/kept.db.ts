import pg from 'pg';

/** A person that a writer recorded, as the database has them in the end. */
export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Of each revision, in the order of the ledger. */
  readonly versions: readonly number[];
  readonly operations: readonly string[];
  readonly summaries: readonly (string | null)[];
}

/** Everybody whose name begins so, with their revisions. */
export async function keptPeople(databaseUrl: string, prefix: string): Promise<readonly Kept[]> {
  return asked(databaseUrl, async (client) => {
    const { rows } = await client.query<Kept>(
      `SELECT people.id::text AS id, people.name AS name, people.version AS version,
         array_agg(revisions.version ORDER BY revisions.position) AS versions,
         array_agg(revisions.operation::text ORDER BY revisions.position) AS operations,
         array_agg(revisions.after ->> 'summary' ORDER BY revisions.position) AS summaries
       FROM people LEFT JOIN revisions ON revisions.record_type = 'people' AND revisions.record_id = people.id
       WHERE starts_with(people.name, $1)
       GROUP BY people.id, people.name, people.version`,
      [prefix],
    );
    return rows;
  });
}

/** How many revisions there are of people of such names who are not there themselves. */
export async function orphanedRevisions(databaseUrl: string, prefix: string): Promise<number> {
  return asked(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM revisions
       WHERE revisions.record_type = 'people' AND starts_with(revisions.after ->> 'name', $1)
         AND NOT EXISTS (SELECT FROM people WHERE people.id = revisions.record_id)`,
      [prefix],
    );
    return rows[0]?.count ?? 0;
  });
}

/** Whether the server takes a new connection and answers on it. */
export async function isBack(databaseUrl: string): Promise<boolean> {
  return asked(databaseUrl, (client) => client.query('SELECT 1 AS one')).then(
    () => true,
    () => false,
  );
}

/**
 * Lets the server acknowledge a commit before it is on the disk, and leaves it in memory for as long as may be: what a
 * crash then loses was acknowledged.
 */
export async function breakCommits(databaseUrl: string): Promise<void> {
  await asked(databaseUrl, async (client) => {
    await client.query('ALTER SYSTEM SET synchronous_commit = off');
    await client.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
    await client.query(`ALTER SYSTEM SET wal_writer_flush_after = '1GB'`);
    await client.query('SELECT pg_reload_conf()');
  });
}

/** Forgets what is on its way to webhooks. */
export async function forgetDeliveries(databaseUrl: string): Promise<void> {
  await asked(databaseUrl, async (client) => {
    await client.query(`DELETE FROM deliveries WHERE deliveries.state = 'pending'`);
  });
}

async function asked<Result>(
  databaseUrl: string,
  ask: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  // Killed under a question, the server ends the connection as well: the question says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
