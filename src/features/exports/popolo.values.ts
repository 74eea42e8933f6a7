/** Values of ours as Popolo 1.0.1 takes them, each with whether it says all that ours says. */
import { endOf, startOf } from '../../domain/dates.js';

/** A value in Popolo's words. */
export interface Said {
  readonly value: unknown;
  /** Whether our value can be read from it again. */
  readonly isExact: boolean;
}

const DAY_LENGTH = '2022-12-28'.length;

// Instants with their seconds, which may have a fraction; RFC 3339, as JSON Schema's date-time.
const WHOLE_INSTANT = /T\d{2}:\d{2}:\d{2}/;

// What stands in a URI without an escape, but for what parts it (RFC 3986).
const IN_URI = "\\w\\-.~:/?@!$&'()*+,;=";
const URI = new RegExp(`^[${IN_URI}%]*(#[${IN_URI}%]*)?$`);
const NOT_IN_URI = new RegExp(`[^${IN_URI}%]|%(?![\\da-fA-F]{2})`, 'gu');

/** A value that Popolo takes as it is. */
export function exactly(value: unknown): Said {
  return { value, isExact: true };
}

/** A date of which Popolo wants no time of day: of an instant, the day as it was written. */
export function day(date: string): Said {
  return { value: date.slice(0, DAY_LENGTH), isExact: date.length <= DAY_LENGTH };
}

/** A date or an instant, to the second. */
export function time(date: string): Said {
  const value = date.replace(/\.\d+/, '');
  return { value, isExact: value === date };
}

/** The instant at which a date begins, where Popolo wants an instant: a fact counts from there. */
export function beginning(date: string): Said {
  return instant(date, startOf(date));
}

/** The last second of a date, where Popolo wants an instant. */
export function ending(date: string): Said {
  return instant(date, endOf(date) - 1_000);
}

function instant(date: string, milliseconds: number): Said {
  if (WHOLE_INSTANT.test(date)) return exactly(date);
  const value = date.includes('T')
    ? date.replace(/T\d{2}:\d{2}/, '$&:00')
    : new Date(milliseconds).toISOString().replace('.000', '');
  return { value, isExact: false };
}

/** An address in the letters that a URI may have. */
export function address(url: string): Said {
  if (URI.test(url) && !/%(?![\da-fA-F]{2})/.test(url)) return exactly(url);
  const { href } = new URL(url);
  const path = href.indexOf('/', href.indexOf('//') + 2);
  const [before = '', ...after] = href.slice(path).split('#');
  const hash = after.length === 0 ? '' : `#${escaped(after.join('#'))}`;
  return { value: href.slice(0, path) + escaped(before) + hash, isExact: false };
}

function escaped(part: string): string {
  return part.replace(NOT_IN_URI, encodeURIComponent);
}
