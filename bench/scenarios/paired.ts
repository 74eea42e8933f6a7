import { saturate, type Lane, type Round } from '../load/saturate.js';
import type { Plan } from '../options.js';
import { spreadOf } from '../statistics.js';
import type { Findings, Scenario, SideSummary } from './scenario.js';

/** What is compared, and by what. */
export interface Comparison {
  readonly what: string;
  /** The least ratio of the first lane to the second. */
  readonly atLeast: number;
  /** Of requests per CPU second where only the servers work, of the rate where Postgres does as well. */
  readonly by: 'cpu' | 'rate';
  readonly lanes: readonly [measured: Lane, standard: Lane];
}

/**
 * Compares two lanes by rounds. In a round both are under load, one right after the other, and the one that begins changes from
 * round to round, so that what else the machine does befalls both.
 */
export class Paired implements Scenario {
  private readonly rounds: (readonly [Round, Round])[] = [];
  /** How many requests each lane has answered in all, warm-up included. */
  readonly answered: [measured: number, standard: number] = [0, 0];

  constructor(
    private readonly comparison: Comparison,
    private readonly plan: Plan,
  ) {}

  async warmUp(): Promise<void> {
    await this.load(0, this.plan.warmUpSeconds);
    await this.load(1, this.plan.warmUpSeconds);
  }

  async round(number: number): Promise<void> {
    const { seconds } = this.plan;
    if (number % 2 === 1) {
      const measured = await this.load(0, seconds);
      this.rounds.push([measured, await this.load(1, seconds)]);
    } else {
      const standard = await this.load(1, seconds);
      this.rounds.push([await this.load(0, seconds), standard]);
    }
  }

  conclude(): Promise<Findings> {
    const { what, atLeast, by, lanes } = this.comparison;
    const cpu = by === 'cpu' ? this.cpuRatios() : null;
    const values = cpu ?? this.rounds.map(([measured, standard]) => measured.rate / standard.rate);
    const measure = cpu === null ? 'requests per second' : 'requests per CPU second';
    const target = { is: 'at least', value: atLeast, unit: '' } as const;
    return Promise.resolve({
      findings: [{ what, measure, target, values }],
      sides: ([0, 1] as const).map((at) => this.summarize(what, lanes[at].name, at)),
      skipped: [],
    });
  }

  /** A while that does not count comes first: what was idle for the rest of a round has to be compiled again. */
  private async load(at: 0 | 1, seconds: number): Promise<Round> {
    this.answered[at] += (
      await saturate(this.comparison.lanes[at], this.plan.leadSeconds)
    ).answered;
    const round = await saturate(this.comparison.lanes[at], seconds);
    this.answered[at] += round.answered;
    return round;
  }

  /** Null where the processor time is not known: the rate has to do. */
  private cpuRatios(): readonly number[] | null {
    const ratios = this.rounds.map(([measured, standard]) =>
      measured.perCpuSecond === null || standard.perCpuSecond === null
        ? null
        : measured.perCpuSecond / standard.perCpuSecond,
    );
    const known = ratios.filter((ratio) => ratio !== null);
    return known.length < ratios.length ? null : known;
  }

  private summarize(what: string, side: string, at: 0 | 1): SideSummary {
    const rounds = this.rounds.map((pair) => pair[at]);
    const perCpuSecond = rounds.map((each) => each.perCpuSecond).filter((each) => each !== null);
    return {
      what,
      side,
      rate: spreadOf(rounds.map(({ rate }) => rate)),
      p50: spreadOf(rounds.map(({ p50 }) => p50)),
      p99: spreadOf(rounds.map(({ p99 }) => p99)),
      perCpuSecond: perCpuSecond.length < rounds.length ? null : spreadOf(perCpuSecond),
    };
  }
}

/** A lane that asks the same things in turn. */
export function laneOf(
  name: string,
  server: Lane['server'],
  requests: readonly Buffer[],
  { expects = 200, connections = CONNECTIONS } = {},
): Lane {
  let turn = 0;
  const next = (): Buffer => {
    const request = requests[turn++ % requests.length];
    if (!request) throw new Error('There is nothing to ask.');
    return request;
  };
  return { name, server, connections, next, expects };
}

/** As many as ask at once. */
export const CONNECTIONS = 32;
