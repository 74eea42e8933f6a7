import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { MAX_DEPTH, isDeeper } from '../../platform/http/body.parsers.js';
import { LARGEST_ROW, unreadable } from './file.bytes.js';
import { idIn, objectIn } from './file.values.js';
import type { ReadRow } from './import.rows.js';

/**
 * The records of a file of ours: one a line, `{"recordType": …}` and its fields.
 *
 * @throws Problem `unreadable_file` for a line that is no JSON or too long
 */
export async function* readNdjson(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<ReadRow, undefined> {
  for await (const { line, text } of linesOf(chunks)) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw unreadable('there is no JSON in it', line);
    }
    if (isDeeper(value, MAX_DEPTH)) throw unreadable('the JSON is nested too deeply', line);
    yield recordIn(value, line);
  }
}

/**
 * A record as our files have it. A citation is known by its other two fields, since over the API `recordType` is what it is about;
 * in a file of ours that is `citedType`.
 *
 * @throws Problem `unreadable_file` for what is of no kind
 */
export function recordIn(value: unknown, line: number): ReadRow {
  const { recordType, id, ...body } = objectIn(value);
  const key = idIn(id);
  if ('sourceId' in body && 'recordId' in body) {
    const { citedType = recordType, ...citation } = body;
    return { line, kind: 'citations', key, body: { ...citation, recordType: citedType } };
  }
  const kind = RECORD_TYPES.find((type) => type === recordType);
  if (kind !== undefined) return { line, kind, key, body };
  throw unreadable(`recordType must be one of ${RECORD_TYPES.join(', ')}`, line);
}

async function* linesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly line: number; readonly text: string }, undefined> {
  let [line, rest] = [1, Buffer.alloc(0)];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end);
      yield { line, text: textOf(rest.length === 0 ? piece : Buffer.concat([rest, piece]), line) };
      [line, from, rest] = [line + 1, end + 1, Buffer.alloc(0)];
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    refuseLong(rest.length, line);
  }
  yield { line, text: textOf(rest, line) };
}

function textOf(bytes: Buffer, line: number): string {
  refuseLong(bytes.length, line);
  const text = bytes.toString('utf8');
  return line === 1 ? text.replace(/^\uFEFF/, '') : text;
}

function refuseLong(length: number, line: number): void {
  if (length > LARGEST_ROW) throw unreadable('a record is at most 1 MiB', line);
}
