/** The list of open mergers is put together of what is kept and what is read: it is the list of one moment all the same. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Head } from '../../../src/platform/snapshots/head.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger } from '../../support/factories.js';

let accord: TestApp;
beforeEach(async () => {
  accord = await startTestApp();
});
afterEach(() => accord.stop());

const titlesIn = (body: any): readonly string[] =>
  body.data.map(({ merger }: { readonly merger: { readonly title: string } }) => merger.title);

const open = async (): Promise<readonly string[]> =>
  titlesIn((await accord.get('/v1/status')).body);

it('has again what was closed by a time to which the clock is set back, be it empty or not', async () => {
  await buildMerger(accord, { title: 'one', closedOn: '2023-01-05', outcome: 'abandoned' });
  accord.setNow('2023-01-06T00:00:00Z');
  expect(await open()).toEqual([]);
  accord.setNow('2023-01-04T00:00:00Z');
  expect(await open()).toEqual(['one']);

  await buildMerger(accord, { title: 'two' });
  accord.setNow('2023-01-04T09:00:00Z');
  const closed = { closedOn: '2023-01-04T10:00:00Z', outcome: 'abandoned' };
  await buildMerger(accord, { title: 'three', ...closed });
  expect(await open()).toEqual(['one', 'two', 'three']);
  accord.setNow('2023-01-04T11:00:00Z');
  expect(await open()).toEqual(['one', 'two']);
  accord.setNow('2023-01-04T09:30:00Z');
  expect(await open()).toEqual(['one', 'two', 'three']);
});

it('has nothing of before beside what is new, where nobody has told of the change yet', async () => {
  const { id } = await buildMerger(accord, { title: 'one' });
  await buildMerger(accord, { title: 'two' });
  expect(await open()).toEqual(['one', 'two']);
  // It hears of nothing: what it knows counts for a while, by which it is asked.
  const head: { poll(): void } = Object(accord.app.get(Head));
  head.poll = () => undefined;
  const sql = [
    `UPDATE mergers SET title = 'one, renamed' WHERE mergers.id = '${id}'`,
    `INSERT INTO mergers (slug, title) VALUES ('three', 'three')`,
  ];
  for (const text of sql) await accord.database.read(text, []);
  // Another address, at which nothing is kept.
  const answer = await fetch(`${accord.baseUrl}/v1/status?limit=9`);
  expect(titlesIn(await answer.json())).toEqual(['one, renamed', 'two', 'three']);
});
