/** Many who follow streams, come and go, and note what they were told. */
import type { View } from '../../src/platform/auth/caller.js';
import type { TestApp } from './app.js';
import type { Change } from './feed.js';
import { StreamReader, type StreamEvent } from './streams.js';

/** Who follows, with whose eyes, and which mergers. */
export interface Wish {
  readonly as: 'reader' | 'editor';
  /** What stands in the address, but for where to go on. */
  readonly query: string;
}

/** Somebody who follows whatever happens: who is sent away or loses the connection comes again, to any service that is there. */
export class Follower {
  readonly events: StreamEvent[] = [];
  /** The id that was sent before any event. */
  firstId = '';
  lastId = '';
  /** How often there was an answer. */
  visits = 0;
  private current: StreamReader | undefined;
  private isDone = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly wish: Wish,
    private readonly services: () => TestApp,
    private readonly random: () => number,
  ) {}

  get view(): View {
    return this.wish.as === 'editor' && !this.wish.query.includes('view=public') ? 'all' : 'public';
  }

  /** Follows until {@link stop}. */
  async follow(): Promise<void> {
    while (!this.isDone) {
      // Between two services there is a moment in which nobody listens.
      const reader = await this.open().catch(() => undefined);
      if (reader === undefined) await new Promise((resolve) => setImmediate(resolve));
      else await this.listen(reader);
    }
  }

  /** Loses the connection, if there is one. */
  lose(): void {
    this.current?.leave();
  }

  stop(): void {
    this.isDone = true;
    this.lose();
  }

  /** Over when something is so of what was told. */
  async until(isSo: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  private async open(): Promise<StreamReader> {
    const { baseUrl, editorKey } = this.services();
    const { as, query } = this.wish;
    const inAddress = this.lastId !== '' && this.random() < 0.3;
    const headers = {
      ...(as === 'reader' ? {} : { authorization: `Bearer ${editorKey}` }),
      ...(this.lastId === '' || inAddress ? {} : { 'last-event-id': this.lastId }),
    };
    const last = inAddress ? `&lastEventId=${this.lastId}` : '';
    return StreamReader.open({ baseUrl, query: `?${query}${last}`, headers });
  }

  private async listen(reader: StreamReader): Promise<void> {
    if (reader.status !== 200) {
      reader.leave();
      return;
    }
    this.visits += 1;
    this.current = reader;
    if (this.isDone) reader.leave();
    let at = 0;
    const take = (): void => {
      // Of an answer that breaks before its first line nothing is known.
      if (reader.lastId === '') return;
      if (this.firstId === '') this.firstId = reader.firstId;
      this.events.push(...reader.events.slice(at));
      at = reader.events.length;
      this.lastId = reader.lastId;
      for (const look of [...this.waiting]) look();
    };
    reader.onTold = take;
    take();
    await reader.ending;
    take();
  }
}

/** The feed after an id, as somebody is shown it. */
export async function feedAfter(
  accord: TestApp,
  { as, query }: Wish,
  id: string,
): Promise<readonly Change[]> {
  const seen: Change[] = [];
  for (let after = id; ;) {
    const path = `/v1/changes?limit=100&after=${after}&${query}`;
    const { status, body, text } = await accord.send('GET', path, {}, as);
    if (status !== 200) throw new Error(`${path} answered ${text}`);
    const { data, page } = body as { data: Change[]; page: { next: string } };
    if (data.length === 0) return seen;
    seen.push(...data);
    after = page.next;
  }
}

/** The entry that an id of an event names. */
export function entryOf({ id }: StreamEvent): string {
  const [, , entry] = JSON.parse(Buffer.from(id, 'base64url').toString()) as [
    string,
    string,
    string,
  ];
  return entry;
}
