import type { TestApp } from './app.js';

/** An entry of the feed, as the API shows it. */
export interface Change {
  readonly recordType: string;
  readonly recordId: string;
  readonly mergerId: string | null;
  readonly version: number | null;
  readonly operation: string;
  readonly recordedAt: string;
  readonly actor?: string | null;
  readonly reason?: string | null;
}

/** Somebody who follows the feed, a page at a time, and keeps what was seen. */
export class Follower {
  readonly seen: Change[] = [];

  constructor(
    private readonly accord: TestApp,
    private readonly as: 'reader' | 'editor',
    private readonly limit = 100,
    public cursor: string | null = null,
  ) {}

  /** Somebody who begins here and now. */
  static async fromNow(accord: TestApp, as: 'reader' | 'editor', limit = 100): Promise<Follower> {
    const { body } = await accord.send('GET', '/v1/changes?after=latest', {}, as);
    return new Follower(accord, as, limit, (body as { page: { next: string } }).page.next);
  }

  /** Asks for the next page; returns how much was on it. */
  async poll(): Promise<number> {
    const after = this.cursor === null ? '' : `&after=${this.cursor}`;
    const path = `/v1/changes?limit=${String(this.limit)}${after}`;
    const answer = await this.accord.send('GET', path, {}, this.as);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.text}`);
    const { data, page } = answer.body as { data: Change[]; page: { next: string } };
    this.seen.push(...data);
    this.cursor = page.next;
    return data.length;
  }

  /** Asks until there is nothing more; returns what came. */
  async catchUp(): Promise<readonly Change[]> {
    const before = this.seen.length;
    while ((await this.poll()) > 0);
    return this.seen.slice(before);
  }
}

/** The whole feed as somebody reads it from the beginning. */
export async function wholeFeed(
  accord: TestApp,
  as: 'reader' | 'editor',
): Promise<readonly Change[]> {
  return new Follower(accord, as).catchUp();
}

/** A change in short: whose, which version, and what happened. */
export function inShort({ recordId, version, operation }: Change): string {
  return `${recordId} ${String(version)} ${operation}`;
}
