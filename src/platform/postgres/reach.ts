import pg from 'pg';

/**
 * Sees whether the database takes us.
 *
 * @throws what stands in the way: the network, the password, the name
 */
export async function reachDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.end();
}
