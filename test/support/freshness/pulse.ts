/** A number that grows in a merger's title, and how old what is read of it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Wire, type Heard } from '../model/wire.js';

/** Where the number is read. */
export interface Place {
  readonly name: string;
  readonly url: string;
}

/** What was read in one place. */
export interface Reading {
  /** How old each answer was that did not say so, in milliseconds; none is below 0. */
  readonly ages: number[];
  /** How long after its acknowledgement each number was seen first. */
  readonly lags: number[];
  /** Of answers that said how old they are: the age that was told, and how old they were, in seconds. */
  readonly declared: (readonly [told: number, was: number])[];
  /** How many answers there were of each status. */
  readonly statuses: Map<number, number>;
  /** How long the slowest took, in milliseconds. */
  slowest: number;
}

/** Patience with an answer, in milliseconds: above any that there is. */
const PATIENCE = 20_000;
const PAUSE = 4;

/** Somebody writes a number that grows, others read it. */
export class Pulse {
  readonly faults: string[] = [];
  private readonly wire = new Wire();
  /** When each number was acknowledged; a clock that only goes on, in milliseconds. */
  private readonly acknowledged: number[] = [-Infinity];

  /** @param write writes a number, and is over when that is acknowledged; refused, it was not written */
  constructor(
    private readonly path: string,
    private readonly write: (number: number) => Promise<void>,
  ) {}

  /**
   * Writes and reads all the while that something is done.
   *
   * @param every how often is written, in milliseconds; null: once
   */
  async during(
    work: () => Promise<void>,
    places: readonly Place[],
    every: number | null = 40,
  ): Promise<readonly Reading[]> {
    let isOver = false;
    const writing = async (): Promise<void> => {
      do {
        await this.beat();
        await sleep(every ?? 0);
      } while (every !== null && !isOver);
    };
    const readings = places.map((place) => this.watch(place, () => isOver));
    const [, ...read] = await Promise.all([
      Promise.all([writing(), work().finally(() => (isOver = true))]),
      ...readings,
    ]);
    return read;
  }

  async beat(): Promise<void> {
    const number = this.acknowledged.length;
    await this.write(number);
    this.acknowledged.push(performance.now());
  }

  close(): void {
    this.wire.close();
  }

  private async watch(place: Place, isOver: () => boolean): Promise<Reading> {
    const reading: Reading = { ages: [], lags: [], declared: [], statuses: new Map(), slowest: 0 };
    let seen = this.acknowledged.length - 1;
    while (!isOver()) {
      const asked = performance.now();
      const heard = await this.wire.send(place.url + this.path, 'GET', { patience: PATIENCE });
      const answered = performance.now();
      reading.slowest = Math.max(reading.slowest, answered - asked);
      reading.statuses.set(heard.status, (reading.statuses.get(heard.status) ?? 0) + 1);
      if (heard.status === 200) {
        const number = numberIn(heard);
        this.judge(reading, heard, Math.max(0, asked - (this.acknowledged[number + 1] ?? asked)));
        for (; seen < number; seen += 1)
          reading.lags.push(Math.max(0, answered - (this.acknowledged[seen + 1] ?? answered)));
      }
      await sleep(PAUSE);
    }
    return reading;
  }

  private judge(reading: Reading, { headers }: Heard, age: number): void {
    if (headers.age === undefined) reading.ages.push(age);
    else reading.declared.push([Number(headers.age), age / 1000]);
  }
}

/** The title that tells a number. */
export function titleOf(number: number): string {
  return `Number ${String(number)}`;
}

function numberIn({ body }: Heard): number {
  const { merger } = JSON.parse(body.toString()) as { readonly merger: { readonly title: string } };
  return Number(merger.title.split(' ')[1]);
}

/** The share of numbers below which so many are; 0 of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
