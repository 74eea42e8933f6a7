/** What the feed costs: writers a row each, readers what they read. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger } from '../../support/factories.js';
import { Follower } from '../../support/feed.js';
import { countQueries } from '../../support/queries.js';

let accord: TestApp;
let sql: pg.Client;
beforeAll(async () => {
  accord = await startTestApp();
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

it('a writing transaction adds one row for each revision, holds no lock of the feed and notifies nobody', async () => {
  await sql.query('BEGIN');
  await sql.query(`INSERT INTO people (slug, name) VALUES ('one', 'One'), ('two', 'Two')`);
  await sql.query(`UPDATE people SET name = 'Three' WHERE people.slug = 'two'`);
  const { rows: added } = await sql.query<object>(
    `SELECT (SELECT count(*)::int FROM pending_changes) AS pending, (SELECT count(*)::int FROM changes) AS changes`,
  );
  const { rows: locks } = await sql.query<object>(
    `SELECT held.locktype, held.mode FROM pg_locks AS held
     WHERE held.pid = pg_backend_pid() AND (held.locktype IN ('advisory', 'object')
       OR held.relation IN ('changes'::regclass, 'pending_liftings'::regclass) AND held.mode <> 'AccessShareLock')`,
  );
  await sql.query('COMMIT');
  expect(added).toEqual([{ pending: 3, changes: 0 }]);
  expect(locks).toEqual([]);
});

it('a poll is two statements, whatever it finds: what is new, and the page', async () => {
  const follower = new Follower(accord, 'editor');
  await follower.catchUp();
  const count = countQueries();
  await follower.poll();
  await buildMerger(accord);
  count.reset();
  await follower.poll();
  expect(count.texts()).toHaveLength(2);
  count.reset();
  await follower.poll();
  expect(count.texts()).toHaveLength(2);
  count.stop();
});

it('a page costs what is on it, however long the feed is, in the public’s view and of one merger too', async () => {
  await sql.query(
    `INSERT INTO people (slug, name, visibility)
     SELECT 'n-' || number, 'Somebody', CASE WHEN number % 2 = 0 THEN 'draft'::visibility ELSE 'public' END
     FROM generate_series(1, 12000) AS made (number)`,
  );
  const [merger, other] = [await buildMerger(accord), await buildMerger(accord)];
  // More than is numbered in one transaction; all of it is there after one question.
  expect((await accord.get('/v1/changes?limit=100')).body.data).toHaveLength(100);
  await sql.query('ANALYZE');
  const { rows } = await sql.query<{ left: number; told: number }>(
    `SELECT (SELECT count(*)::int FROM pending_changes) AS left, (SELECT count(*)::int FROM changes) AS told`,
  );
  expect(rows[0]?.left).toBe(0);
  expect(rows[0]?.told).toBeGreaterThan(12_000);
  const count = countQueries();
  const paths = [
    '/v1/changes',
    '/v1/changes?limit=100',
    '/v1/changes?after=latest',
    `/v1/changes?mergerId=${merger.id}`,
    `/v1/changes?mergerId=${merger.id}&after=latest`,
    `/v1/changes?mergerId=${merger.id},${other.id}`,
  ];
  for (const path of paths)
    for (const as of ['reader', 'editor'] as const)
      expect((await accord.send('GET', path, {}, as)).status).toBe(200);
  const statements = new Set(count.texts().filter((text) => text.includes('feed.position')));
  count.stop();
  expect(statements.size).toBe(8);
  for (const text of statements) expect(await wasteOf(text, [merger.id, other.id])).toEqual([]);
});

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

/** The steps of a statement that touch more rows than a page could need. */
async function wasteOf(text: string, mergerIds: readonly string[]): Promise<readonly string[]> {
  const types = [...text.matchAll(/\$(\d+)::(\w+)/g)];
  const values: unknown[] = [];
  for (const [, place, type = ''] of types) {
    // The first position is where the page begins, the second where it may end at the latest.
    const bigint = place === '1' ? '5000' : '9000000000';
    values[Number(place) - 1] = { bigint, int: '26', uuid: mergerIds }[type] ?? null;
  }
  const { rows } = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: Node }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    values,
  );
  const nodes = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const [plan] = rows[0]?.['QUERY PLAN'] ?? [];
  if (!plan) throw new Error('no plan');
  return nodes(plan.Plan)
    .map((node) => ({
      node,
      touched: (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    }))
    .filter(({ touched }) => touched > 200)
    .map(
      ({ node, touched }) =>
        `${node['Node Type']} ${node['Relation Name'] ?? ''} ${String(touched)}`,
    );
}
