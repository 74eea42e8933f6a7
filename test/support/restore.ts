import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';

/**
 * A new database with the rows of another one, as pg_restore leaves it: rows and sequences are the same, no trigger has run,
 * and every row was written by another transaction than before.
 */
export async function dumpAndRestore(url: string): Promise<TestDatabase> {
  const restored = await createTestDatabase();
  const from = new pg.Client({ connectionString: url });
  const to = new pg.Client({ connectionString: restored.url });
  await Promise.all([from.connect(), to.connect()]);
  try {
    // One snapshot for all tables, as pg_dump takes it.
    await from.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await to.query('BEGIN');
    for (const table of await tablesInOrder(from)) await copyTable(from, to, table);
    await copySequences(from, to);
    await to.query('COMMIT');
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
  return restored;
}

/** All tables but the record of the migrations, each after those that its foreign keys name. */
async function tablesInOrder(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; names: string[] }>(
    `SELECT tables.relname AS name, array_remove(array_agg(link.confrelid::regclass::text), NULL) AS names
     FROM pg_class AS tables LEFT JOIN pg_constraint AS link
       ON link.conrelid = tables.oid AND link.contype = 'f' AND link.confrelid <> tables.oid
     WHERE tables.relkind = 'r' AND tables.relnamespace = 'public'::regnamespace AND tables.relname <> '_prisma_migrations'
     GROUP BY tables.relname ORDER BY tables.relname`,
  );
  const ordered: string[] = [];
  while (ordered.length < rows.length) {
    const next = rows.filter(
      ({ name, names }) =>
        !ordered.includes(name) && names.every((other) => ordered.includes(other)),
    );
    if (next.length === 0) throw new Error('tables name each other in a circle');
    ordered.push(...next.map(({ name }) => name));
  }
  return ordered;
}

async function copyTable(from: pg.Client, to: pg.Client, table: string): Promise<void> {
  // What is generated is made anew.
  const { rows: stored } = await from.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attribute.attname), ', ' ORDER BY attribute.attnum) AS columns FROM pg_attribute AS attribute
     WHERE attribute.attrelid = $1::regclass AND attribute.attnum > 0 AND NOT attribute.attisdropped AND attribute.attgenerated = ''`,
    [table],
  );
  const columns = stored[0]?.columns ?? '';
  const { rows } = await from.query<{ rows: string }>(
    `SELECT COALESCE(jsonb_agg(to_jsonb(stored)), '[]')::text AS rows FROM ${table} AS stored`,
  );
  await to.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await to.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) AS stored`,
    [rows[0]?.rows],
  );
  await to.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

async function copySequences(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await from.query<{ name: string }>(
    `SELECT sequence.oid::regclass::text AS name FROM pg_class AS sequence
     WHERE sequence.relkind = 'S' AND sequence.relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) {
    const { rows: states } = await from.query<{ last_value: string; is_called: boolean }>(
      `SELECT state.last_value, state.is_called FROM ${name} AS state`,
    );
    await to.query('SELECT setval($1::regclass, $2, $3)', [
      name,
      states[0]?.last_value,
      states[0]?.is_called,
    ]);
  }
}
