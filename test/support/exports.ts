import type { RecordType } from '../../src/domain/vocabulary.js';
import type { TestApp } from './app.js';
import type { Fields, Stored } from './factories.js';
import { readTable } from './popolo/csv.reader.js';
import { specimens } from './specimens/all.js';

/** A line of an export of ours. */
export type Line = Stored & { readonly recordType: RecordType };

type Role = 'reader' | 'editor';

/** Makes two of every kind of record: one with all fields, one with the least. */
export async function recordEverything(accord: TestApp): Promise<void> {
  for (const specimen of specimens) {
    for (const which of ['full', 'minimal'] as const) {
      const prepared = await specimen.prepare(accord);
      await accord.record(prepared.path, prepared[which]);
    }
  }
}

/** The text of an export that succeeds. */
export async function exported(
  accord: TestApp,
  query: string,
  as: Role = 'reader',
): Promise<string> {
  const answer = await accord.send('GET', `/v1/export?${query}`, {}, as);
  if (answer.status !== 200) throw new Error(`${String(answer.status)}: ${answer.text}`);
  return answer.text;
}

/** The lines of an export of ours. */
export async function exportedLines(
  accord: TestApp,
  query = '',
  as: Role = 'reader',
): Promise<readonly Line[]> {
  const text = await exported(accord, `format=ndjson&${query}`, as);
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is cut off');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

/** The record of a line, as its address shows it: a citation says by another name what it is about. */
export function recordOf({ recordType, citedType, ...body }: Line & Fields): Fields {
  return recordType === 'citations' ? { ...body, recordType: citedType } : body;
}

/** The rows of a table, by the names of its columns. */
export function rowsOf(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...lines] = readTable(text);
  return lines.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])));
}

/** A table's cell for a value, as docs/export.md says, its guard taken off. */
export function cellFor(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every id that a record names. */
export function idsNamedIn({ id, ...fields }: Fields): readonly string[] {
  const text = JSON.stringify(fields);
  const ids = text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  return ids.filter((each) => each !== id);
}
