import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import type { Problem } from '../../platform/errors/problem.js';
import { MAX_DEPTH } from '../../platform/http/body.parsers.js';
import { LARGEST_ROW, newlinesIn, unreadable } from './file.bytes.js';
import type { ReadRow } from './import.rows.js';
import { readElement } from './popolo.js';

/** What stands in one of the lists at the top of the file. */
interface Element {
  readonly collection: string;
  readonly line: number;
  readonly value: unknown;
}

/**
 * What a file of Popolo holds, element by element; the file as a whole is never in memory.
 *
 * @param scheme whose ids and extras they are
 * @throws Problem `unreadable_file` for what is no JSON, or has an element that is too large
 */
export async function* readPopolo(
  chunks: AsyncIterable<Buffer>,
  scheme: string,
): AsyncGenerator<ReadRow, undefined> {
  const reader = new ElementReader();
  for await (const chunk of chunks)
    for (const { collection, line, value } of reader.read(chunk))
      yield* readElement(collection, value, { line, scheme });
  reader.end();
}

class ElementReader {
  private readonly tokenizer = new Tokenizer();
  private readonly parser = new TokenParser({ paths: ['$.*.*'], keepStack: false });
  private found: Element[] = [];
  private depth = 0;
  /** Where the chunk that is being read begins, of all bytes, and which line that is. */
  private offset = 0;
  private line = 1;
  /** So many bytes of the chunk are before that line's end. */
  private counted = 0;
  private chunk: Buffer = Buffer.alloc(0);
  /** Where the last element began, or else the last token. */
  private startedAt = 0;
  private startedOnLine = 1;

  constructor() {
    this.tokenizer.onToken = ({ token, value, offset }) => {
      this.note(token, offset);
      this.parser.write({ token, value });
    };
    this.parser.onValue = ({ value, stack }) => {
      const collection = String(stack[1]?.key ?? stack[0]?.key ?? '');
      this.found.push({ collection, line: this.startedOnLine, value });
    };
  }

  /** The elements that end in a chunk. */
  read(chunk: Buffer): readonly Element[] {
    this.found = [];
    this.chunk = chunk;
    try {
      this.tokenizer.write(chunk);
    } catch (error) {
      throw this.explained(error);
    }
    this.lineAt(this.offset + chunk.length);
    this.offset += chunk.length;
    this.counted = 0;
    if (this.offset - this.startedAt > LARGEST_ROW)
      throw unreadable('an element is at most 1 MiB', this.startedOnLine);
    return this.found;
  }

  end(): void {
    try {
      this.tokenizer.end();
      if (!this.parser.isEnded) this.parser.end();
    } catch (error) {
      throw this.explained(error);
    }
    if (this.depth > 0 || this.offset === 0) throw unreadable('the JSON is cut off', this.line);
  }

  private note(token: TokenType, offset: number): void {
    const opens = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    if (this.depth <= 2) this.startAt(offset);
    if (this.depth === 0 && token !== TokenType.LEFT_BRACE)
      throw unreadable('the file must be a JSON object of lists', this.lineAt(offset));
    if (opens) this.depth += 1;
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.depth -= 1;
    if (this.depth > MAX_DEPTH)
      throw unreadable('the JSON is nested too deeply', this.lineAt(offset));
  }

  private startAt(offset: number): void {
    this.startedAt = offset;
    this.startedOnLine = this.lineAt(offset);
  }

  /** The line of a byte; asked in their order. */
  private lineAt(offset: number): number {
    const to = Math.max(offset - this.offset, this.counted);
    this.line += newlinesIn(this.chunk, to, this.counted);
    this.counted = to;
    return this.line;
  }

  private explained(error: unknown): Problem | Error {
    if (error instanceof Error && error.name === 'Problem') return error;
    return unreadable('the file is not JSON, or is cut off', this.line);
  }
}
