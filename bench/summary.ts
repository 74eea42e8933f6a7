import type { Round } from './load.js';
import type { Measured } from './measure.js';
import type { Side } from './scenarios.js';

/** A number per round: the middle one, the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What the rounds of one side say. */
export interface SideSummary {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly perCpuSecond: number | null;
}

/** What the rounds of a scenario say. */
export interface Summary {
  readonly name: string;
  /** Accord's rate by the bare server's of the same round. */
  readonly ratio: Spread;
  /** The same of the requests per CPU second; null where these are not known. */
  readonly cpuRatio: Spread | null;
  readonly sides: Readonly<Record<Side, SideSummary>>;
}

export function summarize({ name, rounds }: Measured): Summary {
  const cpuRatios = rounds.map(({ accord, bare }) =>
    accord.perCpuSecond === null || bare.perCpuSecond === null
      ? null
      : accord.perCpuSecond / bare.perCpuSecond,
  );
  const known = cpuRatios.filter((ratio) => ratio !== null);
  return {
    name,
    ratio: spreadOf(rounds.map(({ accord, bare }) => accord.rate / bare.rate)),
    cpuRatio: known.length < rounds.length ? null : spreadOf(known),
    sides: {
      accord: summarizeSide(rounds.map(({ accord }) => accord)),
      bare: summarizeSide(rounds.map(({ bare }) => bare)),
    },
  };
}

function summarizeSide(rounds: readonly Round[]): SideSummary {
  const latencies = rounds.flatMap((round) => round.latencies).sort((a, b) => a - b);
  const known = rounds.map((round) => round.perCpuSecond).filter((each) => each !== null);
  return {
    rate: spreadOf(rounds.map((round) => round.rate)).median,
    p50: atFraction(latencies, 0.5),
    p99: atFraction(latencies, 0.99),
    perCpuSecond: known.length < rounds.length ? null : spreadOf(known).median,
  };
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  return {
    median: atFraction(sorted, 0.5),
    min: atFraction(sorted, 0),
    max: atFraction(sorted, 1),
  };
}

/** The number below which a fraction of the sorted ones lies. */
function atFraction(sorted: readonly number[], fraction: number): number {
  const number = sorted[Math.min(Math.floor(fraction * sorted.length), sorted.length - 1)];
  if (number === undefined) throw new Error('Nothing was measured.');
  return number;
}
