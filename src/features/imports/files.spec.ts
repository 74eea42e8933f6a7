import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { resources } from '../resources.js';
import { readCsv } from './csv.file.js';
import { bytesOf, LARGEST_ROW } from './file.bytes.js';
import { isOurs, keyOf } from './file.ids.js';
import { readNdjson } from './ndjson.file.js';
import { readPopolo } from './popolo.file.js';

/** A stream of bytes, parted at these places, whatever they part. */
function partedAt(bytes: Buffer, places: readonly number[]): Readable {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return Readable.from(
    [0, ...sorted].map((from, at) => bytes.subarray(from, sorted[at] ?? bytes.length)),
  );
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const places = fc.array(fc.nat(400), { maxLength: 20 });
const person = fc.record({ id: fc.uuid(), name: fc.string({ unit: 'grapheme' }) });

describe('a file', () => {
  it('is read the same however it is parted, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 8 }),
        places,
        fc.boolean(),
        async (people, at, packed) => {
          const text = people
            .map((each) => JSON.stringify({ recordType: 'people', ...each }))
            .join('\n');
          const bytes = packed ? gzipSync(text) : Buffer.from(text);
          const rows = await all(
            readNdjson(bytesOf(partedAt(bytes, at), packed ? 'gzip' : undefined)),
          );
          expect(rows.map(({ line, key, body }) => [line, key, body['name']])).toEqual(
            people.map(({ id, name }, nth) => [nth + 1, id, name]),
          );
        },
      ),
      { seed: 20_221_228 },
    );
  });

  it('of Popolo tells each element with its line, however it is parted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 8 }),
        places,
        fc.boolean(),
        async (persons, at, isPretty) => {
          const text = JSON.stringify({ meta: {}, persons }, null, isPretty ? 1 : 0);
          const rows = await all(
            readPopolo(bytesOf(partedAt(Buffer.from(text), at), undefined), 'x'),
          );
          // {, meta, persons, and then four lines for each: {, id, name, }.
          expect(rows.map(({ line, key }) => [line, key])).toEqual(
            persons.map(({ id }, nth) => [isPretty ? 4 + 4 * nth : 1, id]),
          );
        },
      ),
      { seed: 20_221_228 },
    );
  });

  it.each([
    [Buffer.from([0x61, 0x0a, 0xff]), 2],
    [Buffer.from([0x61, 0x0a, 0x0a, 0xc3]), 3],
    [Buffer.from([0xed, 0xa0, 0x80, 0x0a]), 1],
    [Buffer.from([0xc3, 0x28]), 1],
  ])('that is no UTF-8 is refused with the line: %j', async (bytes, line) => {
    for (const places of [[], [1], [1, 2, 3]])
      await expect(all(bytesOf(partedAt(bytes, places), undefined))).rejects.toMatchObject({
        code: 'unreadable_file',
        extra: { line },
      });
  });
});

const people = resources.find(({ type }) => type === 'people');
if (!people) throw new Error('there are no people');

/** What reads each format, and how a file begins that has no end. */
const ENDLESS = [
  ['a line of ours', readNdjson, '{"recordType":"people","name":"', 'x'],
  ['blanks in a line', readNdjson, '{', ' '],
  ['brackets in a line', readNdjson, '', '['],
  ['a value of Popolo', (chunks) => readPopolo(chunks, 'x'), '{"persons":[{"name":"', 'x'],
  ['a number of Popolo', (chunks) => readPopolo(chunks, 'x'), '{"persons":[{"age":1', '1'],
  ['the name of a member', (chunks) => readPopolo(chunks, 'x'), '{"persons":[{"', 'x'],
  ['blanks in an element', (chunks) => readPopolo(chunks, 'x'), '{"persons":[{', ' '],
  ['members of an element', (chunks) => readPopolo(chunks, 'x'), '{"persons":[{"a":1', ',"a":1'],
  ['brackets in an element', (chunks) => readPopolo(chunks, 'x'), '{"persons":[', '['],
  ['the name of a list', (chunks) => readPopolo(chunks, 'x'), '{"', 'x'],
  ['a cell', (chunks) => readCsv(chunks, people), 'name\n"', 'x'],
  ['cells in a line', (chunks) => readCsv(chunks, people), 'name\n', ','],
  ['columns', (chunks) => readCsv(chunks, people), 'name', ',name'],
] as const satisfies readonly (readonly [
  string,
  (chunks: AsyncIterable<Buffer>) => AsyncIterable<unknown>,
  string,
  string,
])[];

describe('a file without an end', () => {
  it.each(ENDLESS)('is given up early: %s', async (_, read, begin, more) => {
    let taken = 0;
    function* chunks(): Generator<Buffer, undefined> {
      for (let chunk = Buffer.from(begin); ; chunk = Buffer.from(more.repeat(8_000))) {
        taken += chunk.length;
        // Without it nothing would end this test.
        if (taken > 10 * LARGEST_ROW) return;
        yield chunk;
      }
    }
    await expect(all(read(bytesOf(Readable.from(chunks()), undefined)))).rejects.toMatchObject({
      code: 'unreadable_file',
    });
    expect(taken).toBeLessThan(2 * LARGEST_ROW);
  });
});

describe('an id of a file', () => {
  it('is itself where it is a UUID, else one that is made of it, the same each time and none of ours', () => {
    const theirs = '9BA66D41-8e30-431f-8fcb-36eedb43f3bd';
    expect(keyOf(theirs)).toBe(theirs.toLowerCase());
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(keyOf(one) === keyOf(other)).toBe(one === other);
        expect(isOurs(keyOf(one))).toBe(false);
        expect(keyOf(one)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
      { seed: 20_221_228 },
    );
  });
});
