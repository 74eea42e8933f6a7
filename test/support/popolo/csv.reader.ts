/** Reads a table (RFC 4180) as docs/export.md says; written without a look at how it is made. */

/** A cell, and what parts it from the next: a comma, or the end of its line. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;

/**
 * The cells of each line, with the apostrophe of a guarded cell taken off.
 *
 * @throws Error when the text is no table, or the last line has no end
 */
export function readTable(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (CELL.lastIndex = 0; CELL.lastIndex < text.length;) {
    const found = CELL.exec(text);
    if (!found) throw new Error('the table is cut off');
    const [, quoted, bare = '', end] = found;
    line.push(unguarded(quoted?.replaceAll('""', '"') ?? bare));
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  if (line.length > 0) throw new Error('the table is cut off');
  return lines;
}

function unguarded(cell: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell;
}
