import { describe, expect, it } from '@jest/globals';
import { isExtras, MOST_EXTRAS } from './extras.field.js';

/** `{"a":{"b":"…"}}` is 14 bytes without the text. */
function ofBytes(bytes: number): unknown {
  return { a: { b: 'x'.repeat(bytes - 14) } };
}

describe('extras', () => {
  it.each([
    [{}],
    [{ popolo: {} }],
    [{ popolo: { gender: 'male', area: { id: 'area/karachi', names: [1, null, true] } } }],
    [{ 'every-politician_2': { a: null } }],
    [ofBytes(MOST_EXTRAS)],
  ])('may be %j', (value) => {
    expect(isExtras(value)).toBe(true);
  });

  it.each([
    [null],
    ['popolo'],
    [[]],
    [{ gender: 'male' }],
    [{ popolo: [] }],
    [{ popolo: null }],
    [{ Popolo: {} }],
    [{ '': {} }],
    [{ ['x'.repeat(51)]: {} }],
    [Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`o${String(at)}`, {}]))],
    [ofBytes(MOST_EXTRAS + 1)],
    // Two bytes a letter.
    [{ a: { b: 'ä'.repeat(MOST_EXTRAS / 2) } }],
  ])('may not be %j', (value) => {
    expect(isExtras(value)).toBe(false);
  });
});
