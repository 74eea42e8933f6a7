import {
  request,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { Change } from './feed.js';

/** An event of a stream. */
export interface StreamEvent {
  readonly id: string;
  readonly change: Change;
}

/** The ids and the changes in the text of a stream. */
export function eventsIn(text: string): readonly StreamEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const [, id = ''] = /^id: (.*)$/m.exec(block) ?? [];
      const [, data] = /^event: change\ndata: (.*)$/m.exec(block) ?? [];
      return data === undefined ? [] : [{ id, change: JSON.parse(data) as Change }];
    });
}

/** How a stream is asked for. */
export interface Following {
  readonly baseUrl: string;
  /** What stands after `/v1/stream`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a stream ended: as it should, or the connection broke. */
export type Ending = 'ended' | 'broken';

/** Somebody who follows a stream, as a browser does, and keeps what was told. */
export class StreamReader {
  readonly events: StreamEvent[] = [];
  /** What to go on after: a browser sends it when it comes again. */
  lastId = '';
  /** The first id that was sent: where it begins. */
  firstId = '';
  /** Told of whatever came. */
  onTold: () => void = () => undefined;
  /** How many comments there were. */
  beats = 0;
  /** Over when the stream is. */
  readonly ending: Promise<Ending>;
  private rest = '';
  private readonly sent: ClientRequest;
  private readonly response: IncomingMessage;
  private readonly waiting = new Set<() => void>();
  private hasEnded = false;

  private constructor(
    sent: ClientRequest,
    readonly status: number,
    readonly responseHeaders: IncomingHttpHeaders,
    response: IncomingMessage,
  ) {
    this.sent = sent;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.take(chunk);
    });
    // What breaks is told by `close`.
    response.on('error', () => undefined);
    this.ending = new Promise((resolve) => {
      response.on('close', () => {
        this.hasEnded = true;
        this.look();
        resolve(response.complete ? 'ended' : 'broken');
      });
    });
    this.response = response;
  }

  /** Takes nothing more, and stays. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  /** Over when the answer has begun, whatever it is. */
  static async open({ baseUrl, query = '', headers = {} }: Following): Promise<StreamReader> {
    const url = new URL(`/v1/stream${query}`, baseUrl);
    return new Promise((resolve, reject) => {
      const sent = request(url, { agent: false, headers }, (response) => {
        resolve(new StreamReader(sent, response.statusCode ?? 0, response.headers, response));
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  /** Over when something is so; fails when the stream is over before. */
  async until(isSo: (reader: this) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!isSo(this) && !this.hasEnded) return;
        this.waiting.delete(look);
        if (isSo(this)) resolve();
        else reject(new Error('the stream is over'));
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Over when all is told that there was: from then on it is what happens. */
  async untilLive(): Promise<void> {
    await this.until(({ beats }) => beats > 0);
  }

  /** Goes away, without a word. */
  leave(): void {
    this.sent.destroy();
  }

  private take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) this.beats += 1;
      this.lastId = /^id: (.*)$/m.exec(block)?.[1] ?? this.lastId;
      if (this.firstId === '') this.firstId = this.lastId;
      this.events.push(...eventsIn(`${block}\n\n`));
    }
    this.look();
  }

  private look(): void {
    for (const look of [...this.waiting]) look();
    this.onTold();
  }
}
