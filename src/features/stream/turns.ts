/** Lets a few work at a time, in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private working = 0;

  constructor(private readonly most: number) {}

  /** Does some work when its turn has come. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.working < this.most) this.working += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is handed on, so that nobody takes it in between.
      const next = this.waiting.shift();
      if (next === undefined) this.working -= 1;
      else next();
    }
  }
}
