import { stripVTControlCharacters, styleText } from 'node:util';
import { Refusal } from '../client/answers.js';

/** What a command says: to whoever reads the terminal, or to a script. */
export class Output {
  /** @param json whether a script reads: every line on stdout is then JSON */
  constructor(readonly json: boolean) {}

  /** What was asked for, in either form. */
  give(value: unknown, lines: () => readonly string[]): void {
    process.stdout.write(
      this.json
        ? `${inJson(value)}\n`
        : lines()
            .map((line) => `${line}\n`)
            .join(''),
    );
  }

  /** Over when what was given has left us; never when nobody reads it any more. */
  async left(): Promise<void> {
    await new Promise<void>((resolve) => {
      process.stdout.write('', () => {
        resolve();
      });
    });
  }

  /** What is said beside it, on stderr. */
  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** What went wrong: as JSON, the problem as it came. */
  fail(error: unknown): void {
    if (this.json) this.say(inJson({ error: presentError(error) }));
    else for (const line of linesOf(error)) this.say(line);
  }
}

/** What moves the cursor, colours the screen, or turns the order of the letters around. */
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Text of a record for a terminal: in one line, and without what would move the cursor, colour the screen or turn the order
 * of the letters around.
 */
export function plain(text: string | null): string {
  return stripVTControlCharacters(text ?? '–').replaceAll(STEERING, ' ');
}

/** JSON in a line, in which what would steer a terminal stands escaped: whoever parses it has it back. */
export function inJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(STEERING, (letters) =>
    Array.from(
      letters,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Columns as wide as what is in them. The first row is the head. */
export function presentTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at]))));
  return rows.map((row, at) => {
    const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0));
    const line = cells.join('  ').trimEnd();
    return at === 0 ? styled('dim', line) : line;
  });
}

/** As the terminal allows it: none where there is no terminal, or where NO_COLOR is set. */
export function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A cell filled up with spaces. */
export function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
}

/** Letters with their marks, which take no room of their own. */
const LETTERS = new Intl.Segmenter();

/** What takes the room of two: Chinese, Japanese, Korean, and pictures. */
const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])|\ufe0f$/u;

/** What is not seen by itself, as what says in which direction to read. */
const UNSEEN = /^\p{Cf}+$/u;

function widthOf(cell: string | undefined): number {
  return Array.from(LETTERS.segment(stripVTControlCharacters(cell ?? ''))).reduce(
    (sum, { segment }) => sum + roomOf(segment),
    0,
  );
}

function roomOf(letter: string): number {
  if (UNSEEN.test(letter)) return 0;
  return WIDE.test(letter) ? 2 : 1;
}

function presentError(error: unknown): object {
  if (error instanceof Refusal) return { status: error.status, ...error.problem };
  return { detail: error instanceof Error ? error.message : String(error) };
}

function linesOf(error: unknown): readonly string[] {
  if (!(error instanceof Refusal)) {
    return [plain(error instanceof Error ? error.message : String(error))];
  }
  const { code, errors = [] } = error.problem;
  const head = `${plain(error.message)} (${String(error.status)}${code === undefined ? '' : ` ${plain(code)}`})`;
  return [head, ...errors.map(({ pointer, detail }) => `  ${plain(pointer)}: ${plain(detail)}`)];
}
