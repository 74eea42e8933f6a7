import pg from 'pg';

/** Every row of every table, and where every sequence stands. */
export type DatabaseContents = Readonly<Record<string, readonly string[]>>;

/** All that a database holds, in one snapshot: what two of them have in common they have to the byte. */
export async function readDatabase(url: string): Promise<DatabaseContents> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ name: string; isTable: boolean }>(
      `SELECT pg_class.oid::regclass::text AS name, pg_class.relkind = 'r' AS "isTable"
       FROM pg_class WHERE pg_class.relkind IN ('r', 'S') AND pg_class.relnamespace = 'public'::regnamespace
       ORDER BY pg_class.oid::regclass::text`,
    );
    const contents: Record<string, string[]> = {};
    for (const { name, isTable } of rows) {
      const told = await client.query<{ row: string }>(
        isTable
          ? `SELECT stored::text AS row FROM ${name} AS stored ORDER BY 1`
          : `SELECT format('%s %s', state.last_value, state.is_called) AS row FROM ${name} AS state`,
      );
      contents[name] = told.rows.map(({ row }) => row);
    }
    return contents;
  } finally {
    await client.end();
  }
}
