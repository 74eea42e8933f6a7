import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allot, type Candidate, type UnderWay } from './turns.js';

const BOUNDS = { mostAtOnce: 16, mostPerHost: 4 };

const due = (id: string, host = 'host', isFailing = false): Candidate => ({ id, host, isFailing });

const sending = (id: string, host = 'host'): UnderWay => ({ id, host });

const turns = (...asked: Parameters<typeof allot>): object => Object.fromEntries(allot(...asked));

describe('turns', () => {
  it('are all for the one that there is, as far as its host has room', () => {
    expect(turns([due('a')], [], BOUNDS)).toEqual({ a: 4 });
    expect(turns([due('a')], [sending('a'), sending('b')], BOUNDS)).toEqual({ a: 2 });
    expect(turns([due('a')], [], { ...BOUNDS, mostAtOnce: 3 })).toEqual({ a: 3 });
  });

  it('come first to whom least is sent, and of equals to whoever has waited longest', () => {
    expect(turns([due('a'), due('b')], [sending('a'), sending('a')], BOUNDS)).toEqual({ b: 2 });
    expect(turns([due('a'), due('b'), due('c')], [], BOUNDS)).toEqual({ a: 2, b: 1, c: 1 });
  });

  it('come to other hosts when one has no more room', () => {
    const full = [1, 2, 3, 4].map(() => sending('a'));
    expect(turns([due('a'), due('b'), due('c', 'other')], full, BOUNDS)).toEqual({ c: 4 });
  });

  it('come one at a time to whom the last attempt failed', () => {
    expect(turns([due('a', 'host', true), due('b')], [], BOUNDS)).toEqual({ a: 1, b: 3 });
    expect(turns([due('a', 'host', true)], [sending('a')], BOUNDS)).toEqual({});
  });

  it('exceed no bound, and leave nobody without who could have one', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const candidate = fc.record({ id: word, host: fc.constant(''), isFailing: fc.boolean() });
    // Two of them at each host.
    const hostOf = (id: string): string => ({ a: '1', b: '1', c: '2', d: '2' })[id] ?? '3';
    fc.assert(
      fc.property(
        fc.uniqueArray(candidate, { selector: ({ id }) => id }),
        fc.array(word, { maxLength: 6 }),
        fc.record({ mostAtOnce: fc.nat(12), mostPerHost: fc.nat(4) }),
        (found, ids, bounds) => {
          const candidates = found.map((each) => ({ ...each, host: hostOf(each.id) }));
          const before = ids.map((id) => sending(id, hostOf(id)));
          const given = [...allot(candidates, before, bounds)];
          const begun = given.flatMap(([id, count]) =>
            Array.from({ length: count }, () => sending(id, hostOf(id))),
          );
          const all = [...before, ...begun];
          const at = (host: string): number => all.filter((each) => each.host === host).length;
          const of = (id: string): number => all.filter((each) => each.id === id).length;
          if (begun.length > 0) expect(all.length).toBeLessThanOrEqual(bounds.mostAtOnce);
          for (const { host } of begun) expect(at(host)).toBeLessThanOrEqual(bounds.mostPerHost);
          const hasRoom = ({ id, host, isFailing }: Candidate): boolean =>
            at(host) < bounds.mostPerHost && !(isFailing && of(id) > 0);
          if (all.length < bounds.mostAtOnce) expect(candidates.filter(hasRoom)).toEqual([]);
        },
      ),
    );
  });
});
