import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildMilestone } from './facts.fixture.js';
import type { MilestoneAt } from './milestones.js';
import { progressOf } from './progress.js';
import { MILESTONE_STATES, OPEN_MILESTONE_STATES, type MilestoneState } from './vocabulary.js';

function one(weight: number, state: MilestoneState, percent: number | null = null): MilestoneAt {
  const milestone = buildMilestone(`w${weight}`, { weight });
  return { milestone, state, since: null, percent, note: null, implied: null };
}

describe('progress', () => {
  it.each([
    [[], null, 0, 0],
    [[one(1, 'planned')], 0, 0, 1],
    [[one(1, 'achieved')], 100, 1, 1],
    [[one(1, 'achieved'), one(2, 'planned')], 33.3, 1, 3], // 1 / 3 = 33.33…
    [[one(2, 'achieved'), one(1, 'planned')], 66.6, 2, 3], // 2 / 3 = 66.66…, rounded down
    [[one(3, 'achieved'), one(2, 'in_progress', 40), one(1, 'planned')], 63.3, 3.8, 6], // 3 + 0.8 = 3.8; 3.8 / 6
    [[one(1, 'blocked', 29)], 29, 0.29, 1], // 0.29 × 100 is 28.999… in floating point
    [[one(100, 'achieved'), one(1, 'in_progress', 99)], 99.9, 100.99, 101], // 100.99 / 101 = 99.990…
    [[one(7, 'dropped'), one(1, 'achieved')], 100, 1, 1], // what is dropped does not count
    [[one(7, 'dropped')], null, 0, 0],
  ] as const)('of case %#', (needed, percent, earned, total) => {
    expect(progressOf(needed)).toMatchObject({
      percent,
      earned,
      total,
      formula: 'weighted-milestones/1',
    });
  });

  it('gives each contribution, so that the sum can be redone', () => {
    expect(progressOf([one(3, 'achieved'), one(2, 'in_progress', 45)]).contributions).toEqual([
      { milestoneId: 'w3', title: 'w3', state: 'achieved', weight: 3, earned: 3 },
      { milestoneId: 'w2', title: 'w2', state: 'in_progress', weight: 2, earned: 0.9 }, // 2 × 45 / 100
    ]);
  });

  const milestones = fc.array(
    fc
      .record({
        weight: fc.integer({ min: 1, max: 100 }),
        state: fc.constantFrom(...MILESTONE_STATES),
        percent: fc.integer({ min: 0, max: 99 }),
      })
      .map(({ weight, state, percent }) =>
        one(weight, state, OPEN_MILESTONE_STATES.includes(state) ? percent : null),
      ),
    { maxLength: 12 },
  );

  it('is the sum of its contributions, and 100 exactly when all is done', () => {
    fc.assert(
      fc.property(milestones, (some) => {
        const { percent, earned, total, contributions } = progressOf(some);
        const hundredths = contributions.reduce(
          (sum, part) => sum + Math.round(100 * part.earned),
          0,
        );
        expect(Math.round(100 * earned)).toBe(hundredths);
        expect(total).toBe(contributions.reduce((sum, part) => sum + part.weight, 0));
        expect(percent === null).toBe(contributions.length === 0);
        if (percent === null) return;
        const tenths = Math.round(10 * percent);
        expect(tenths * total <= 10 * hundredths).toBe(true); // rounded down …
        expect((tenths + 1) * total > 10 * hundredths).toBe(true); // … by less than a tenth
        expect(percent === 100).toBe(contributions.every(({ state }) => state === 'achieved'));
      }),
    );
  });

  it('never falls when one more is achieved', () => {
    fc.assert(
      fc.property(milestones, fc.nat(), (some, index) => {
        fc.pre(some.length > 0);
        const place = index % some.length;
        fc.pre(some[place]?.state !== 'dropped');
        const after = some.map((each, i): MilestoneAt =>
          i === place ? { ...each, state: 'achieved', percent: null } : each,
        );
        expect((progressOf(after).percent ?? 0) >= (progressOf(some).percent ?? 0)).toBe(true);
      }),
    );
  });
});
