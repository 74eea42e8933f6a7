import { spreadOf, type Spread } from '../statistics.js';

/** What a figure must reach. */
export interface Target {
  readonly is: 'at least' | 'at most';
  readonly value: number;
  /** Written after the figure; empty for a ratio or a count. */
  readonly unit: '' | 'ms' | 'kB';
}

/** A figure and what it must reach. */
export interface Finding {
  readonly what: string;
  /** What was divided by what, or counted. */
  readonly measure: string;
  readonly target: Target;
  /** One for each round. */
  readonly values: readonly number[];
}

/** What the rounds say of one side of a comparison. */
export interface SideSummary {
  readonly what: string;
  readonly side: string;
  /** Requests per second. */
  readonly rate: Spread;
  /** Milliseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  /** Requests per second of processor time; null where that is not known. */
  readonly perCpuSecond: Spread | null;
}

/** What was found. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly sides: readonly SideSummary[];
  /** What could not be measured, and why. */
  readonly skipped: readonly string[];
}

/** Something that is measured in rounds. */
export interface Scenario {
  warmUp(): Promise<void>;
  /** @param number from 1 */
  round(number: number): Promise<void>;
  /** After the last round. Checks what was done, too. */
  conclude(): Promise<Findings>;
}

/** The figure that counts: the median of the rounds; of what must not happen at all, the worst. */
export function figureOf({ target, values }: Finding): number {
  const { median, max } = spreadOf(values);
  return target.value === 0 ? max : median;
}

/** Whether the figure that counts reaches the target. */
export function isReached(finding: Finding): boolean {
  const { is, value } = finding.target;
  return is === 'at least' ? figureOf(finding) >= value : figureOf(finding) <= value;
}
