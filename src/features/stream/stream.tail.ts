import { Injectable } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { Rounds } from '../../platform/processes/rounds.js';
import { Head } from '../../platform/snapshots/head.js';
import { Feed } from '../changes/changes.module.js';
import type { StreamClient } from './stream.client.js';
import { Followers } from './stream.followers.js';
import { StreamKeys } from './stream.keys.js';
import { StreamSettings } from './stream.settings.js';

/** So many places of the feed are read and handed out at once. */
const AT_ONCE = 200;

/**
 * Reads what is new in the feed, once for everybody who reads with the same eyes, as soon as the ledger's head tells of it, and
 * hands it out. While nobody follows, nothing is read.
 */
@Injectable()
export class StreamTail {
  private readonly views = new Map<View, Followers>();
  private readonly rounds = new Rounds(
    'Stream',
    () => this.round(),
    () => this.settings.pause,
  );
  /** A key may be revoked. */
  private areKeysDoubted = false;
  /** Those who wait for a reading that begins from now on. */
  private waiting: (() => void)[] = [];

  constructor(
    private readonly feed: Feed,
    private readonly keys: StreamKeys,
    private readonly settings: StreamSettings,
    head: Head,
  ) {
    head.onTouched(({ any, keys: areKeys }) => {
      if (any || areKeys) this.wake(areKeys);
    });
  }

  /** Those who read with the same eyes, for one who will be among them. */
  followers(view: View): Followers {
    const known = this.views.get(view);
    if (known !== undefined) return known;
    const followers = new Followers(view);
    this.views.set(view, followers);
    return followers;
  }

  /**
   * Takes in somebody who is among the followers of a view. Over when all that was committed before is handed out to those who
   * were there.
   */
  async enter(client: StreamClient): Promise<void> {
    this.keys.enter(client);
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      // The key was looked at before; it may have been revoked since.
      this.wake(client.authorization !== undefined);
    });
  }

  leave(client: StreamClient): void {
    this.keys.leave(client);
    this.views.get(client.part.view)?.leave(client);
  }

  /** Reads what is new, now or as soon as it can be read. */
  wake(areKeysDoubted: boolean): void {
    this.dropEmpty();
    if (this.views.size === 0) return;
    this.areKeysDoubted ||= areKeysDoubted;
    this.rounds.wake();
  }

  /** Nobody is told of anything any more. */
  stop(): void {
    void this.rounds.stop();
    this.views.clear();
  }

  private dropEmpty(): void {
    for (const [view, followers] of this.views) if (followers.isEmpty) this.views.delete(view);
  }

  /** When it fails everybody waits, and is told when the database answers again: nothing counts as handed out that was not read. */
  private async round(): Promise<void> {
    this.dropEmpty();
    if (this.views.size === 0) return;
    const served = this.waiting.splice(0);
    try {
      await this.readNew();
    } catch (error) {
      this.waiting.push(...served);
      throw error;
    }
    for (const go of served) go();
  }

  private async readNew(): Promise<void> {
    if (this.areKeysDoubted) {
      this.areKeysDoubted = false;
      await this.keys.judge().catch((error: unknown) => {
        this.areKeysDoubted = true;
        throw error;
      });
    }
    await this.feed.catchUp();
    const end = await this.feed.end();
    for (const followers of [...this.views.values()]) await this.readTo(end, followers);
  }

  private async readTo(end: number, followers: Followers): Promise<void> {
    for (let at = (followers.position ??= end); at < end && !followers.isEmpty;) {
      const until = Math.min(end, at + AT_ONCE);
      const stretch = { after: at, until, mergerIds: [], limit: AT_ONCE };
      const entries = await this.feed.entries(followers.view, stretch);
      followers.handOut(entries, until, this.settings.mostUnsent);
      at = until;
    }
  }
}
