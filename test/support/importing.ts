import { expect } from '@jest/globals';
import type { TestApp } from './app.js';

/** An import that has ended, as it is told. */
export interface Ended {
  readonly id: string;
  readonly state: string;
  readonly sourceId: string | null;
  readonly rows: Readonly<Record<string, number>>;
  readonly applied: number;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

/** What became of a row. */
export interface Row {
  readonly line: number;
  readonly recordType: string;
  readonly outcome: string;
  readonly recordId: string | null;
  readonly fields: readonly string[];
  readonly problems: readonly {
    readonly code: string;
    readonly pointer: string | null;
    readonly detail: string;
  }[];
  readonly near: readonly { readonly id: string; readonly name: string; readonly score: number }[];
}

/** Sends a file, which must be taken, and follows the import to its end. */
export async function imported(accord: TestApp, query: string, file: string): Promise<Ended> {
  const sent = await accord.send('POST', `/v1/imports?${query}`, { body: file }, 'editor');
  if (sent.status !== 202) throw new Error(`${String(sent.status)} ${sent.text}`);
  return ended(accord, String(sent.headers.get('location')));
}

/** Follows an import to its end. */
export async function ended(accord: TestApp, address: string): Promise<Ended> {
  for (let attempt = 0; attempt < 20_000; attempt += 1) {
    const { body } = await accord.send('GET', address, {}, 'editor');
    if (!['staged', 'applying'].includes(String(body.state))) return body as Ended;
  }
  throw new Error(`${address} comes to no end`);
}

/** What became of the rows of an import. */
export async function rowsOf(accord: TestApp, id: string, query = ''): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let next = ''; ;) {
    const path = `/v1/imports/${id}/rows?limit=100${query}${next}`;
    const { body } = await accord.send('GET', path, {}, 'editor');
    rows.push(...(body.data as Row[]));
    if (body.page.next === null) return rows;
    next = `&cursor=${String(body.page.next)}`;
  }
}

/** Lines of JSON. */
export function ndjson(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** How many revisions there are. */
export async function revisions(accord: TestApp): Promise<number> {
  const [row] = await accord.database.read<{ count: number }>(
    'SELECT count(*)::int AS count FROM revisions',
    [],
  );
  return row?.count ?? NaN;
}

/** The records that the rows of a file became, in its order. */
export async function made(
  accord: TestApp,
  query: string,
  file: string,
): Promise<readonly string[]> {
  const done = await imported(accord, query, file);
  expect(done.state).toBe('done');
  return (await rowsOf(accord, done.id)).map(({ recordId }) => String(recordId));
}

/** What a file changes that says nothing new, which must be nothing. */
export async function expectNothing(accord: TestApp, query: string, file: string): Promise<void> {
  const before = await revisions(accord);
  const again = await imported(accord, query, file);
  expect(await rowsOf(accord, again.id)).toEqual([]);
  expect(again).toMatchObject({ state: 'done', rows: { create: 0, update: 0, refused: 0 } });
  expect(await revisions(accord)).toBe(before);
}
