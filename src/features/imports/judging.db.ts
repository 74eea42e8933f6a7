/** How statements name the rows that are still to be judged, and refuse them. */
import type { ProblemCode } from '../../platform/errors/problem.js';
import type { ViolationCode } from '../../domain/violation.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';

/** The rows of a kind in an import, $1, that nothing has been said of. */
export function open({ type }: RecordDefinition, alias = 'staged'): string {
  return `${alias}.import_id = $1::uuid AND ${alias}.kind = '${type}' AND ${alias}.outcome IS NULL`;
}

/** What a statement sets to refuse a row; pointer and detail are SQL. */
export function refusing(
  code: ProblemCode | ViolationCode,
  pointer: string,
  detail: string,
): string {
  return `outcome = 'refused', problems = staged.problems
    || jsonb_build_array(jsonb_build_object('code', '${code}', 'pointer', ${pointer}, 'detail', ${detail}))`;
}

/** The records that several rows are, and the first of these. */
export function severalOf(definition: RecordDefinition): string {
  return `SELECT one.record_id, min(one.nth) AS nth, min(one.line) AS line FROM import_staging AS one
    WHERE ${open(definition, 'one')} AND one.record_id IS NOT NULL GROUP BY one.record_id HAVING count(*) > 1`;
}
