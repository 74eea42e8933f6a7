import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWithin } from './seen.js';

describe('one snapshot', () => {
  it.each([
    // 7 was under way and is seen now, 8 is new.
    ['5:8:5,7', '5:9:5', true],
    ['5:8:5,7', '9:9:', true],
    // 6 is seen by the one and under way in the other.
    ['5:8:5', '5:9:5,6', false],
    // Nothing has begun since: whether an embargo ended is not told by it.
    ['8:8:', '8:8:', false],
    ['9:9:', '8:8:', false],
    // 8 had not begun, so it may be under way.
    ['8:8:', '8:9:8', true],
  ])('%s is within %s: %s', (one, other, is) => {
    expect(isWithin(one, other)).toBe(is);
  });

  it('is within another when each transaction that it sees is seen by the other, by counting', () => {
    const snapshot = fc
      .record({
        next: fc.integer({ min: 1, max: 12 }),
        under: fc.uniqueArray(fc.integer({ min: 1, max: 11 })),
      })
      .map(({ next, under }) => ({
        next,
        under: under.filter((id) => id < next).sort((a, b) => a - b),
      }));
    const text = ({ next, under }: { next: number; under: number[] }): string =>
      `${String(under[0] ?? next)}:${String(next)}:${under.join(',')}`;
    fc.assert(
      fc.property(snapshot, snapshot, (one, other) => {
        const sees = (of: typeof one, id: number): boolean =>
          id < of.next && !of.under.includes(id);
        const ids = Array.from({ length: 12 }, (_, at) => at + 1);
        const all = ids.every((id) => !sees(one, id) || sees(other, id));
        expect(isWithin(text(one), text(other))).toBe(all && one.next < other.next);
      }),
    );
  });
});
