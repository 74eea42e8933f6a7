import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byRecording, latestOf } from './recording.js';

const fact = (id: string, createdAt: string) => ({ id, createdAt });

describe('the order of recording', () => {
  it('compares instants and not their spelling, then ids', () => {
    const first = fact('z', '2022-12-28T12:00:00+05:00'); // 07:00 UTC
    const second = fact('a', '2022-12-28T08:00:00.000Z');
    const third = fact('b', '2022-12-28T08:00:00Z');
    expect([third, second, first].toSorted(byRecording)).toEqual([first, second, third]);
  });

  it('puts a full second before a part of it, however each is written', () => {
    const [full, half] = [fact('b', '2022-12-28T08:00:00Z'), fact('a', '2022-12-28T08:00:00.500Z')];
    expect([half, full].toSorted(byRecording)).toEqual([full, half]);
  });

  it('has no latest of none', () => {
    expect(latestOf([], () => 0)).toBeNull();
  });

  it('has one latest, in whatever order the facts are given', () => {
    const facts = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 2 }),
        createdAt: fc.constantFrom('2022-12-28T08:00:00Z', '2022-12-28T09:00:00Z'),
        day: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 6, selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(facts, (some) => {
        const day = ({ day }: { day: number }) => day;
        const latest = latestOf(some, day);
        expect(latestOf(some.toReversed(), day)).toBe(latest);
        const last = Math.max(...some.map(day));
        const rivals = some.filter((one) => one.day === last).toSorted(byRecording);
        expect(latest).toBe(rivals.at(-1));
      }),
    );
  });
});
