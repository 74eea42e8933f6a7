import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { imported, ndjson, rowsOf } from '../../support/importing.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const faction = { recordType: 'factions', classification: 'party' };

describe('rows that name a row which is refused', () => {
  it('are refused with it, however long the chain is', async () => {
    const count = 3_000;
    const lines = Array.from({ length: count }, (_, at) => ({
      ...faction,
      id: `f${String(at)}`,
      name: `Faction ${String(at)}`,
      parentId: at === 0 ? 'nobody' : `f${String(at - 1)}`,
    }));
    const beside = { ...faction, name: 'Beside the chain' };
    const started = performance.now();
    const query = 'format=ndjson&atomic=false&cite=false&dryRun=true';
    const done = await imported(accord, query, ndjson([...lines.toReversed(), beside]));
    expect(done.rows).toMatchObject({ create: 1, refused: count });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('are told by a dry run, also where that is refused for what is asked last', async () => {
    const merger = await buildMerger(accord);
    const step = { recordType: 'milestones', classification: 'talks', mergerId: merger.id };
    const nobody = '01890000-0000-7000-8000-0000000e0001';
    const file = ndjson([
      { ...step, id: 'a', title: 'A', satisfiedBy: { motionId: nobody } },
      { ...step, id: 'b', title: 'B', dependsOn: ['a'] },
      { ...step, id: 'c', title: 'C', dependsOn: ['b'] },
      { ...step, id: 'd', title: 'D' },
    ]);
    for (const query of ['dryRun=true', 'atomic=false']) {
      const done = await imported(accord, `format=ndjson&cite=false&${query}`, file);
      expect([query, done.rows]).toMatchObject([query, { create: 1, refused: 3 }]);
      const refused = await rowsOf(accord, done.id, '&outcome=refused');
      expect(refused.map(({ problems }) => problems[0]?.pointer)).toEqual([
        '/satisfiedBy',
        '/dependsOn',
        '/dependsOn',
      ]);
    }
  });
});

describe('rows that are all one record', () => {
  it('are found to be so by looking at each once', async () => {
    const known = await buildPerson(accord, { name: 'Only One' });
    const count = 8_000;
    const lines = Array.from({ length: count }, (_, at) => ({
      recordType: 'people',
      slug: known['slug'],
      name: `One ${String(at)}`,
    }));
    const started = performance.now();
    const done = await imported(accord, 'format=ndjson&dryRun=true', ndjson(lines));
    expect(done.rows).toMatchObject({ update: 1, refused: count - 1 });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('what became of the rows of an import', () => {
  it('is kept for thirty days after its end, how many there were for good', async () => {
    const file = ndjson([{ recordType: 'people', name: 'Kept for a month' }]);
    const query = 'format=ndjson&title=Old&cite=false';
    const [old, recent] = [
      await imported(accord, query, file),
      await imported(accord, `${query}&dryRun=true`, ndjson([{ recordType: 'people', name: 'X' }])),
    ];
    for (const [id, days] of [
      [old.id, 31],
      [recent.id, 29],
    ])
      await accord.database.beside(
        `UPDATE imports AS import SET ended_at = now() - $2::int * interval '1 day' WHERE import.id = $1::uuid`,
        [id, days],
      );
    expect(await rowsOf(accord, old.id)).toHaveLength(1);
    const later = await imported(accord, query, file);
    expect(later.rows).toMatchObject({ unchanged: 1 });
    expect(await rowsOf(accord, old.id)).toEqual([]);
    expect(await rowsOf(accord, recent.id)).toHaveLength(1);
    const { body } = await accord.send('GET', `/v1/imports/${old.id}`, {}, 'editor');
    expect(body).toMatchObject({ state: 'done', rows: { total: 1, create: 1 } });
  });
});
