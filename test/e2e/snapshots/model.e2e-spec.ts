/**
 * Whatever is given again is true. Two instances keep answers while everything changes that can change; a third keeps none
 * and tells what is true. `npm run test:model` makes a longer run.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildMerger } from '../../support/factories.js';
import { tell, wholeFrom } from '../../support/environment.js';
import { breakOn } from '../../support/model/breaks.js';
import { startTrio, type Trio } from '../../support/model/instances.js';
import { Model } from '../../support/model/model.js';
import { Wire } from '../../support/model/wire.js';
import { countQueries } from '../../support/queries.js';

const SEED = wholeFrom('SNAPSHOT_MODEL_SEED', 20221228);
const CHANGES = wholeFrom('SNAPSHOT_MODEL_CHANGES', 50);
// Shows that the test can fail: see test/support/model/breaks.ts.
const BROKEN = process.env['SNAPSHOT_MODEL_BREAK'];

/** More are not shown: one fault brings others. */
const SHOWN = 20;

jest.setTimeout(300_000 + CHANGES * 2_000);

let database: TestDatabase;
let trio: Trio;
let model: Model;
let sql: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  trio = await startTrio(database);
  breakOn(trio.keeping[0], BROKEN);
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  model = new Model(SEED, trio, sql);
  await model.begin();
});
afterAll(async () => {
  model.close();
  await sql.end();
  await trio.stop();
  await database.drop();
});

it(`after ${String(CHANGES)} changes every answer was true within the bound, and showed readers what they may see`, async () => {
  for (let change = 0; change < CHANGES && model.faults.length < SHOWN; change += 1)
    await model.round();
  const { faults, reads, unchanged, late, oldest, unjudged, lapses } = model.report;
  const hits = trio.keeping.reduce((sum, each) => sum + each.hits, 0);
  if (CHANGES > 50) {
    const taken = JSON.stringify(Object.fromEntries(model.writer.taken));
    tell(
      `SNAPSHOT_MODEL_SEED=${String(SEED)}: ${String(reads)} reads, ${String(hits)} given again, ${String(unchanged)} unchanged, ${String(late)} of a moment before (${String(Math.round(oldest))} ms at most), ${String(unjudged)} not judged; ${String(lapses)} that ended by themselves; changes ${taken}`,
    );
  }
  expect(faults).toEqual([]);
  // What was to be tried was tried.
  expect(hits).toBeGreaterThan(reads / 10);
  expect(unchanged).toBeGreaterThan(reads / 10);
  expect(unjudged).toBeLessThan(reads / 10);
  if (CHANGES < 50) return;
  for (const kind of ['create', 'patch', 'hold', 'sql', 'merge'])
    expect([kind, model.writer.taken.has(kind)]).toEqual([kind, true]);
});

it('an answer is made once after a change, however many ask for it in whatever form', async () => {
  trio.time.instant = null;
  const merger = await buildMerger(trio.fresh.accord);
  const wire = new Wire();
  const counted = countQueries();
  let judged = 0;
  for (const { accord, head } of trio.keeping) {
    // On a machine that is very busy the ledger may give no answer in time: then each asks for itself.
    const unheard: string[] = [];
    const confirm = head.confirm.bind(head);
    head.confirm = async () => {
      const isHeard = await confirm();
      if (!isHeard) unheard.push(accord.baseUrl);
      return isHeard;
    };
    const url = `${accord.baseUrl}/v1/mergers/${merger.id}/status`;
    for (let time = 0; time < 5; time += 1) {
      await sql.query('UPDATE mergers SET summary = $1 WHERE mergers.id = $2', [
        `${accord.baseUrl} ${String(time)}`,
        merger.id,
      ]);
      for (const each of trio.keeping) await each.head.confirm();
      counted.reset();
      unheard.length = 0;
      const { tick } = head.touches;
      const heard = await Promise.all(
        Array.from({ length: 60 }, (_, at) =>
          wire.send(url, at % 5 === 0 ? 'HEAD' : 'GET', {
            headers: {
              'accept-encoding': ['identity', 'gzip', 'br'][at % 3] ?? '',
              ...(at % 2 === 0 ? { 'if-none-match': '"another"' } : {}),
            },
          }),
        ),
      );
      expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([200]));
      const begun = counted.textsWith(merger.id).map((text) => text.slice(0, 40));
      // An embargo that ends meanwhile is a change, too.
      if (unheard.length > 0 || head.touches.tick !== tick) continue;
      expect(begun).toHaveLength(1);
      judged += 1;
    }
  }
  counted.stop();
  wire.close();
  expect(judged).toBeGreaterThan(0);
});
