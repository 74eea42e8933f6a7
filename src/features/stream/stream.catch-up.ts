import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Feed, presentChange, type Part } from '../changes/changes.module.js';
import type { StreamClient } from './stream.client.js';
import { HEARTBEAT, eventOf } from './stream.events.js';
import type { Followers } from './stream.followers.js';
import { StreamSettings } from './stream.settings.js';
import { AT_A_TIME, Turns } from './turns.js';

/** As many entries are read at once for a client: that much may wait to be sent to it. */
const PAGE = 100;
/** What is sent of a stretch of the feed, and where that ends. */
interface Page {
  readonly bytes: Buffer;
  readonly end: number;
}

/** Tells clients of what they have missed, as fast as each can take it, until they are abreast of all others. */
@Injectable()
export class CatchUp {
  private readonly turns = new Turns(AT_A_TIME);

  constructor(
    private readonly feed: Feed,
    private readonly settings: StreamSettings,
  ) {}

  /**
   * Brings a client to where the others are. What is handed out meanwhile is read as well: from the moment in which nothing is
   * missing any more it is told with all others.
   *
   * @param followers to whom the entries were handed out up to some position
   */
  async bring(client: StreamClient, followers: Followers): Promise<void> {
    while (!client.isOver) {
      const until = followers.position ?? client.position;
      if (followers.isAbreast(client.position)) {
        followers.goLive(client);
        // For those who want to know: from here on it is what happens now.
        client.send(HEARTBEAT);
        return;
      }
      const { bytes, end } = await this.page(client.part, client.position, until);
      if (bytes.length > 0) client.send(bytes);
      client.position = end;
      await client.drained();
    }
  }

  /** The next page for those who stand at a position; an empty one of nothing when the database gave no answer. */
  private async page(part: Part, after: number, until: number): Promise<Page> {
    const what = JSON.stringify([part, after, until]);
    return this.turns.take(what, async () => {
      const stretch = { after, until, mergerIds: part.mergerIds, limit: PAGE };
      try {
        const entries = await this.feed.entries(part.view, stretch);
        const events = entries.map((entry) =>
          eventOf(part, entry, JSON.stringify(presentChange(entry, part.view))),
        );
        const end = entries.length < PAGE ? until : (entries.at(-1)?.position ?? until);
        return { bytes: Buffer.concat(events), end };
      } catch {
        // Asked again by whoever needs it. Meanwhile the turn is kept, so that those who wait do not ask either.
        await wait(this.settings.pause, undefined, { ref: false });
        return { bytes: Buffer.alloc(0), end: after };
      }
    });
  }
}
