import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** The window of every quota, in seconds. It begins with the first request in it. */
export const WINDOW = 60;

/** How many are counted each by themselves at a time, and how many quotas all others share. */
const BOUNDS = { each: 50_000, shared: 1_024 };

/** How somebody stands after a request. */
export interface Standing {
  readonly isExceeded: boolean;
  /** In how many seconds the window ends. */
  readonly reset: number;
  /** What the answer says of it: `RateLimit-Policy` and `RateLimit`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A number of requests for each of many in a window, counted in the memory of this process. Memory is bounded: when too many
 * are counted at a time, whoever comes then shares one of a fixed number of quotas with others.
 */
export class Quota {
  private readonly counts: RateLimiterMemory;
  private counted = 0;

  /**
   * @param policy what answers call it
   * @param limit how many requests in a window; 0: any number, and answers say nothing of it
   */
  constructor(
    readonly policy: string,
    private readonly limit: number,
    private readonly bounds = BOUNDS,
  ) {
    this.counts = new RateLimiterMemory({
      points: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
      duration: WINDOW,
    });
  }

  /** Counts a request of somebody. */
  async spend(who: string): Promise<Standing> {
    const name = await this.nameOf(who);
    const result = await this.counts.consume(name).catch((exceeded: unknown) => {
      if (exceeded instanceof RateLimiterRes) return exceeded;
      throw exceeded;
    });
    if (result.isFirstInDuration) this.keepCount();
    return this.standingBy(result);
  }

  /** How somebody stands who has spent something in this window; undefined for everybody else. Counts nothing. */
  async standingOf(who: string): Promise<Standing | undefined> {
    const result = await this.counts.get(await this.nameOf(who));
    return result === null ? undefined : this.standingBy(result);
  }

  /** Somebody's own name while there is room, or while they are counted already; else that of a quota that many share. */
  private async nameOf(who: string): Promise<string> {
    if (this.counted < this.bounds.each || (await this.counts.get(who)) !== null) return who;
    const digest = createHash('sha1').update(who).digest().readUInt32BE();
    return `shared ${String(digest % this.bounds.shared)}`;
  }

  private keepCount(): void {
    this.counted += 1;
    setTimeout(() => {
      this.counted -= 1;
    }, WINDOW * 1_000).unref();
  }

  private standingBy(result: RateLimiterRes): Standing {
    const reset = Math.max(1, Math.ceil(result.msBeforeNext / 1_000));
    if (this.limit === 0) return { isExceeded: false, reset, headers: {} };
    const left = Math.max(0, this.limit - result.consumedPoints);
    return {
      isExceeded: result.consumedPoints > this.limit,
      reset,
      headers: {
        'ratelimit-policy': `"${this.policy}";q=${String(this.limit)};w=${String(WINDOW)}`,
        ratelimit: `"${this.policy}";r=${String(left)};t=${String(reset)}`,
      },
    };
  }
}
