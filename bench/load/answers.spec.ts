import { expect, test } from '@jest/globals';
import { AnswerReader, headerOf } from './answers.js';

const BODY = '{"name":"Siddiqui"}';
const FULL = `HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: ${String(BODY.length)}\r\n\r\n${BODY}`;
const KNOWN = 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n';

test('an answer is read wherever it is cut, and the next one after it', () => {
  for (let cut = 1; cut < FULL.length; cut += 1) {
    const reader = new AnswerReader();
    expect(reader.push(Buffer.from(FULL.slice(0, cut)))).toBeUndefined();
    const answer = reader.push(Buffer.from(FULL.slice(cut)));
    expect([answer?.status, answer?.body.toString()]).toEqual([200, BODY]);
    expect(reader.push(Buffer.from(KNOWN))).toMatchObject({ status: 304 });
  }
});

test('a header is found in any case of its name', () => {
  const [full, known] = [FULL, KNOWN].map((text) => new AnswerReader().push(Buffer.from(text)));
  expect(full && headerOf(full, 'etag')).toBe('"a"');
  expect(known && headerOf(known, 'ETag')).toBe('"a"');
  expect(known && headerOf(known, 'x-nothing')).toBeUndefined();
});

test('two answers to one request, and one of unknown length, are refused', () => {
  expect(() => new AnswerReader().push(Buffer.from(FULL + KNOWN))).toThrow('more than an answer');
  const endless = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  expect(() => new AnswerReader().push(endless)).toThrow('does not tell its length');
});
