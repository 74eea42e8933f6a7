import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Snapshot, type Sent } from './snapshot.js';

const BASIS = { scope: null, made: 1, span: null, instant: null };
const BODY = JSON.stringify({ text: 'A merger of factions. '.repeat(200) });

const kept = (body = BODY): Snapshot =>
  new Snapshot(BASIS, body, {
    tag: '"abc"',
    headers: ['content-type', 'application/json', 'vary', 'Accept-Encoding'],
    route: '/',
  });

function headerOf({ headers }: Sent, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}

describe('a kept answer', () => {
  it('is given as it is to who takes no coding, with its length and its tag', () => {
    const sent = kept().answer(undefined, undefined);
    expect([sent.status, sent.body?.toString()]).toEqual([200, BODY]);
    expect(headerOf(sent, 'etag')).toBe('"abc"');
    expect(headerOf(sent, 'content-length')).toBe(String(Buffer.byteLength(BODY)));
    expect(headerOf(sent, 'content-encoding')).toBeUndefined();
  });

  it.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['BR', 'br'],
    ['gzip;q=0, br;q=0', undefined],
    ['*', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['deflate', undefined],
    ['', undefined],
    ['gzip;q=nonsense', undefined],
  ])('is coded for who accepts "%s" as %s, under a tag of its own', (accepted, coding) => {
    const sent = kept().answer(accepted, undefined);
    expect(headerOf(sent, 'content-encoding')).toBe(coding);
    expect(headerOf(sent, 'etag')).toBe(coding === undefined ? '"abc"' : `"abc.${coding}"`);
    const body = sent.body ?? Buffer.alloc(0);
    const plain =
      coding === 'br' ? brotliDecompressSync(body) : coding === 'gzip' ? gunzipSync(body) : body;
    expect(plain.toString()).toBe(BODY);
    expect(headerOf(sent, 'content-length')).toBe(String(body.length));
  });

  it('is not coded when it is short', () => {
    expect(headerOf(kept('{}').answer('gzip, br', undefined), 'content-encoding')).toBeUndefined();
  });

  it.each(['"abc"', 'W/"abc"', '"abc.gzip"', '"other", "abc.br"', '*'])(
    'is not sent again to who has it as %s, in whatever form',
    (tag) => {
      for (const accepted of [undefined, 'gzip', 'br']) {
        const sent = kept().answer(accepted, tag);
        expect([sent.status, sent.body]).toEqual([304, null]);
        expect(headerOf(sent, 'etag')).toMatch(/^"abc(\.gzip|\.br)?"$/);
        expect(headerOf(sent, 'vary')).toBe('Accept-Encoding');
        expect(sent.headers.some((each) => each.startsWith('content-'))).toBe(false);
      }
    },
  );

  it.each(['"abd"', '"abc', 'abc', '"abc.zstd"'])('is sent to who has another one: %s', (tag) => {
    expect(kept().answer(undefined, tag).status).toBe(200);
  });
});
