import { Counter, type Registry } from 'prom-client';

/** How many answers of one kind there were: counted by adding to a number, with nothing to look up. */
export class Tally {
  private count = 0;

  constructor(readonly labels: Readonly<Record<string, string>>) {}

  add(): void {
    this.count += 1;
  }

  get total(): number {
    return this.count;
  }
}

/** Tallies of one metric, each by its labels. They are read when somebody scrapes, and cost no more than an addition till then. */
export class Tallies {
  private readonly tallies = new Map<string, Tally>();

  constructor(name: string, help: string, labelNames: readonly string[], registry: Registry) {
    const { tallies } = this;
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, total } of tallies.values()) this.inc(labels, total);
      },
    });
  }

  /** The tally with these labels, the same one each time. */
  of(labels: Readonly<Record<string, string>>): Tally {
    const key = Object.values(labels).join('\n');
    const known = this.tallies.get(key);
    if (known !== undefined) return known;
    const made = new Tally(labels);
    this.tallies.set(key, made);
    return made;
  }
}
