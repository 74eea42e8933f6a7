import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Feed, presentChange, type ChangeRow } from '../changes/changes.module.js';
import type { StreamClient } from './stream.client.js';
import { HEARTBEAT, eventOf } from './stream.events.js';
import type { Followers } from './stream.followers.js';
import { StreamSettings } from './stream.settings.js';
import { Turns } from './turns.js';

/** As many entries are read at once for one client: that much may wait to be sent to it. */
const PAGE = 100;
/** As many clients are read for at a time, however many come at once: fewer than there are connections. */
const AT_A_TIME = 3;

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
      const reached = followers.position ?? client.position;
      if (followers.isAbreast(client.position)) {
        followers.goLive(client);
        // For those who want to know: from here on it is what happens now.
        client.send(HEARTBEAT);
        return;
      }
      await this.turns.take(() => this.tell(client, reached));
      await client.drained();
    }
  }

  /** Tells of a page; when the database gives no answer it waits, and so does whoever comes after it. */
  private async tell(client: StreamClient, until: number): Promise<void> {
    if (client.isOver) return;
    const { part, position: after } = client;
    let entries: readonly ChangeRow[];
    try {
      const stretch = { after, until, mergerIds: part.mergerIds, limit: PAGE };
      entries = await this.feed.entries(part.view, stretch);
    } catch {
      // Tried again by the caller.
      await wait(this.settings.pause, undefined, { ref: false });
      return;
    }
    for (const entry of entries) {
      const data = JSON.stringify(presentChange(entry, part.view));
      client.send(eventOf(part, entry, data));
    }
    client.position = entries.length < PAGE ? until : (entries.at(-1)?.position ?? until);
  }
}
