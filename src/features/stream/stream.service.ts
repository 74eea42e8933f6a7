import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Problem } from '../../platform/errors/problem.js';
import type { Part } from '../changes/changes.module.js';
import { CatchUp } from './stream.catch-up.js';
import { StreamClient } from './stream.client.js';
import { HEARTBEAT, beginningAt } from './stream.events.js';
import { StreamSettings } from './stream.settings.js';
import { StreamStarts, readWanted, type Asked } from './stream.start.js';
import { StreamTail } from './stream.tail.js';

/** How long the last bytes may take when the service stops, in milliseconds. */
const LAST_BYTES = 1_000;

/** The streams of this instance: who comes, who goes, and that all of them end. */
@Injectable()
export class StreamService implements OnModuleDestroy {
  private readonly all = new Set<StreamClient>();
  private opening = 0;
  private isEnding = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly gone = Promise.withResolvers<null>();

  constructor(
    private readonly starts: StreamStarts,
    private readonly tail: StreamTail,
    private readonly catchUp: CatchUp,
    private readonly settings: StreamSettings,
  ) {}

  /** How many clients there are. */
  get clients(): number {
    return this.all.size;
  }

  /**
   * Opens a stream: after what was seen last, else from now on.
   *
   * @param begin begins the response with some bytes; null when there is nobody to be told
   * @throws Problem `validation_failed`, `invalid_cursor`, `too_many_streams`, `unavailable`
   */
  async open(asked: Asked, begin: (bytes: Buffer) => ServerResponse | null): Promise<void> {
    const wanted = readWanted(asked);
    if (this.all.size + this.opening >= this.settings.mostClients)
      throw new Problem('too_many_streams', 'Try again, or poll /v1/changes.');
    this.opening += 1;
    try {
      const { position, id } = await this.starts.find(wanted);
      const response = begin(beginningAt(id));
      if (response !== null) this.admit(response, wanted.part, position);
    } finally {
      this.opening -= 1;
    }
  }

  /** Before the server waits for requests to end: streams would not. */
  async onModuleDestroy(): Promise<void> {
    this.isEnding = true;
    clearInterval(this.timer);
    this.tail.stop();
    if (this.all.size === 0) return;
    for (const client of this.all) client.end();
    await Promise.race([this.gone.promise, wait(LAST_BYTES, undefined, { ref: false })]);
  }

  private admit(response: ServerResponse, part: Part, position: number): void {
    // A browser that is sent away politely comes again, and finds another instance.
    if (this.isEnding) {
      response.end();
      return;
    }
    const followers = this.tail.followers(part.view);
    const client = new StreamClient(response, followers.enter(part), position);
    this.all.add(client);
    response.once('close', () => {
      this.dismiss(client);
    });
    if (this.all.size === 1) this.startBeating();
    void this.tail.enter(client).then(() => this.catchUp.bring(client, followers));
  }

  private dismiss(client: StreamClient): void {
    client.isOver = true;
    this.tail.leave(client);
    this.all.delete(client);
    if (this.all.size > 0) return;
    clearInterval(this.timer);
    if (this.isEnding) this.gone.resolve(null);
  }

  private startBeating(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      for (const client of this.all) client.beat(HEARTBEAT);
      // A key that was removed without a trace is looked for, too.
      this.tail.wake(true);
    }, this.settings.heartbeat).unref();
  }
}
