/** What an import is held against: the same rows, copied by Postgres itself, through the same triggers. */
import pg from 'pg';

/** In the order in which they name each other, with those of a file: whose ids are of a scheme, $1. */
const TABLES = [
  ['sources', 'record.title = $1'],
  ['factions', ofScheme()],
  ['people', ofScheme()],
  [
    'members',
    `record.person_id IN (SELECT person.id FROM people AS person WHERE ${ofScheme('person')})`,
  ],
  [
    'citations',
    'record.source_id IN (SELECT source.id FROM sources AS source WHERE source.title = $1)',
  ],
] as const;

/** How many rows were copied, and how long that took, in seconds. */
export interface Copied {
  readonly rows: number;
  readonly seconds: number;
}

/** Copies the records of a file, from the database that it was imported into, to another one on the same server. */
export async function copyRecords(fromUrl: string, toUrl: string, scheme: string): Promise<Copied> {
  const files = await onDatabase(fromUrl, (client) => writeFiles(client, scheme));
  return onDatabase(toUrl, async (client) => {
    // As an import does: there is no room for a lock for each membership.
    await client.query(`SET accord.holds_members = 'on'`);
    const begin = performance.now();
    let rows = 0;
    await client.query('BEGIN');
    for (const [table, file] of files)
      rows +=
        (await client.query(`COPY ${table} FROM ${client.escapeLiteral(file)}`)).rowCount ?? 0;
    await client.query('COMMIT');
    return { rows, seconds: (performance.now() - begin) / 1_000 };
  });
}

async function writeFiles(
  client: pg.Client,
  scheme: string,
): Promise<readonly (readonly [table: string, file: string])[]> {
  const { rows } = await client.query<{ folder: string }>(
    `SELECT current_setting('data_directory') AS folder`,
  );
  const files: (readonly [string, string])[] = [];
  for (const [table, condition] of TABLES) {
    const file = `${rows[0]?.folder ?? ''}/bench.${table}`;
    const select = `SELECT record.* FROM ${table} AS record WHERE ${condition}`;
    await client.query(
      `COPY (${select.replaceAll('$1', client.escapeLiteral(scheme))}) TO ${client.escapeLiteral(file)}`,
    );
    files.push([table, file]);
  }
  return files;
}

function ofScheme(alias = 'record'): string {
  return `${alias}.identifiers @> jsonb_build_array(jsonb_build_object('scheme', $1))`;
}

async function onDatabase<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
