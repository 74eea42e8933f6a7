import { VIOLATIONS, type ViolationCode } from '../../domain/violation.js';

/**
 * Every problem that the API answers with, beside the violations of the domain: its status and its meaning.
 * `docs/errors.md` holds the same codes; a test compares the two, both ways.
 */
export const PROBLEMS = {
  malformed_json: [400, 'The body is not JSON, or JSON with a forbidden key.'],
  validation_failed: [
    400,
    'The body or the query has fields that are unknown, read-only, missing or wrong; each is listed.',
  ],
  unreadable_file: [400, 'The file cannot be read; the problem says on which line.'],
  invalid_cursor: [400, 'The cursor was not made by this list with these filters.'],
  reason_required: [400, 'This needs a reason in the X-Reason header.'],
  bad_request: [400, 'The request cannot be understood.'],
  unauthorized: [401, 'The key is missing, unknown or revoked.'],
  forbidden: [403, 'The key’s role does not allow this.'],
  not_found: [404, 'There is nothing at this address.'],
  request_timeout: [408, 'The request did not come to its end in time.'],
  still_referenced: [409, 'Other records refer to this one: they go first.'],
  repeated_in_file: [409, 'An earlier row of the file is the same record.'],
  matches_several: [409, 'The row has the identifiers of several records.'],
  id_taken: [409, 'The id belonged to a record of another kind, or to one that was purged.'],
  slug_taken: [409, 'Another record has this slug.'],
  participant_exists: [409, 'The faction or person already takes part in this merger.'],
  announcement_exists: [409, 'A merger has exactly one announcement.'],
  attendance_exists: [409, 'The person’s attendance at this meeting is already recorded.'],
  succession_exists: [409, 'The merger’s succession is already recorded.'],
  idempotency_key_spent: [409, 'What was made under this Idempotency-Key has been purged.'],
  idempotency_key_in_use: [409, 'A request with this Idempotency-Key is still running.'],
  merge_clashes: [
    409,
    'The two records cannot be made one, or two again: what stands in the way is listed.',
  ],
  still_merged: [409, 'The record is part of a merge that holds: undo the merge.'],
  not_retracted: [409, 'The record is not retracted: there is nothing to restore.'],
  webhook_disabled: [409, 'The webhook is not enabled: nothing is sent to it.'],
  retracted: [410, 'The record was retracted; the problem says when and why.'],
  merge_undone: [410, 'The merge was undone.'],
  stale: [
    412,
    'The record was changed since the version in If-Match; the fields in conflict are listed.',
  ],
  body_too_large: [413, 'The body is larger than 1 MiB.'],
  unsupported_media_type: [415, 'The body is of a type that this address does not take.'],
  reference_not_found: [422, 'A field names a record that does not exist, or is of another kind.'],
  reference_retracted: [422, 'A field names a record that was retracted.'],
  reference_of_another_merger: [422, 'A field names a record that belongs to another merger.'],
  cycle: [
    422,
    'The record would stand above itself: parents, sources and dependencies form no circle.',
  ],
  announcement_required: [
    422,
    'A merger keeps its one announcement: it cannot be retracted, purged or made something else.',
  ],
  unknown_citation_field: [422, 'The cited record has no such field.'],
  unknown_version: [422, 'The record never had this version.'],
  idempotency_key_reused: [422, 'The Idempotency-Key was sent with another body before.'],
  constraint_violated: [422, 'The database refuses the row.'],
  precondition_required: [428, 'Changing a record needs If-Match with its ETag.'],
  too_many_requests: [429, 'There were too many requests from this address or with this key.'],
  internal: [500, 'A bug of ours.'],
  too_many_exports: [503, 'This instance makes as many exports as it can.'],
  too_many_streams: [503, 'This instance has as many streams as it takes.'],
  unavailable: [
    503,
    'The database does not answer or is too busy, or the service is being stopped. Nothing is half stored; repeat a write with its Idempotency-Key, or look first.',
  ],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One bad field: where, and what is wrong with it. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal with an HTTP status: thrown anywhere above the domain, answered as RFC 9457 problem+json. */
export class Problem extends Error {
  override readonly name = 'Problem';

  /**
   * @param extra further members of the problem, such as `errors`
   */
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** A 400 that lists the bad fields. */
export function invalid(errors: readonly FieldError[]): Problem {
  const fields = errors.length === 1 ? 'One field is' : `${String(errors.length)} fields are`;
  return new Problem('validation_failed', `${fields} wrong.`, { errors });
}

/** The status that a code is answered with. */
export function statusOf(code: ProblemCode | ViolationCode): number {
  return isProblemCode(code) ? PROBLEMS[code][0] : 422;
}

/** The meaning of a code, in a sentence. */
export function titleOf(code: ProblemCode | ViolationCode): string {
  return isProblemCode(code) ? PROBLEMS[code][1] : VIOLATIONS[code];
}

function isProblemCode(code: string): code is ProblemCode {
  return code in PROBLEMS;
}
