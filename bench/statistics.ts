/** A number per round: the middle one, the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws Error when there is none */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = Float64Array.from(numbers).sort();
  return { median: quantile(sorted, 0.5), min: quantile(sorted, 0), max: quantile(sorted, 1) };
}

/**
 * The number below which a fraction of the sorted ones lies.
 *
 * @throws Error when there is none
 */
export function quantile(sorted: Float64Array, fraction: number): number {
  const number = sorted[Math.min(Math.floor(fraction * sorted.length), sorted.length - 1)];
  if (number === undefined) throw new Error('Nothing was measured.');
  return number;
}

/** {@link quantile} of numbers in any order. */
export function quantileOf(numbers: readonly number[], fraction: number): number {
  return quantile(Float64Array.from(numbers).sort(), fraction);
}
