import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factionsBeneath } from './factions.js';

const faction = (id: string, parentId: string | null = null) => ({ id, parentId });

describe('the factions beneath a faction', () => {
  const factions = [
    faction('committee', 'bloc'),
    faction('bloc', 'party'),
    faction('party'),
    faction('other'),
  ];

  it.each([
    ['party', ['party', 'bloc', 'committee']],
    ['bloc', ['bloc', 'committee']],
    ['committee', ['committee']],
    ['unheard of', ['unheard of']],
  ])('of %s are %j, itself among them', (id, beneath) => {
    expect(new Set(factionsBeneath(factions, id))).toEqual(new Set(beneath));
  });

  it('ends on a cycle', () => {
    const cycle = [faction('a', 'b'), faction('b', 'a')];
    expect(new Set(factionsBeneath(cycle, 'a'))).toEqual(new Set(['a', 'b']));
  });

  it('are exactly those from which a walk upward arrives at it', () => {
    // a parent is recorded before its child, so that there is no cycle
    const trees = fc
      .array(fc.option(fc.nat()), { maxLength: 12 })
      .map((parents) =>
        parents.map((parent, i) =>
          faction(`f${i}`, parent === null || i === 0 ? null : `f${parent % i}`),
        ),
      );
    fc.assert(
      fc.property(trees, (tree) => {
        const arrives = (id: string | null): boolean =>
          id === 'f0' ||
          (id !== null && arrives(tree.find((one) => one.id === id)?.parentId ?? null));
        const beneath = factionsBeneath(tree.toReversed(), 'f0');
        for (const { id } of tree) expect(beneath.has(id)).toBe(arrives(id));
      }),
    );
  });
});
