/** Reads a table (RFC 4180) as docs/export.md says; written without a look at how it is made. */

/** The cells of each line, with the apostrophe of a guarded cell taken off. */
export function readTable(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let [line, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
  const endCell = (): void => {
    line.push(/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') cell += text.charAt((at += 1));
      else isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === ',') endCell();
    else if (letter === '\r' && text.charAt(at + 1) === '\n') {
      endCell();
      lines.push(line);
      line = [];
      at += 1;
    } else cell += letter;
  }
  if (isQuoted || cell !== '' || line.length > 0) throw new Error('the table is cut off');
  return lines;
}
