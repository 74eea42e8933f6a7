/**
 * Partial dates: kept as they were given, compared by the span of time that they cover. Instants are milliseconds since
 * 1970-01-01T00:00Z, spans are half-open, all in UTC. `prisma/migrations` holds the same functions in SQL
 * (`span_start`, `span_end`); an end-to-end test compares the two.
 */
import type { PartialDate } from './facts.js';

export const DAY = 86_400_000;

/** A half-open span of time `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/**
 * Whether the text is a date that exists: a year (0001 to 9999), a month, a day, or an instant with an offset, to the
 * millisecond at most.
 *
 * @example
 * isPartialDate('2023-02-29'); // false: 2023 is no leap year
 * isPartialDate('2022-12-28T20:00+05:00'); // true
 */
export function isPartialDate(text: string): boolean {
  const match = DATE.exec(text) ?? INSTANT.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return midnight(year, month, day) < midnight(year, month + 1, 1);
}

/**
 * The span that a date covers: its year, month or day; an instant covers one millisecond.
 *
 * @example
 * spanOf('2023-01'); // 2023-01-01T00:00Z to 2023-02-01T00:00Z
 * @throws RangeError when the text is no partial date
 */
export function spanOf(date: PartialDate): Span {
  if (!isPartialDate(date)) throw new RangeError(`not a partial date: ${JSON.stringify(date)}`);
  const match = DATE.exec(date);
  if (!match) {
    const instant = Date.parse(date);
    return { start: instant, end: instant + 1 };
  }
  const year = Number(match[1]);
  if (match[2] === undefined) {
    return { start: midnight(year, 1, 1), end: midnight(year + 1, 1, 1) };
  }
  const month = Number(match[2]);
  if (match[3] === undefined) {
    return { start: midnight(year, month, 1), end: midnight(year, month + 1, 1) };
  }
  const start = midnight(year, month, Number(match[3]));
  return { start, end: start + DAY };
}

/** The first instant of a date's span: a fact counts from here. */
export function startOf(date: PartialDate): number {
  return spanOf(date).start;
}

/** The first instant after a date's span: an end date is the last day included. */
export function endOf(date: PartialDate): number {
  return spanOf(date).end;
}

/**
 * The instant that an `asOf` or `knownAt` means: the last of its span, so that a fact of that very day counts.
 *
 * @example
 * new Date(instantMeant('2022-12-28')).toISOString(); // '2022-12-28T23:59:59.999Z'
 */
export function instantMeant(date: PartialDate): number {
  return endOf(date) - 1;
}

/** Whether a fact of this date counts at `at`: from the first instant of its span. */
export function hasBegun(date: PartialDate, at: number): boolean {
  return startOf(date) <= at;
}

/** Whether `at` lies in the time from a start to an end; a missing one is open. */
export function isDuring(
  at: number,
  startDate: PartialDate | null,
  endDate: PartialDate | null,
): boolean {
  return (
    (startDate === null || startOf(startDate) <= at) && (endDate === null || at < endOf(endDate))
  );
}

/** A time between two partial dates, the last one included; a missing date is open. */
export interface Period {
  readonly startDate: PartialDate | null;
  readonly endDate: PartialDate | null;
}

/**
 * Whether two periods overlap on every reading of their dates. The latest reading of a start is the last day of its
 * span, the earliest reading of an end is the first day of its span, to its end.
 *
 * @example
 * // one ended some time in 2022, the other began some time in 2022: perhaps they overlap, not certainly
 * overlapCertainly({ startDate: null, endDate: '2022' }, { startDate: '2022', endDate: null }); // false
 */
export function overlapCertainly(one: Period, other: Period): boolean {
  return (
    latestStart(one.startDate) < earliestEnd(other.endDate) &&
    latestStart(other.startDate) < earliestEnd(one.endDate)
  );
}

/**
 * Whether an end lies before its start on every reading of the two.
 *
 * @example
 * endsBeforeItStarts('2023-01-12', '2023'); // false: 2023 may mean its last day
 */
export function endsBeforeItStarts(
  startDate: PartialDate | null,
  endDate: PartialDate | null,
): boolean {
  return startDate !== null && endDate !== null && endOf(endDate) <= startOf(startDate);
}

/** The UTC day of an instant, as days since 1970-01-01. */
export function dayOf(instant: number): number {
  return Math.floor(instant / DAY);
}

/** The date of a UTC day. @example dateOfDay(19354) // '2022-12-28' */
export function dateOfDay(day: number): PartialDate {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

function latestStart(date: PartialDate | null): number {
  if (date === null) return -Infinity;
  const { start, end } = spanOf(date);
  return end - start > DAY ? end - DAY : start;
}

function earliestEnd(date: PartialDate | null): number {
  if (date === null) return Infinity;
  const { start, end } = spanOf(date);
  return Math.min(start + DAY, end);
}

/** Midnight UTC; a month of 13 is the next January. Years below 100 are years, not 19xx. */
function midnight(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day);
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
