// Who ends now and then is back at once; who keeps ending is given a growing pause, in milliseconds.
const AT_ONCE = 3;
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
const REMEMBERED = 60_000;

/** How long to wait before a process that ended unasked is started again. */
export class Restarts {
  private ends: readonly number[] = [];

  /** It has ended: the pause before it is started again, in milliseconds, by how often it ended within the last minute. */
  pause(now = Date.now()): number {
    this.ends = [...this.ends.filter((end) => end > now - REMEMBERED), now];
    const extra = this.ends.length - AT_ONCE;
    return extra <= 0 ? 0 : Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (extra - 1));
  }
}
