/**
 * What the rules refuse, by code. `docs/errors.md` holds the same codes; a test compares the two, both ways.
 */
export const VIOLATIONS = {
  end_before_start: 'An end lies before its start on every reading of the two dates.',
  membership_overlaps: 'Two memberships of one person in one faction certainly overlap.',
  vote_on_equal_date:
    'The voter already has a vote in this vote event that counts from the same instant.',
  voter_not_a_member:
    'A known voter must be a voting member of the motion’s faction on the date of the vote.',
  vote_event_undated: 'A vote event needs a start date, an end date or a meeting.',
  mandate_not_in_force: 'The mandate named is not in force on the date of the stance.',
  mandate_not_applicable:
    'The mandate named is of another merger or was not granted by this participant.',
  basis_mismatch: 'The basis of a stance and the record it rests on do not fit together.',
  percent_on_closed_state: 'Only a planned, in-progress or blocked milestone has a percent.',
  participant_both_or_neither: 'A participant is either a faction or a person.',
  grantor_both_or_neither: 'A mandate is granted either by a faction or by a person.',
  voter_both_or_neither: 'A vote is cast either by a known person or by a name.',
  outcome_without_closing: 'A merger has both an outcome and a closing date, or neither.',
  held_without_start: 'A meeting that was held has a start.',
  estimate_out_of_order: 'An estimate’s days grow from optimistic to pessimistic.',
  quorum_over_all: 'A quorum in percent is at most 100.',
} as const;

export type ViolationCode = keyof typeof VIOLATIONS;

/** A rule of the domain refuses. Thrown by the functions called `assert…` and `require…`; answered as 422. */
export class RuleViolation extends Error {
  override readonly name = 'RuleViolation';

  /**
   * @param code what was refused, one of {@link VIOLATIONS}
   * @param detail one sentence about this case, for the person who tried
   * @param pointer the JSON pointer of the field to correct, where one field is to blame
   */
  constructor(
    readonly code: ViolationCode,
    readonly detail: string,
    readonly pointer?: string,
  ) {
    super(`${code}: ${detail}`);
  }
}
