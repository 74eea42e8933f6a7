import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { belongingsWithout, mergedBelongings, type Belongings } from './belongings.js';

type Named = Belongings & { readonly name: string };

function side(name: string, given: Partial<Named> = {}): Named {
  return { name, otherNames: [], identifiers: [], links: [], extras: {}, ...given };
}

describe('what belongs to a merged record', () => {
  const names = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 4 });
  const others = fc.array(
    fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D'), kind: fc.constantFrom('alias', null) }),
    { maxLength: 4 },
  );
  const identifiers = fc.array(
    fc.record({ scheme: fc.constantFrom('x', 'y'), identifier: fc.constantFrom('1', '2') }),
    { maxLength: 3 },
  );
  const links = fc.array(fc.record({ url: fc.constantFrom('https://a', 'https://b') }), {
    maxLength: 2,
  });
  const told = fc.dictionary(fc.constantFrom('p', 'q'), fc.constantFrom(1, 'x', [2]), {
    noNullPrototype: true,
  });
  const extras = fc.dictionary(fc.constantFrom('m', 'n'), told, { noNullPrototype: true });
  const sides = fc
    .record({ names, otherNames: others, identifiers, links, extras })
    .map(({ names: [name = 'A'], ...rest }) => side('one', { name, ...rest }));

  it('are all by which either was known, each new one once, behind its own', () => {
    fc.assert(
      fc.property(sides, sides, (one, other) => {
        const all = mergedBelongings(one, other);
        const known = new Set([one.name, ...all.otherNames.map(({ name }) => name)]);
        for (const name of [other.name, ...other.otherNames.map((each) => each.name)])
          expect(known).toContain(name);
        expect(all.otherNames.slice(0, one.otherNames.length)).toEqual(one.otherNames);
        const added = all.otherNames.slice(one.otherNames.length).map(({ name }) => name);
        expect(added).toEqual([...new Set(added)]);
        expect(added).not.toContain(one.name);
        for (const { url } of other.links) expect(all.links.map((link) => link.url)).toContain(url);
        expect(all.extras).toMatchObject(one.extras);
        expect(Object.keys(all.extras)).toEqual(expect.arrayContaining(Object.keys(other.extras)));
      }),
    );
  });

  it('without what the merge added are those of before, whatever was added since', () => {
    const since = { name: 'E', kind: null };
    fc.assert(
      fc.property(sides, sides, (one, other) => {
        const after: Belongings = mergedBelongings(one, other);
        const now = { ...after, otherNames: [since, ...after.otherNames] };
        expect(belongingsWithout(now, one, after)).toEqual({
          otherNames: [since, ...one.otherNames],
          identifiers: one.identifiers,
          links: one.links,
          extras: one.extras,
        });
      }),
    );
  });

  it('keep a name of the merge that somebody has changed since', () => {
    const one = side('one', { name: 'A' });
    const after = mergedBelongings(one, side('other', { name: 'B' }));
    const now = { ...after, otherNames: [{ name: 'B', kind: 'misspelling' }] };
    expect(belongingsWithout(now, one, after).otherNames).toEqual(now.otherNames);
  });
});

describe('the extras of a merged record', () => {
  const kept = side('kept', { extras: { m: { p: 1 } } });
  const duplicate = side('gone', { extras: { m: { p: 2, q: 3 }, n: { p: 4 } } });

  it('are those of both; what both tell is told as the kept record has it', () => {
    const { extras } = mergedBelongings(kept, duplicate);
    expect(extras).toEqual({ m: { p: 1, q: 3 }, n: { p: 4 } });
  });

  it('are taken apart again, but for what was changed since', () => {
    const after = mergedBelongings(kept, duplicate);
    const now = { ...after, extras: { m: { p: 1, q: 5 }, n: { p: 4 }, o: {} } };
    expect(belongingsWithout(now, kept, after).extras).toEqual({ m: { p: 1, q: 5 }, o: {} });
  });
});
