import { expect, test } from '@jest/globals';
import { MessageCounter } from './round.trips.js';

/** A message as Postgres writes it: the length counts itself. */
function message(type: string, content: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

test('messages of a type are counted wherever they are cut, whatever others contain', () => {
  const bytes = Buffer.concat([
    message('T', 'ZZZZZ'),
    message('D', 'Z\0\0\0\x05I'),
    message('Z', 'I'),
    message('Z', 'T'),
  ]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const counter = new MessageCounter('Z'.charCodeAt(0));
    const found = counter.push(bytes.subarray(0, cut)) + counter.push(bytes.subarray(cut));
    expect([cut, found]).toEqual([cut, 2]);
  }
});
