import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { load, replay } from '../../../bench/dataset/load.db.js';
import { SLOTS } from '../../../bench/dataset/parts.db.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

// One that holds something back, and one that is completed, are among them.
const MERGERS = 8;

/** Made by chance, or told nobody. */
const BY_CHANCE: Readonly<Record<string, readonly string[]>> = {
  changes: ['id'],
  pending_liftings: ['id'],
};
/** Of the migrations, not of the records. */
const NOT_COMPARED = ['_prisma_migrations'];

let quick: TestDatabase;
let slow: TestDatabase;

beforeAll(async () => {
  [quick, slow] = [await createTestDatabase(), await createTestDatabase()];
  await load(quick.url, MERGERS);
  await replay(slow.url, MERGERS);
});

afterAll(async () => {
  await quick.drop();
  await slow.drop();
});

test('what is loaded with the triggers off is what they would have written, in every table, row by row', async () => {
  const [loaded, replayed] = [await contentsOf(quick.url), await contentsOf(slow.url)];
  expect(Object.keys(loaded)).toEqual(Object.keys(replayed));
  for (const [table, rows] of Object.entries(loaded)) {
    expect([table, rows]).toEqual([table, replayed[table]]);
  }
  const counts = Object.fromEntries(
    Object.entries(loaded).map(([table, rows]) => [table, rows.length]),
  );
  expect(counts).toMatchObject({
    mergers: MERGERS,
    people: 10 * MERGERS,
    votes: 100 * MERGERS,
    revisions: SLOTS * MERGERS,
    pending_changes: 0,
    pending_liftings: 0,
  });
  // None of the derived tables is empty on both sides: names, links, and of the merger that holds something back: the person
  // with a membership, ten votes, the source with two citations, and the meeting. The embargo ends; its liftings are told.
  expect(counts['names']).toBeGreaterThan(2 * 10 * MERGERS);
  expect(counts).toMatchObject({ milestone_dependencies: 4 * MERGERS, succession_predecessors: 2 });
  expect(counts).toMatchObject({ hidden_spans: 12 + 3 + 1, changes: SLOTS * MERGERS + 12 });
});

/** Every table's rows as text, sorted; and where the ledger goes on. */
async function contentsOf(url: string): Promise<Record<string, readonly unknown[]>> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT tables.table_name AS name FROM information_schema.tables AS tables
       WHERE tables.table_schema = 'public' AND tables.table_type = 'BASE TABLE' ORDER BY 1`,
    );
    const contents: Record<string, readonly unknown[]> = {};
    for (const { name } of tables.rows.filter((each) => !NOT_COMPARED.includes(each.name))) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT (to_jsonb(record) - $1::text[])::text AS row FROM ${name} AS record ORDER BY 1`,
        // Which transaction wrote a row is a matter of when.
        [[...(BY_CHANCE[name] ?? []), 'transaction_id']],
      );
      contents[name] = rows.map(({ row }) => row);
    }
    const ledger = await client.query('SELECT last_value, is_called FROM revisions_position_seq');
    return { ...contents, revisions_position_seq: ledger.rows };
  } finally {
    await client.end();
  }
}
