/**
 * Two instances on one database that keep answers, and a third that keeps none: what it says is computed afresh. All three
 * are told the time together.
 */
import { Clock } from '../../../src/platform/clock/clock.js';
import { KeptSummaries } from '../../../src/features/status/kept.summaries.js';
import { Head } from '../../../src/platform/snapshots/head.js';
import { Snapshots } from '../../../src/platform/snapshots/snapshots.js';
import { startTestApp, type TestApp } from '../app.js';
import type { TestDatabase } from '../database.js';

/** An instance of the service, and what there is to see of it. */
export interface Instance {
  readonly name: string;
  readonly accord: TestApp;
  readonly head: Head;
  readonly kept: Snapshots;
  /** How many answers it has given again. */
  hits: number;
}

/** The time that all instances are told; null: they ask the database. */
export interface ToldTime {
  world: number | null;
  instant: string | null;
}

/** All of them. */
export interface Trio {
  readonly keeping: readonly [Instance, Instance];
  readonly fresh: Instance;
  readonly time: ToldTime;
  stop(): Promise<void>;
}

export async function startTrio(database: TestDatabase): Promise<Trio> {
  const time: ToldTime = { world: Date.parse('2023-01-01T00:00:00Z'), instant: null };
  const start = async (name: string): Promise<Instance> => {
    const accord = await startTestApp(database);
    const clock = accord.app.get(Clock);
    clock.world = () => time.world;
    clock.instant = () => time.instant;
    const [head, kept] = [accord.app.get(Head), accord.app.get(Snapshots)];
    return { name, accord, head, kept, hits: 0 };
  };
  const keeping = [await start('one'), await start('two')] as const;
  const fresh = await start('fresh');
  for (const instance of keeping) countHits(instance);
  keepNothing(fresh);
  return {
    keeping,
    fresh,
    time,
    stop: async () => {
      for (const { accord } of [...keeping, fresh]) await accord.stop();
    },
  };
}

function countHits(instance: Instance): void {
  const { kept } = instance;
  const holding = kept.justConfirmed.bind(kept);
  kept.justConfirmed = (address) => {
    const answer = holding(address);
    if (answer !== undefined) instance.hits += 1;
    return answer;
  };
}

function keepNothing({ kept, accord }: Instance): void {
  kept.holding = () => undefined;
  kept.justConfirmed = () => undefined;
  kept.knows = () => false;
  kept.stale = () => undefined;
  accord.app.get(KeptSummaries).get = () => undefined;
}
