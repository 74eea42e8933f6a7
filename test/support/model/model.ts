/** A run of the model: changes of all kinds, steps of the clocks, what ends by itself, and reads on two instances all the while. */
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { seededRandom } from '../random.js';
import type { Instance, Trio } from './instances.js';
import { ageOf, faultOf, keyOf, type Audience, type State } from './judge.js';
import { pick, Readers } from './readers.js';
import { Chronicle } from './sight.js';
import { Wire, type Heard } from './wire.js';
import { Writer } from './writes.js';

/** How old an answer may be, in milliseconds, where a listener hears and where it does not. */
const BOUND = 1_000;
/** In how long something ends by itself. */
const SOON = 900;
const DAY = 86_400_000;

const AUDIENCES: readonly Audience[] = ['reader', 'editor', 'editor as reader'];
const WORLDS = ['2022-12-10', '2022-12-28', '2023-01-01', '2023-01-05', '2023-01-20', '2023-02-14'];

/** What a run was. */
export interface Report {
  readonly faults: readonly string[];
  readonly reads: number;
  readonly unchanged: number;
  /** Reads that were true of an earlier state when they were asked, and how old the oldest was, in milliseconds. */
  readonly late: number;
  readonly oldest: number;
  /** Reads that nobody can judge, and states that passed by themselves. */
  readonly unjudged: number;
  readonly lapses: number;
}

/** Who reads and writes by chance, and remembers what was true when. */
export class Model {
  readonly writer: Writer;
  private readonly random: () => number;
  private readonly wire = new Wire();
  private readonly chronicle: Chronicle;
  private readonly states: State[] = [];
  private readonly readers: Readers;
  private readonly judged = { reads: 0, unchanged: 0, late: 0, oldest: 0, unjudged: 0, lapses: 0 };
  readonly faults: string[] = [];

  constructor(
    seed: number,
    private readonly trio: Trio,
    sql: pg.Client,
  ) {
    this.random = seededRandom(seed);
    this.readers = new Readers(-seed, this.wire, trio.keeping, trio.fresh.accord.editorKey);
    this.writer = new Writer(seed, this.wire, sql);
    this.chronicle = new Chronicle(trio.fresh);
  }

  get report(): Report {
    return { ...this.judged, faults: this.faults };
  }

  async begin(): Promise<void> {
    await this.writer.begin();
    const paths = await this.paths();
    // With the eyes of readers key holders see what readers see.
    this.readers.addresses = paths.flatMap((path, at) =>
      AUDIENCES.slice(0, at < 2 ? 3 : 2).map((audience) => ({ audience, path })),
    );
    await this.look(performance.now());
  }

  /** One change and the reads around it. */
  async round(): Promise<void> {
    const kind = this.random();
    if (kind < 0.62) await this.changing(1);
    else if (kind < 0.76) await this.changingInSql();
    else if (kind < 0.86) await this.changing(2);
    else if (kind < 0.95)
      await this.step(() => {
        this.stepAtRandom();
      });
    else await this.lapsing();
  }

  close(): void {
    this.wire.close();
  }

  /** What dashboards poll, of two mergers and of whom they name. */
  private async paths(): Promise<readonly string[]> {
    const { ids } = this.writer.world;
    const [one = '', two = ''] = ids['mergers'] ?? [];
    const first = (table: string): string => ids[table]?.[0] ?? '';
    const { accord } = this.trio.fresh;
    const page = await accord.send('GET', '/v1/people?limit=2', {}, 'reader');
    return [
      `/v1/mergers/${one}/status`,
      '/v1/status',
      '/v1/mergers/mergers-0/status',
      `/v1/mergers/${two}/status`,
      `/v1/mergers/${one}/status?asOf=2023-01-05`,
      `/v1/mergers/${one}/timeline?limit=100`,
      '/v1/status?limit=1',
      '/v1/status?asOf=2022-12-20',
      `/v1/mergers/${one}`,
      `/v1/people/${first('people')}`,
      `/v1/factions/${first('factions')}`,
      '/v1/people?limit=2',
      `/v1/people?limit=2&cursor=${String(page.body.page.next)}`,
      `/v1/votes?voteEventId=${first('vote_events')}`,
      `/v1/milestones?mergerId=${one}&limit=100`,
      `/v1/participants/${first('participants')}/stances`,
      '/v1/sources?limit=100',
      '/v1/citations?limit=100',
    ];
  }

  /** Changes over HTTP; while there is one, it is read all the while. */
  private async changing(count: 1 | 2): Promise<void> {
    const from = performance.now();
    const writers = count === 1 ? [pick(this.random, this.trio.keeping)] : this.trio.keeping;
    const writing = Promise.all(
      writers.map(async (instance) => ((await this.writer.change(instance)) ? [instance] : [])),
    );
    if (count === 1) await this.readers.readWhile(writing);
    const taken = (await writing).flat();
    // Each knows of its own, and what there was of one without the other nobody has looked at.
    if (count === 2) await this.settle();
    await this.changed(from, taken);
  }

  private async changingInSql(): Promise<void> {
    const from = performance.now();
    const writing = this.writer.changeInSql();
    await this.readers.readWhile(writing);
    await this.changed(from, []);
  }

  /** The clocks of all go to another time, also backwards. What was written before is known to all by then. */
  private async step(set: () => void): Promise<void> {
    await this.settle();
    const from = performance.now();
    set();
    await this.changed(from, this.trio.keeping);
  }

  /** Has both know all that was committed. */
  private async settle(): Promise<void> {
    for (const { head } of this.trio.keeping) await head.confirm();
  }

  private stepAtRandom(): void {
    const { time } = this.trio;
    if (this.random() < 0.6) {
      time.world =
        this.random() < 0.1
          ? null
          : Date.parse(pick(this.random, WORLDS)) + Math.floor(this.random() * DAY);
    } else {
      // Of an instant that is past, what is hidden since would be seen.
      const instant = new Date(Date.now() + this.random() * 30 * DAY).toISOString();
      time.instant = this.random() < 0.5 ? null : instant;
    }
  }

  /** Something ends by itself while everybody reads: an embargo, or a mandate as the time in the world goes by. */
  private async lapsing(): Promise<void> {
    const { keeping, time } = this.trio;
    const kind = pick(this.random, ['embargo', 'deadline'] as const);
    await this.step(() => {
      time.instant = null;
      if (kind === 'deadline') time.world = null;
    });
    const from = performance.now();
    const [instant, end] = [Date.now() + SOON, from + SOON];
    const writer = pick(this.random, keeping);
    const isTaken = await this.writer.changeUntil(writer, new Date(instant).toISOString(), kind);
    await this.changed(from, isTaken ? [writer] : [], instant);
    if (!isTaken) return;
    this.judged.lapses += 1;
    await this.readers.readWhile(until(() => Date.now() > instant + 1));
    // The state before was true until that very millisecond.
    await this.changed(end, []);
  }

  /**
   * Ends the state before, and looks at what is true since; whoever changed it tells of nothing earlier.
   *
   * @param ends when something ends by itself: by then it must have been looked at
   */
  private async changed(from: number, by: readonly Instance[], ends = Infinity): Promise<void> {
    const before = this.states.at(-1);
    if (before) before.until = performance.now();
    for (const instance of by) this.readers.floors.set(instance, this.states.length);
    const reading = Array.from({ length: 10 }, () => this.readers.read());
    await Promise.all([...reading, this.look(from, ends)]);
    await this.judge();
  }

  /** Has everything computed afresh. */
  private async look(from: number, ends = Infinity): Promise<void> {
    const began = Date.now();
    const { fresh, time } = this.trio;
    const answers = await Promise.all(
      this.readers.addresses.map(async (address): Promise<[string, Heard]> => {
        return [keyOf(address), await this.readers.whole(fresh, address)];
      }),
    );
    const instant = time.instant === null ? Date.now() : Date.parse(time.instant);
    const sight = await this.chronicle.sightAt(instant);
    // Also at a midnight of the real clock something may end.
    const isSure = Date.now() < ends && Math.floor(began / DAY) === Math.floor(Date.now() / DAY);
    this.states.push({ from, until: Infinity, answers: new Map(answers), sight, isSure });
  }

  private async judge(): Promise<void> {
    for (const read of await this.readers.taken()) {
      const fault = faultOf(read, this.states, BOUND);
      if (fault !== undefined && fault !== 'unsure')
        this.faults.push(`round ${String(this.states.length)}: ${fault}`);
      const age = ageOf(read, this.states) ?? 0;
      this.judged.reads += 1;
      if (fault === 'unsure') this.judged.unjudged += 1;
      if (read.heard.status === 304) this.judged.unchanged += 1;
      if (age > 0) this.judged.late += 1;
      this.judged.oldest = Math.max(this.judged.oldest, age);
    }
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}
