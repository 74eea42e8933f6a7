/** When a message is sent again that was not taken: the schedule of the Standard Webhooks convention. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long is waited after each attempt that failed, in milliseconds. The last of ten is the end of it: after 75 hours. */
export const PAUSES: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Up to so much longer, by chance: what failed together does not come again together. */
const JITTER = 0.2;

/** A receiver is left alone for no longer than this, whatever it asks for. */
const LONGEST_REST = 24 * HOUR;

/** A receiver that is not reached is left alone for so long, twice as long each time, and no longer than the other. */
const FIRST_REST = 5 * SECOND;
const LONGEST_UNREACHED = 5 * MINUTE;

/** What became of an attempt. */
export interface Attempt {
  /** Which one it was, from 1 on. */
  readonly number: number;
  /** What the receiver answered; null: nothing. */
  readonly status: number | null;
  /** How long the receiver is to be left alone, in milliseconds; null: it need not be. */
  readonly rest: number | null;
}

/** What follows from an attempt. */
export type Sequel =
  | { readonly state: 'delivered' }
  /** `pause` until it is sent again, and `rest` until anything is sent to the receiver, null: at once; in milliseconds. */
  | { readonly state: 'pending'; readonly pause: number; readonly rest: number | null }
  /** `isGone`: the receiver wants nothing any more. */
  | { readonly state: 'dead'; readonly isGone: boolean; readonly rest: number | null };

/**
 * What follows from an attempt: any 2xx is success, 410 is the end of it all, everything else, redirects too, is tried again.
 * It is never earlier than the receiver is to be left alone.
 *
 * @param chance from 0 up to 1
 * @example
 * // the first attempt failed, and chance says the middle: 5 s + 0.5 × 20% of that
 * sequelOf({ number: 1, status: 500, rest: null }, 0.5); // { state: 'pending', pause: 5_500, rest: null }
 */
export function sequelOf({ number, status, rest }: Attempt, chance: number): Sequel {
  if (status !== null && status >= 200 && status < 300) return { state: 'delivered' };
  const asked = rest === null ? null : Math.min(Math.max(0, rest), LONGEST_REST);
  if (status === 410) return { state: 'dead', isGone: true, rest: null };
  const pause = PAUSES[number - 1];
  if (pause === undefined) return { state: 'dead', isGone: false, rest: asked };
  const jittered = Math.round(pause * (1 + JITTER * chance));
  return { state: 'pending', pause: Math.max(jittered, asked ?? 0), rest: asked };
}

/**
 * How long a receiver is left alone that was not reached, in milliseconds.
 *
 * @param failures how many attempts have failed since the last that did not, from 1 on
 * @example
 * // 5 s × 2 × 2
 * restAfter(3); // 20_000
 */
export function restAfter(failures: number): number {
  return Math.min(FIRST_REST * 2 ** (failures - 1), LONGEST_UNREACHED);
}

/**
 * How long a Retry-After asks to wait, in milliseconds: seconds, or a date. Null when it is neither.
 *
 * @param now by the receiver's own clock where it tells it, milliseconds since 1970 UTC
 */
export function restIn(retryAfter: string | undefined, now: number): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,10}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  // A date of HTTP begins with the day of the week: what else Date would read is none.
  const date = /^[A-Z][a-z]{2,8},? /.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
