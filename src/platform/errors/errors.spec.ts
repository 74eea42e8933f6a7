import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { VIOLATIONS } from '../../domain/violation.js';
import { CONSTRAINTS } from './database.errors.js';
import { PROBLEMS, statusOf, titleOf, type ProblemCode } from './problem.js';

interface Documented {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
  readonly remedy: string;
}

/** The lines of the table in docs/errors.md. */
function documented(): readonly Documented[] {
  const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => {
    const [, code, status, meaning = '', remedy = ''] =
      /^\| *`([a-z_]+)` *\| *(\d{3}) *\|([^|]*)\|([^|]*)\|$/.exec(line) ?? [];
    if (code === undefined) return [];
    return [{ code, status: Number(status), meaning: meaning.trim(), remedy: remedy.trim() }];
  });
}

const codes = [...Object.keys(PROBLEMS), ...Object.keys(VIOLATIONS)];

describe('docs/errors.md', () => {
  it('holds every code of the API once, and no other', () => {
    const inDocs = documented().map(({ code }) => code);
    expect(inDocs.toSorted()).toEqual(codes.toSorted());
  });

  it('gives each code the status that it is answered with', () => {
    for (const { code, status } of documented()) {
      const known = codes.find((each) => each === code) as ProblemCode | undefined;
      expect([code, known && statusOf(known)]).toEqual([code, status]);
    }
  });

  it('says of each code in a sentence what it means, and in another what to do', () => {
    for (const { code, meaning, remedy } of documented()) {
      expect([code, meaning]).toEqual([code, expect.stringMatching(/^[A-Z`].+\.$/)]);
      expect([code, remedy]).toEqual([code, expect.stringMatching(/^[A-Z`].+\.$/)]);
    }
  });
});

describe('codes', () => {
  it('are each the name of one thing: no problem is called as a violation is', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('have a status that blames the right side: 422 for what the rules refuse, 5xx for us alone', () => {
    const ours = Object.keys(PROBLEMS).filter((code) => statusOf(code as ProblemCode) >= 500);
    expect(ours).toEqual(['internal', 'too_many_exports', 'too_many_streams', 'unavailable']);
    expect(new Set(Object.keys(VIOLATIONS).map((code) => statusOf(code as ProblemCode)))).toEqual(
      new Set([422]),
    );
  });

  it('of constraints are codes of the API', () => {
    for (const [code, pointer] of Object.values(CONSTRAINTS)) {
      expect(codes).toContain(code);
      expect(titleOf(code)).toMatch(/\.$/);
      expect(pointer ?? '/').toMatch(/^\//);
    }
  });
});
