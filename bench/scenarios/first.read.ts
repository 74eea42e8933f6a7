import { STORY } from '../../prisma/story/story.js';
import { Connection, requestBytes } from '../load/connection.js';
import { Editor, editsIn, type Edit } from '../load/editor.js';
import { countRoundTrips, type CountedDatabase } from '../load/round.trips.js';
import type { Plan } from '../options.js';
import type { Server } from '../servers/server.js';
import type { Stage } from '../stage.js';
import { quantileOf, spreadOf } from '../statistics.js';
import { mergerPath } from './addresses.js';
import type { Finding, Findings, Scenario, SideSummary } from './scenario.js';

const WHAT = 'status, first read after a change';
const PATH = mergerPath(STORY);
const SIDES = ['Accord', 'bare'] as const;
type Side = (typeof SIDES)[number];

/** The read of a status right after an edit, alone, against the statement behind it right after another edit. */
export async function openFirstRead(stage: Stage): Promise<readonly Scenario[]> {
  const databaseUrl = await stage.database('first_read');
  const accord = await stage.accord(databaseUrl, true);
  const bare = await stage.bare(accord, databaseUrl);
  const counted = stage.stopLater(await countRoundTrips(databaseUrl));
  const apart = await stage.accord(counted.url);
  const [editor] = await Editor.ofMerger(stage.api(accord), STORY, 1);
  // Another milestone: the two do not get into each other's way.
  const [, counting] = await Editor.ofMerger(stage.api(apart), STORY, 2);
  if (!editor || !counting) throw new Error('There is nobody to edit.');
  return [new FirstRead({ accord, bare, apart }, editor, { counted, counting }, stage.plan)];
}

interface Counting {
  readonly counted: CountedDatabase;
  /** On the instance that is counted. */
  readonly counting: Editor;
}

class FirstRead implements Scenario {
  /** The latencies of each round. */
  private readonly rounds: Record<Side, number[]>[] = [];
  private readonly roundTrips: number[] = [];

  constructor(
    private readonly servers: Readonly<Record<'accord' | 'bare' | 'apart', Server>>,
    private readonly editor: Editor,
    private readonly trips: Counting,
    private readonly plan: Plan,
  ) {}

  async warmUp(): Promise<void> {
    await this.readOften();
  }

  async round(): Promise<void> {
    this.rounds.push(await this.readOften());
    this.roundTrips.push(await this.countTrips());
  }

  conclude(): Promise<Findings> {
    const medians = (side: Side): number[] =>
      this.rounds.map((round) => quantileOf(round[side], 0.5));
    const bare = medians('bare');
    const findings: Finding[] = [
      {
        what: WHAT,
        measure: 'median latency',
        target: { is: 'at most', value: 3, unit: '' },
        values: medians('Accord').map((median, at) => median / (bare[at] ?? Number.NaN)),
      },
      {
        what: WHAT,
        measure: 'round trips to Postgres',
        target: { is: 'at most', value: 1, unit: '' },
        values: this.roundTrips,
      },
    ];
    const sides = SIDES.map((side): SideSummary => {
      const rate = this.rounds.map(
        (round) => (1000 * round[side].length) / round[side].reduce((sum, each) => sum + each, 0),
      );
      return {
        what: WHAT,
        side,
        rate: spreadOf(rate),
        p50: spreadOf(medians(side)),
        p99: spreadOf(this.rounds.map((round) => quantileOf(round[side], 0.99))),
        perCpuSecond: null,
      };
    });
    return Promise.resolve({ findings, sides, skipped: [] });
  }

  /** After each edit one side is read, in turn. */
  private async readOften(): Promise<Record<Side, number[]>> {
    const latencies: Record<Side, number[]> = { Accord: [], bare: [] };
    const [accord, bare] = [
      await Connection.open(this.servers.accord.url),
      await Connection.open(this.servers.bare.url),
    ];
    for (let read = 0; read < this.plan.firstReads; read += 1) {
      latencies.Accord.push(await timeRead(accord, PATH, await this.editor.edit()));
      latencies.bare.push(await timeRead(bare, '/status', await this.editor.edit()));
    }
    accord.close();
    bare.close();
    return latencies;
  }

  /**
   * How often Postgres is asked from the answer to the edit to that of the read; the median of a few, since what an instance asks
   * by itself may fall in between. The question for the ledger's head, which the instance asks after each commit of its own, counts.
   */
  private async countTrips(): Promise<number> {
    const { counted, counting } = this.trips;
    const connection = await Connection.open(this.servers.apart.url);
    const counts: number[] = [];
    for (let read = 0; read < this.plan.firstReads / 4; read += 1) {
      await counted.untilQuiet();
      const edit = await counting.edit();
      const before = counted.count();
      await timeRead(connection, PATH, edit);
      counts.push(counted.count() - before);
    }
    connection.close();
    return quantileOf(counts, 0.5);
  }
}

/** @throws Error when the answer does not show the edit */
async function timeRead(
  connection: Connection,
  path: string,
  { editor, number }: Edit,
): Promise<number> {
  const request = requestBytes({ path });
  const begin = performance.now();
  const answer = await connection.ask(request);
  const latency = performance.now() - begin;
  const shown = editsIn(answer.body.toString()).get(editor);
  if (answer.status !== 200 || shown !== number)
    throw new Error(`Edit ${String(number)} is not shown, but ${String(shown)}: ${answer.head}`);
  return latency;
}
