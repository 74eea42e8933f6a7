/** Until when an answer about a merger holds by the same facts. */
import { DAY, dayOf, endOf, isPartialDate, startOf } from './dates.js';
import type { MergerFacts } from './facts.js';
import { STALLED_DAYS } from './phase.js';

/**
 * The first instant after `at` at which time alone may change what the rules say: the next midnight in UTC, for days begin
 * and end then, and forecasts are in whole days; or an instant that the facts give to the minute, or the end of the time
 * after which a merger has stalled since one.
 *
 * Every date in the facts counts, whatever it is of: too early an end costs a look, too late a one would be an error.
 *
 * @param at milliseconds since 1970 UTC, like the result
 * @example
 * // a meeting at 18:00 in Karachi
 * new Date(holdsUntil(facts, Date.parse('2022-12-28T08:00Z'))).toISOString(); // '2022-12-28T13:00:00.000Z'
 */
export function holdsUntil(facts: MergerFacts, at: number): number {
  let until = (dayOf(at) + 1) * DAY;
  for (const date of instantsIn(facts)) {
    const start = startOf(date);
    for (const boundary of [start, endOf(date), start + STALLED_DAYS * DAY]) {
      if (boundary > at && boundary < until) until = boundary;
    }
  }
  return until;
}

/** Every text in the facts that is a date with a time of day. */
function* instantsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (value.charAt(10) === 'T' && isPartialDate(value)) yield value;
  } else if (value !== null && typeof value === 'object') {
    for (const each of Object.values(value)) yield* instantsIn(each);
  }
}
