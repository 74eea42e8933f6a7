/** Whoever waits for a place: with how many others it goes in, and how. */
interface Waiting {
  readonly most: number;
  readonly enter: () => void;
}

/** Whoever comes when so many wait would wait for long. */
const MOST_WAITING = 20;

/** So many may be busy at once. Who comes then waits a little, in turn. */
export class Places {
  private taken = 0;
  private readonly waiting = new Set<Waiting>();

  /**
   * Takes a place.
   *
   * @param most how many may be busy, this one included
   * @param patience how long to wait, in milliseconds
   * @returns whether there was one in time
   */
  async take(most: number, patience: number): Promise<boolean> {
    if (this.taken < most) {
      this.taken += 1;
      return true;
    }
    if (this.waiting.size >= MOST_WAITING) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = {
      most,
      enter: (): void => {
        resolve(true);
      },
    };
    this.waiting.add(waiting);
    const late = setTimeout(() => {
      resolve(!this.waiting.delete(waiting));
    }, patience);
    const isIn = await promise;
    clearTimeout(late);
    return isIn;
  }

  /** Gives a place back: to whoever has waited longest and may have it. */
  give(): void {
    this.taken -= 1;
    for (const waiting of this.waiting) {
      if (this.taken >= waiting.most) continue;
      this.waiting.delete(waiting);
      this.taken += 1;
      waiting.enter();
      return;
    }
  }
}
