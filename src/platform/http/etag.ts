import { hash } from 'node:crypto';
import { Problem } from '../errors/problem.js';

/** The strong ETag of a record at a version. */
export function versionTag(version: number): string {
  return `"v${String(version)}"`;
}

/** The strong ETag of any other answer: a digest of its bytes. */
export function contentTag(content: string): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}"`;
}

/** Whether an If-None-Match holds the tag. Weak comparison, as RFC 9110 wants for reading. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}

/** What a write expects of the record: any version, or one of some. */
export type Precondition = 'any' | ReadonlySet<number>;

/**
 * Reads If-Match.
 *
 * @throws Problem `precondition_required` without one
 */
export function readPrecondition(header: string | undefined): Precondition {
  if (header === undefined || header.trim() === '') {
    throw new Problem(
      'precondition_required',
      'Send If-Match with the ETag of the record that you saw.',
    );
  }
  if (header.trim() === '*') return 'any';
  const versions = [...header.matchAll(/(?:^|,)\s*"v(\d{1,9})"/g)].map((match) => Number(match[1]));
  return new Set(versions);
}
