/** Merging in tests. */
import type { Answer, TestApp } from './app.js';

/** What is merged. */
export type MergedType = 'people' | 'factions';

/** A merge as the API shows it. */
export interface Merge {
  readonly id: string;
  readonly keptId: string;
  readonly duplicateId: string;
  readonly moved: readonly { recordType: string; recordId: string; field: string }[];
  readonly [field: string]: unknown;
}

/** Merges a record into another one, of whatever version. */
export function merge(
  accord: TestApp,
  type: MergedType,
  keptKey: string,
  duplicateId: string,
): Promise<Answer> {
  const headers = { 'if-match': '*', 'x-reason': 'two spellings of one' };
  const asking = { body: { duplicateId }, headers };
  return accord.send('POST', `/v1/${type}/${keptKey}/merges`, asking, 'editor');
}

/** Merges a record into another one, which must succeed. */
export async function merged(...given: Parameters<typeof merge>): Promise<Merge> {
  const answer = await merge(...given);
  if (answer.status !== 201) throw new Error(`the merge answered ${answer.text}`);
  return answer.body as Merge;
}

/** Undoes a merge. */
export function undo(accord: TestApp, id: string): Promise<Answer> {
  const headers = { 'x-reason': 'they are two after all' };
  return accord.send('DELETE', `/v1/merges/${id}`, { headers }, 'editor');
}

/** The rules by which two records were refused to be one, or two again. */
export function rulesOf(refused: Answer): readonly string[] {
  const { clashes } = refused.body as { clashes: readonly { rule: string }[] };
  return clashes.map(({ rule }) => rule);
}
