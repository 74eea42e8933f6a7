/** An answer, as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Reads answers out of the bytes of a connection on which one request at a time is asked. */
export class AnswerReader {
  private pending: Buffer = NOTHING;

  /**
   * Takes what has arrived; returns the answer once it is complete.
   *
   * @throws Error when the length is not told, or when there is more than one answer
   */
  push(chunk: Buffer): Answer | undefined {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      this.pending = bytes;
      return undefined;
    }
    const head = bytes.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const total = end + 4 + lengthOf(head, status);
    if (bytes.length < total) {
      this.pending = bytes;
      return undefined;
    }
    if (bytes.length > total) throw new Error(`There is more than an answer: ${head}`);
    this.pending = NOTHING;
    return { status, head, body: bytes.subarray(end + 4) };
  }
}

/** A header of an answer. */
export function headerOf({ head }: Answer, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trimEnd();
}

function lengthOf(head: string, status: number): number {
  if (status === 304 || status === 204) return 0;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) throw new Error(`The answer does not tell its length: ${head}`);
  return Number(length);
}
