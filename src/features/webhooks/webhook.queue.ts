import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/database.js';
import { Rounds } from '../../platform/processes/rounds.js';
import { Feed } from '../changes/changes.module.js';
import { listStanding, queueDeliveries, sweepDeliveries, type Standing } from './deliveries.db.js';
import { WebhookSender } from './webhook.sender.js';
import { WebhookSettings } from './webhooks.settings.js';

/** So many places of the feed are read and queued at once. */
const AT_ONCE = 500;

/** So many old deliveries are forgotten at once. */
const SWEPT_AT_ONCE = 10_000;

/**
 * Has what is new in the feed on its way to every webhook, as soon as the ledger's head tells of it. How far each has come is
 * stored with its deliveries, so that whoever goes on after a kill goes on from there. While there is no webhook nothing is
 * read but, now and then, that there is none.
 *
 * What it writes is its own and in no answer that is kept, so the head need not hear of it.
 */
@Injectable()
export class WebhookQueue {
  private readonly rounds = new Rounds(
    'Webhooks',
    () => this.round(),
    () => this.settings.pause,
  );
  private hasWebhooks = false;
  private sweptAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly feed: Feed,
    private readonly sender: WebhookSender,
    private readonly settings: WebhookSettings,
  ) {}

  /** Something may be new in the feed. */
  hear(): void {
    if (this.hasWebhooks) this.wake();
  }

  /** Looks at all webhooks, now or as soon as they can be looked at. */
  wake(): void {
    this.rounds.wake();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
    clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.wake();
    }, this.settings.look).unref();
    await this.sweep();
    const webhooks = await listStanding(this.database.read, this.settings.mostPending);
    this.hasWebhooks = webhooks.length > 0;
    if (!this.hasWebhooks) return;
    await this.feed.catchUp();
    const end = await this.feed.end();
    for (const webhook of webhooks) await this.bring(webhook, end);
    this.sender.wake();
  }

  /** Brings a webhook to the end of the feed, or as far as there is room. */
  private async bring(webhook: Standing, end: number): Promise<void> {
    const { id: webhookId, audience, mergerIds } = webhook;
    let { room } = webhook;
    for (let from = webhook.position; from < end && room > 0;) {
      const limit = Math.min(AT_ONCE, room);
      const entries = await this.feed.entries(audience, {
        after: from,
        until: end,
        mergerIds,
        limit,
      });
      const positions = entries.map(({ position }) => position);
      const to = positions.length < limit ? end : (positions.at(-1) ?? end);
      const queued = { webhookId, from, to, positions, instant: this.settings.instant() };
      if (!(await queueDeliveries(this.database.read, queued))) return;
      room -= positions.length;
      from = to;
    }
  }

  private async sweep(): Promise<void> {
    if (performance.now() - this.sweptAt < this.settings.sweep) return;
    await sweepDeliveries(this.database.read, SWEPT_AT_ONCE, this.settings.instant());
    this.sweptAt = performance.now();
  }
}
