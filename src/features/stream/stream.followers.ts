import type { View } from '../../platform/auth/caller.js';
import { presentChange, type ChangeRow, type Part } from '../changes/changes.module.js';
import type { StreamClient } from './stream.client.js';
import { eventOf } from './stream.events.js';

/** Those who follow the same part of the feed: what is written for one is sent to all. */
interface Channel {
  readonly part: Part;
  readonly mergerIds: ReadonlySet<string>;
  /** How many follow it, and who of them has been told all that was handed out so far. */
  count: number;
  readonly live: Set<StreamClient>;
}

/** All who follow the feed with the same eyes, and up to where it was handed out to them. */
export class Followers {
  /** Up to here the entries were handed out; null: it has not begun. */
  position: number | null = null;
  private readonly channels = new Map<string, Channel>();

  constructor(readonly view: View) {}

  get isEmpty(): boolean {
    return this.channels.size === 0;
  }

  /** Takes somebody in who is told later: see {@link goLive}. Returns the part as those share it who follow the same. */
  enter(part: Part): Part {
    const name = part.mergerIds.join();
    let channel = this.channels.get(name);
    if (channel === undefined) {
      channel = { part, mergerIds: new Set(part.mergerIds), count: 0, live: new Set() };
      this.channels.set(name, channel);
    }
    channel.count += 1;
    return channel.part;
  }

  leave(client: StreamClient): void {
    const name = client.part.mergerIds.join();
    const channel = this.channels.get(name);
    if (channel === undefined) return;
    channel.live.delete(client);
    channel.count -= 1;
    if (channel.count === 0) this.channels.delete(name);
  }

  /** Whether somebody who was told up to a position has missed nothing that was handed out. */
  isAbreast(position: number): boolean {
    return this.position !== null && position >= this.position;
  }

  /** From now on a client is told of what is handed out, but for what it knows. */
  goLive(client: StreamClient): void {
    this.channels.get(client.part.mergerIds.join())?.live.add(client);
  }

  /**
   * Tells everybody whom it concerns of the entries up to a position. Each is put into words once.
   *
   * @param mostUnsent in bytes: whoever has not taken more than that of what was handed out before is cut off
   */
  handOut(entries: readonly ChangeRow[], until: number, mostUnsent: number): void {
    if (entries.length > 0) this.cutOffSlow(mostUnsent);
    for (const entry of entries) {
      const data = JSON.stringify(presentChange(entry, this.view));
      for (const channel of this.channels.values())
        if (concerns(channel, entry)) tell(channel, entry, data);
    }
    this.position = until;
  }

  private cutOffSlow(mostUnsent: number): void {
    for (const { live } of this.channels.values())
      for (const client of live) client.requireRoom(mostUnsent);
  }
}

function concerns({ mergerIds }: Channel, { mergerId }: ChangeRow): boolean {
  return mergerIds.size === 0 || (mergerId !== null && mergerIds.has(mergerId));
}

function tell({ part, live }: Channel, entry: ChangeRow, data: string): void {
  if (live.size === 0) return;
  const event = eventOf(part, entry, data);
  for (const client of live) {
    if (client.position >= entry.position) continue;
    client.position = entry.position;
    client.send(event);
  }
}
