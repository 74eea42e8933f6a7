import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceLink } from './facts.js';
import { rootsOf } from './roots.js';

const link = (id: string, derivedFromId: string | null, publisher: string | null): SourceLink => ({
  id,
  derivedFromId,
  publisher,
});
const count = (ids: readonly string[], lineage: readonly SourceLink[]): number =>
  new Set(rootsOf(ids, lineage).values()).size;

describe('the roots of sources', () => {
  it.each([
    ['two papers', [link('a', null, 'Dawn'), link('b', null, 'ARY')], 2],
    ['two without a publisher', [link('a', null, null), link('b', null, null)], 2],
    ['two whose publisher is a blank', [link('a', null, ' '), link('b', null, '')], 2],
    ['an original and its copy', [link('a', null, 'Dawn'), link('b', 'a', 'A blog')], 1],
    [
      'a copy and a translation',
      [link('a', 'c', 'X'), link('b', 'c', 'Y'), link('c', null, 'Z')],
      1,
    ],
    ['two reports of one paper', [link('a', null, 'ARY News'), link('b', null, ' ary  NEWS')], 1],
    // a derives from c of Dawn, b is another report of Dawn.
    [
      'a copy and its origin’s other report',
      [link('a', 'c', 'X'), link('b', null, 'Dawn'), link('c', null, 'Dawn')],
      1,
    ],
    // The middle of the chain ties as well: m, from which a derives, is of Dawn, and so is b.
    [
      'a copy of what another’s publisher copied',
      [link('a', 'm', 'X'), link('m', 'o', 'Dawn'), link('o', null, 'Y'), link('b', null, 'Dawn')],
      1,
    ],
    ['two in a circle', [link('a', 'b', 'X'), link('b', 'a', 'Y')], 1],
    [
      'two that derive from what is not on record',
      [link('a', 'gone', 'X'), link('b', 'gone', 'Y')],
      1,
    ],
  ] as const)('of %s are counted', (_, lineage, roots) => {
    expect(count(['a', 'b'], lineage)).toBe(roots);
  });

  it('are not tied together by what is neither given nor behind it', () => {
    // A blog copied Dawn and ARY elsewhere: here that makes them one only if both copies are given.
    const lineage = [
      link('dawn', null, 'Dawn'),
      link('ary', null, 'ARY'),
      link('copy-1', 'dawn', 'A blog'),
      link('copy-2', 'ary', 'A blog'),
    ];
    expect(count(['dawn', 'ary'], lineage)).toBe(2);
    expect(count(['dawn', 'ary', 'copy-1'], lineage)).toBe(2);
    expect(count(['dawn', 'ary', 'copy-1', 'copy-2'], lineage)).toBe(1);
  });

  it('are as many as there are groups that no derivation and no publisher joins', () => {
    const size = 7;
    const graph = fc.record({
      from: fc.array(fc.option(fc.nat({ max: size - 1 })), { minLength: size, maxLength: size }),
      by: fc.array(fc.option(fc.nat({ max: 5 })), { minLength: size, maxLength: size }),
    });
    fc.assert(
      fc.property(graph, ({ from, by }) => {
        const at = (index: number | null | undefined): string | null =>
          index == null ? null : `s${index}`;
        const lineage = from.map((above, index) =>
          link(`s${index}`, at(above), by[index] == null ? null : `p${by[index]}`),
        );
        const ids = lineage.map(({ id }) => id);
        const roots = rootsOf(ids, lineage);
        // Whoever can be reached from one another, step by step.
        const tied = (one: number, other: number): boolean =>
          from[one] === other || from[other] === one || (by[one] != null && by[one] === by[other]);
        const reach = ids.map((_, start) => {
          const seen = new Set([start]);
          for (const each of seen)
            ids.forEach((__, next) => {
              if (tied(each, next)) seen.add(next);
            });
          return seen;
        });
        ids.forEach((one, i) => {
          ids.forEach((other, j) => {
            expect(roots.get(one) === roots.get(other)).toBe(reach[i]?.has(j));
          });
        });
      }),
    );
  });
});
