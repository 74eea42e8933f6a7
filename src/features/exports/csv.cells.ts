/** What a spreadsheet would take for a formula, in wide letters too, or for one that an apostrophe guards. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/**
 * The cell of a value: nothing for null, JSON for lists and objects. Before a text that a spreadsheet would take for a formula stands an
 * apostrophe, and one more before a text that has one there itself: whoever reads takes one off where `docs/export.md` says.
 *
 * @example
 * cellOf('=1+1'); // `'=1+1`
 * cellOf({ a: 1 }); // `"{""a"":1}"`
 */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return quoted(typeof value === 'string' ? guarded(value) : JSON.stringify(value));
}

/** A line of cells, with its end (RFC 4180). */
export function lineOf(values: readonly unknown[]): string {
  return `${values.map(cellOf).join(',')}\r\n`;
}

function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
