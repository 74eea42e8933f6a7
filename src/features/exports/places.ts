/** So many may be busy at once. Who comes then waits a little, in turn. */
export class Places {
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  /**
   * Takes a place.
   *
   * @param most how many there are; as many may wait
   * @param patience how long to wait, in milliseconds
   * @returns whether there was one in time
   */
  async take(most: number, patience: number): Promise<boolean> {
    if (this.taken < most) {
      this.taken += 1;
      return true;
    }
    if (this.waiting.size >= most) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const enter = (): void => {
      resolve(true);
    };
    this.waiting.add(enter);
    const late = setTimeout(() => {
      resolve(!this.waiting.delete(enter));
    }, patience);
    const isIn = await promise;
    clearTimeout(late);
    return isIn;
  }

  /** Gives a place back: to whoever has waited longest. */
  give(): void {
    const [enter] = this.waiting;
    if (enter === undefined) {
      this.taken -= 1;
      return;
    }
    this.waiting.delete(enter);
    enter();
  }
}
