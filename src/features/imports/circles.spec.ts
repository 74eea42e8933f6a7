import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beneath, inCircles, type Link } from './circles.js';

/** By walking up from each: as many steps as there are links lead back to it, or none do. */
function walked(above: ReadonlyMap<string, string>): ReadonlySet<string> {
  const isAboveItself = (start: string): boolean => {
    let at = above.get(start);
    for (let steps = 0; steps < above.size && at !== start; steps += 1) at = above.get(at ?? '');
    return at === start;
  };
  return new Set([...above.keys()].filter(isAboveItself));
}

describe('what stands above itself', () => {
  it.each([
    ['nothing, in a chain', { a: 'b', b: 'c' }, []],
    ['what names itself', { a: 'a', b: 'a' }, ['a']],
    ['two that name each other, not what stands beneath', { c: 'a', a: 'b', b: 'a' }, ['a', 'b']],
    ['each of two circles', { a: 'b', b: 'a', c: 'd', d: 'c' }, ['a', 'b', 'c', 'd']],
  ])('is %s', (_, links, expected) => {
    expect([...inCircles(new Map(Object.entries(links)))].toSorted()).toEqual(expected);
  });

  it('is what comes back to itself, of any links', () => {
    const node = fc.nat(9).map(String);
    fc.assert(
      fc.property(fc.array(fc.tuple(node, node)), (pairs) => {
        const links = new Map(pairs);
        expect(inCircles(links)).toEqual(walked(links));
      }),
      { seed: 20_221_228 },
    );
  });

  it('is found in a chain of a hundred thousand as in a short one', () => {
    const links = Array.from({ length: 100_000 }, (_, at) => [String(at), String(at + 1)] as const);
    expect(inCircles(new Map(links)).size).toBe(0);
    expect(inCircles(new Map([...links, ['100000', '0']])).size).toBe(100_001);
  });
});

describe('what stands beneath', () => {
  const link = (nth: number, id: string | null, above: string): Link => ({ nth, id, above });

  it('is found through however many, each once, and through no record that stays', () => {
    const links = [
      link(1, 'a', 'top'),
      link(2, 'b', 'a'),
      link(2, 'b', 'top'),
      link(3, null, 'b'),
      link(4, 'd', 'c'),
      link(5, 'a2', 'b'),
      link(6, 'c2', 'a2'),
    ];
    expect(new Set(beneath(['top'], links))).toEqual(new Set([1, 2, 3, 5, 6]));
    expect(beneath([], links)).toEqual([]);
  });

  it('ends where it comes back to itself', () => {
    expect(beneath(['a'], [link(1, 'b', 'a'), link(2, 'a', 'b')])).toHaveLength(2);
  });
});
