import { expect } from '@jest/globals';
import { RECORD_TYPES } from '../../src/domain/vocabulary.js';
import type { Answer, TestApp } from './app.js';

/** Words of SQL and of our code, which no body may hold. */
export const INSIDES =
  /\b(SELECT|INSERT|UPDATE|WHERE|RETURNING)\b|prisma|node_modules|\.[tj]s:|\bat \S+ \(|constraint "|relation "|column "|syntax error|SQLSTATE|\bpg_|postgres|fastify|nestjs|class-validator|is not a function|Cannot read|\bECONN/;

/** A refusal: its status, its code and, where one field is to blame, the pointer to it. */
export type Refusal = readonly [status: number, code: string, pointer?: string];

/** Asks that a request is refused with this problem, and that no record and no revision came of it. */
export async function expectRefusal(
  accord: TestApp,
  request: () => Promise<Answer>,
  [status, code, pointer]: Refusal,
): Promise<Answer> {
  const before = await storedRows(accord);
  const answer = await request();
  expectProblem(answer, [status, code, pointer]);
  expect(await storedRows(accord)).toEqual(before);
  return answer;
}

/** Asks that an answer is this problem, told as RFC 9457 wants it, and tells nothing of our insides. */
export function expectProblem(
  answer: Answer,
  [status, code, pointer]: Refusal | [number, string, string | undefined],
): void {
  const type = `urn:accord:problem:${code}`;
  expect({ status: answer.status, body: answer.body as unknown }).toMatchObject({
    status,
    body: { type, status, code, title: expect.any(String), detail: expect.any(String) },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  if (pointer !== undefined) {
    const { errors } = answer.body as { errors?: unknown };
    expect(errors).toContainEqual({ pointer, detail: expect.any(String) });
  }
  expect(answer.text).not.toMatch(INSIDES);
}

/** How many rows every table of records and the ledger hold; a change of any record is a row of the ledger. */
export async function storedRows(accord: TestApp): Promise<Readonly<Record<string, number>>> {
  const tables = [...RECORD_TYPES.map((type) => type.replace('-', '_')), 'revisions'];
  const counts = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
  const [row] = await accord.database.read<Record<string, number>>(
    `SELECT ${counts.join(', ')}`,
    [],
  );
  if (!row) throw new Error('no counts');
  return row;
}
