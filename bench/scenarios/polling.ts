import { STORY } from '../../prisma/story/story.js';
import { Editor } from '../load/editor.js';
import { poll, type Polled } from '../load/pollers.js';
import { editSteadily, Watch } from '../load/staleness.js';
import type { Plan } from '../options.js';
import type { Server } from '../servers/server.js';
import type { Stage } from '../stage.js';
import { quantileOf, spreadOf } from '../statistics.js';
import { mergerPath } from './addresses.js';
import type { Findings, Scenario, SideSummary } from './scenario.js';

const POLLERS = 2_000;
const PERIOD_SECONDS = 5;
const EDITS_A_SECOND = 20;
const EDITORS = 4;
const WHAT = '2,000 pollers, 20 edits a second';

const SIDES = ['Accord', 'bare'] as const;
type Side = (typeof SIDES)[number];

/**
 * Two thousand pollers of one merger that is edited all the time, on one instance, while another instance is watched for how late it shows
 * the edits; against a bare server under the same pollers, while the edits go on.
 */
export async function openPollers(stage: Stage): Promise<readonly Scenario[]> {
  const databaseUrl = await stage.database('pollers');
  const accord = await stage.accord(databaseUrl, true);
  const other = await stage.accord(databaseUrl);
  const bare = await stage.replay(accord, mergerPath(STORY), EDITS_A_SECOND);
  const editors = await Editor.ofMerger(stage.api(accord), STORY, EDITORS);
  return [new Pollers({ Accord: accord, bare, other }, editors, stage.plan)];
}

interface Round {
  readonly polled: Polled;
  /** Why edits were not acknowledged. */
  readonly refusedEdits: readonly string[];
  readonly staleness: readonly number[];
}

class Pollers implements Scenario {
  private readonly rounds: Record<Side, Round>[] = [];

  constructor(
    private readonly servers: Readonly<Record<Side | 'other', Server>>,
    private readonly editors: readonly Editor[],
    private readonly plan: Plan,
  ) {}

  async warmUp(): Promise<void> {
    for (const side of SIDES) await this.pollDuringEdits(side, this.plan.warmUpSeconds);
  }

  async round(number: number): Promise<void> {
    const { pollSeconds } = this.plan;
    const [first, second] = number % 2 === 1 ? SIDES : ([SIDES[1], SIDES[0]] as const);
    const rounds = {
      [first]: await this.pollDuringEdits(first, pollSeconds),
      [second]: await this.pollDuringEdits(second, pollSeconds),
    };
    // Both are there, in one order or the other.
    this.rounds.push(rounds as Record<Side, Round>);
  }

  conclude(): Promise<Findings> {
    const p99 = (side: Side): number[] =>
      this.rounds.map((round) => quantileOf(round[side].polled.latencies, 0.99));
    const bare = p99('bare');
    const failures = this.rounds.map(({ Accord, bare: other }) => [
      ...Accord.polled.failures,
      ...Accord.refusedEdits,
      ...other.refusedEdits,
    ]);
    for (const failure of new Set(failures.flat())) console.log(`failed: ${failure}`);
    return Promise.resolve({
      findings: [
        {
          what: WHAT,
          measure: 'failed polls and edits',
          target: { is: 'at most', value: 0, unit: '' },
          values: failures.map(({ length }) => length),
        },
        {
          what: WHAT,
          measure: 'p99 latency',
          target: { is: 'at most', value: 3, unit: '' },
          values: p99('Accord').map((each, at) => each / (bare[at] ?? Number.NaN)),
        },
        {
          what: 'staleness on a second instance',
          measure: 'p99',
          target: { is: 'at most', value: 100, unit: 'ms' },
          values: this.rounds.map((round) =>
            quantileOf([...round.Accord.staleness, ...round.bare.staleness], 0.99),
          ),
        },
      ],
      sides: SIDES.map((side) => this.summarize(side)),
      skipped: [],
    });
  }

  /** The edits and the watch are the same whoever is polled: the machine is as busy. */
  private async pollDuringEdits(side: Side, seconds: number): Promise<Round> {
    const path = mergerPath(STORY);
    const watch = new Watch(this.servers.other.url, path);
    const over = new AbortController();
    const editing = editSteadily(this.editors, EDITS_A_SECOND, over.signal);
    // Told when it is waited for.
    editing.catch(() => undefined);
    const polling = { path, pollers: POLLERS, periodSeconds: PERIOD_SECONDS, seconds };
    const polled = await poll(this.servers[side].url, polling);
    over.abort();
    const { edits, failures } = await editing;
    return { polled, refusedEdits: failures, staleness: await watch.end(edits) };
  }

  private summarize(side: Side): SideSummary {
    const polled = this.rounds.map((round) => round[side].polled);
    return {
      what: WHAT,
      side,
      rate: spreadOf(polled.map(({ latencies, seconds }) => latencies.length / seconds)),
      p50: spreadOf(polled.map(({ latencies }) => quantileOf(latencies, 0.5))),
      p99: spreadOf(polled.map(({ latencies }) => quantileOf(latencies, 0.99))),
      perCpuSecond: null,
    };
  }
}
