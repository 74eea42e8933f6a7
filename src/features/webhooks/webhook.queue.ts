import { Injectable } from '@nestjs/common';
import type { Counts } from '../../platform/metrics/metrics.js';
import { Database } from '../../platform/prisma/database.js';
import { Rounds } from '../../platform/processes/rounds.js';
import { Feed } from '../changes/changes.module.js';
import { listStanding, queueDeliveries, sweepDeliveries, type Standing } from './deliveries.db.js';
import { WebhookSender } from './webhook.sender.js';
import { countDeliveries, countWebhooks, eraseOldSecrets } from './webhooks.db.js';
import { WebhookSettings } from './webhooks.settings.js';

/** So many places of the feed are read and queued at once. */
const AT_ONCE = 500;

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
  private readonly sweeps = new Rounds(
    'Webhooks',
    () => this.sweep(),
    () => this.settings.pause,
  );
  /** How many there are by their state, as of when they were looked at last. */
  counts: Readonly<Record<'webhooks' | 'deliveries', Counts>> = { webhooks: {}, deliveries: {} };
  private countedAt = -Infinity;
  private hasWebhooks = false;
  private isStopping = false;
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
    this.isStopping = true;
    await Promise.all([this.rounds.stop(), this.sweeps.stop()]);
    clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.wake();
    }, this.settings.look).unref();
    if (performance.now() - this.sweptAt >= this.settings.sweep) {
      this.sweptAt = performance.now();
      this.sweeps.wake();
    }
    await this.count();
    const webhooks = await listStanding(this.database.read, this.settings.mostPending);
    this.hasWebhooks = webhooks.length > 0;
    if (!this.hasWebhooks) return;
    await this.feed.catchUp();
    const end = await this.feed.end();
    let trouble: Error | null = null;
    for (const webhook of webhooks) {
      try {
        await this.bring(webhook, end);
      } catch (error) {
        // One that cannot be told what is new holds up no other; then all are looked at again.
        trouble ??= new Error(`for ${webhook.id}: ${String(error)}`, { cause: error });
      }
    }
    this.sender.wake();
    if (trouble !== null) throw trouble;
  }

  private async count(): Promise<void> {
    if (performance.now() - this.countedAt < this.settings.look) return;
    this.countedAt = performance.now();
    const webhooks = await countWebhooks(this.database.read);
    this.counts = { webhooks, deliveries: await countDeliveries(this.database.read) };
  }

  /** Brings a webhook to the end of the feed, or as far as there is room. */
  private async bring(webhook: Standing, end: number): Promise<void> {
    const { id: webhookId, audience, mergerIds } = webhook;
    let { room } = webhook;
    for (let from = webhook.position; from < end && room > 0 && !this.isStopping;) {
      const limit = Math.min(AT_ONCE, room);
      const until = Math.min(end, from + this.settings.stretch);
      const entries = await this.feed.entries(audience, {
        after: from,
        until,
        mergerIds,
        limit,
      });
      const positions = entries.map(({ position }) => position);
      const to = positions.length < limit ? until : (positions.at(-1) ?? until);
      const instant = this.settings.instant();
      const queued = { webhookId, from, to, audience, mergerIds, positions, instant };
      if (!(await queueDeliveries(this.database.read, queued))) return;
      room -= positions.length;
      from = to;
    }
  }

  /** Goes on in another round while there is more than is forgotten at once. */
  private async sweep(): Promise<void> {
    const { sweptAtOnce } = this.settings;
    const instant = this.settings.instant();
    await eraseOldSecrets(this.database.read, instant);
    const swept = await sweepDeliveries(this.database.read, sweptAtOnce, instant);
    if (swept === sweptAtOnce) this.sweeps.wake();
  }
}
