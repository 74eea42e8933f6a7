/** Progress: how much of what the announcement needs is done. */
import type { MilestoneAt } from './milestones.js';
import type { MilestoneState } from './vocabulary.js';

export const PROGRESS_FORMULA = 'weighted-milestones/1';

/** What one milestone adds to the sum; `earned` has two decimals at most. */
export interface Contribution {
  readonly milestoneId: string;
  readonly title: string;
  readonly state: MilestoneState;
  readonly weight: number;
  readonly earned: number;
}

export interface Progress {
  /** 0 to 100, rounded down to one decimal; null when there is nothing to count. */
  readonly percent: number | null;
  readonly formula: typeof PROGRESS_FORMULA;
  readonly earned: number;
  readonly total: number;
  readonly contributions: readonly Contribution[];
}

/**
 * The weight earned by what the announcement needs, as a part of all its weight: `weighted-milestones/1`.
 *
 * Achieved earns its weight, a stated percent its part of it, all else nothing. It is summed in whole hundredths and
 * rounded down, so that 100 means that all is done. Null when there is nothing to count. Each contribution is given, in
 * the order of the milestones, so that a reader can redo the sum.
 *
 * @param needed from {@link neededMilestones}
 * @example
 * // weights 3 (achieved), 2 (40 percent) and 1 (planned): 3 + 0.8 + 0 = 3.8 of 6 = 63.33… percent
 * progressOf(needed); // { percent: 63.3, earned: 3.8, total: 6, … }
 */
export function progressOf(needed: readonly MilestoneAt[]): Progress {
  const counted = needed.filter(({ state }) => state !== 'dropped');
  const total = sum(counted.map(({ milestone }) => milestone.weight));
  const hundredths = sum(counted.map(hundredthsEarned));
  return {
    percent: total === 0 ? null : Math.floor((10 * hundredths) / total) / 10,
    formula: PROGRESS_FORMULA,
    earned: hundredths / 100,
    total,
    contributions: counted.map((one) => ({
      milestoneId: one.milestone.id,
      title: one.milestone.title,
      state: one.state,
      weight: one.milestone.weight,
      earned: hundredthsEarned(one) / 100,
    })),
  };
}

function hundredthsEarned({ milestone, state, percent }: MilestoneAt): number {
  return milestone.weight * (state === 'achieved' ? 100 : (percent ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
