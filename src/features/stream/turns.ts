/** As many look something up for clients at a time, however many clients come at once: fewer than there are connections. */
export const AT_A_TIME = 3;

/** Lets a few work at a time, in the order in which they came; whoever wants the same as one who still waits shares it. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private readonly promised = new Map<string, Promise<unknown>>();
  private working = 0;

  constructor(private readonly most: number) {}

  /**
   * Does some work when its turn has come. It begins after the call, also when it is shared.
   *
   * @param what the same for the same work, and only for that
   */
  async take<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const known = this.promised.get(what);
    // The same work has the same result.
    if (known !== undefined) return known as Promise<Result>;
    const promise = this.wait().then(async () => {
      this.promised.delete(what);
      try {
        return await work();
      } finally {
        this.handOn();
      }
    });
    this.promised.set(what, promise);
    return promise;
  }

  private async wait(): Promise<void> {
    if (this.working < this.most) this.working += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Hands the turn on, so that nobody takes it in between. */
  private handOn(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.working -= 1;
    else next();
  }
}
