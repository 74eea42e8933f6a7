import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { Problem } from '../../platform/errors/problem.js';

/** What one row may have, in bytes or characters: a body over the API has as many. */
export const LARGEST_ROW = 1024 * 1024;

/** What is unpacked may be so many times larger than what was sent, once there is a megabyte of it. */
const MOST_UNPACKED = 200;
const UNSUSPICIOUS = 1024 * 1024;

/** A file that cannot be read on. */
export function unreadable(detail: string, line: number): Problem {
  return new Problem('unreadable_file', `Line ${String(line)}: ${detail}`, { line });
}

/**
 * The bytes of a file, unpacked, once they are known to be UTF-8 as far as they go.
 *
 * @throws Problem `unsupported_media_type`, `unreadable_file`; whatever breaks the connection
 */
export async function* bytesOf(
  sent: Readable,
  encoding: string | undefined,
): AsyncGenerator<Buffer, undefined> {
  const check = utf8Check();
  for await (const chunk of unpacked(sent, encoding)) {
    check(chunk);
    yield chunk;
  }
  check(null);
}

function unpacked(sent: Readable, encoding = 'identity'): AsyncIterable<Buffer> {
  if (encoding === 'identity') return chunksOf(sent);
  if (encoding === 'gzip') return gunzipped(sent);
  throw new Problem('unsupported_media_type', 'Content-Encoding is gzip or left out.');
}

/** Whoever stops reading leaves the request as it is: it is still to be answered. */
function chunksOf(stream: Readable): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }) };
}

async function* gunzipped(sent: Readable): AsyncGenerator<Buffer, undefined> {
  const gunzip = createGunzip();
  sent.once('error', (error) => gunzip.destroy(error));
  sent.pipe(gunzip);
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(gunzip)) {
      bytes += chunk.length;
      refuseBomb(gunzip, bytes);
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) throw unreadable('the file is not gzip, or is cut off', 1);
    throw error;
  } finally {
    sent.unpipe(gunzip);
    gunzip.destroy();
  }
}

function refuseBomb(gunzip: Gunzip, bytes: number): void {
  if (bytes < UNSUSPICIOUS || bytes < MOST_UNPACKED * gunzip.bytesWritten) return;
  throw new Problem(
    'unreadable_file',
    `The file unpacks to more than ${String(MOST_UNPACKED)} times its size.`,
  );
}

/** Of Node's own, which may run us in a context apart. */
function isZlibError(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}

/** Asks of chunk after chunk that they are UTF-8; a character may be parted by two. Null: there are no more. */
function utf8Check(): (chunk: Buffer | null) => void {
  let [line, rest] = [1, Buffer.alloc(0)];
  return (chunk) => {
    const bytes = chunk === null ? rest : Buffer.concat([rest, chunk]);
    const whole = chunk === null ? bytes.length : wholeCharacters(bytes);
    const known = bytes.subarray(0, whole);
    if (!isUtf8(known)) throw unreadable('the text is not UTF-8', line + linesBeforeFault(known));
    line += newlinesIn(known, known.length);
    rest = bytes.subarray(whole);
  };
}

/** How many of the bytes make whole characters: a sequence that has begun within the last three may go on. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function linesBeforeFault(bytes: Buffer): number {
  let [lines, from] = [0, 0];
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    if (!isUtf8(bytes.subarray(from, end))) return lines;
    [lines, from] = [lines + 1, end + 1];
  }
  return lines;
}

/** The line breaks in the first so many bytes, from another one on. */
export function newlinesIn(bytes: Uint8Array, end: number, from = 0): number {
  let lines = 0;
  for (let at = bytes.indexOf(10, from); at >= 0 && at < end; at = bytes.indexOf(10, at + 1))
    lines += 1;
  return lines;
}
