import pg from 'pg';
import { compareMigrations } from '../../platform/postgres/migrate.js';
import { type Check, checked } from './check.js';

/** What differs in one table, by what is wrong. */
interface Difference {
  readonly record: string;
  readonly what: string;
}

/** Whether every migration that we have is applied, as we have it, and no other. */
export async function checkSchema(url: string): Promise<Check> {
  try {
    const { pending, unknown } = await compareMigrations(url);
    return checked('schema', 'the migrations of the database against those of this version', [
      ...pending.map((name) => `${name} is not applied`),
      ...unknown.map((name) => `${name} is of a later version than this one`),
    ]);
  } catch (error) {
    return checked('schema', 'the migrations of the database', [(error as Error).message]);
  }
}

/** Whether every row of every record is what the ledger says last, and the feed tells every revision. */
export async function checkLedgerInDatabase(url: string): Promise<Check> {
  try {
    return await compareLedger(url);
  } catch (error) {
    // As with a database that is behind: what else was found is told as well.
    return checked('ledger', 'the ledger against the tables, in the database', [
      (error as Error).message,
    ]);
  }
}

async function compareLedger(url: string): Promise<Check> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables = await recordTables(client);
    const findings: string[] = [];
    for (const { table, type } of tables) {
      const differences = await differencesOf(client, table, type);
      findings.push(...differences.map(({ record, what }) => `${type} ${record}: ${what}`));
    }
    findings.push(...(await gapsOfFeed(client)));
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM revisions');
    const detail = `${rows[0]?.count ?? '0'} revisions against every row of ${String(tables.length)} tables, and the feed, in the database`;
    return checked('ledger', detail, findings);
  } finally {
    await client.end();
  }
}

interface RecordTable {
  readonly table: string;
  readonly type: string;
}

async function recordTables(client: pg.Client): Promise<readonly RecordTable[]> {
  const { rows } = await client.query<RecordTable>(
    `SELECT format('%I.%I', 'public', replace(word, '-', '_')) AS table, word AS type
     FROM unnest(enum_range(NULL::public.record_type)::text[]) AS word`,
  );
  return rows;
}

/** A column that came after a revision was written is not in it, and is not compared. */
async function differencesOf(
  client: pg.Client,
  table: string,
  type: string,
): Promise<readonly Difference[]> {
  const { rows } = await client.query<Difference>(
    `WITH latest AS (
       SELECT DISTINCT ON (revisions.record_id) revisions.record_id, revisions.version, revisions.after,
         count(*) OVER (PARTITION BY revisions.record_id) AS count
       FROM public.revisions WHERE revisions.record_type = $1::public.record_type
       ORDER BY revisions.record_id, revisions.version DESC
     ), compared AS (
       SELECT COALESCE(stored.id, latest.record_id)::text AS record,
         CASE
           WHEN latest.record_id IS NULL THEN 'is in the table, and the ledger knows nothing of it'
           WHEN stored.id IS NULL THEN 'is in the ledger, and not in the table'
           WHEN latest.version <> stored.version THEN
             format('is at version %s, and the ledger at %s', stored.version, latest.version)
           WHEN latest.count <> latest.version THEN
             format('has %s revisions for %s versions', latest.count, latest.version)
           ELSE (
             SELECT 'differs from the ledger in ' || string_agg(here.key, ', ' ORDER BY here.key)
             FROM jsonb_each(to_jsonb(stored)) AS here JOIN jsonb_each(latest.after) AS there ON there.key = here.key
             WHERE here.value IS DISTINCT FROM there.value
           )
         END AS what
       FROM ${table} AS stored FULL JOIN latest ON latest.record_id = stored.id
     )
     SELECT compared.record, compared.what FROM compared WHERE compared.what IS NOT NULL ORDER BY compared.record`,
    [type],
  );
  return rows;
}

/** Of the feed: its places are whole numbers without a gap, and every revision has one or waits for one. */
async function gapsOfFeed(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ what: string }>(
    `SELECT format('the feed has %s entries up to position %s', count(*), max(changes.position)) AS what
     FROM public.changes HAVING count(*) <> COALESCE(max(changes.position), 0)
     UNION ALL
     SELECT format('the feed does not tell %s revisions, and none of them waits to be told', count(*))
     FROM public.revisions
     WHERE NOT EXISTS (SELECT FROM public.changes WHERE changes.revision_position = revisions.position)
       AND NOT EXISTS (SELECT FROM public.pending_changes WHERE pending_changes.place = revisions.position)
     HAVING count(*) > 0`,
  );
  return rows.map(({ what }) => what);
}
