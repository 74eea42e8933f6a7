import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Database } from '../../platform/prisma/database.js';
import { Rounds } from '../../platform/processes/rounds.js';
import { Feed } from '../changes/changes.module.js';
import {
  claimDeliveries,
  dropDelivery,
  listDue,
  noteAttempt,
  releaseDelivery,
  type Claimed,
  type Due,
} from './deliveries.db.js';
import { messageOf } from './message.js';
import { failed, post, type Posted } from './posting.js';
import { restIn, sequelOf } from './retries.js';
import { signedHeaders } from './signature.js';
import { WebhookSettings } from './webhooks.settings.js';

/**
 * Sends what is due, a few at once, and fewer to one host. Each delivery is taken by a lease, so that several instances do not
 * send the same at once; whoever is killed while it sends leaves it to others when the lease is over. So everything is sent at
 * least once.
 */
@Injectable()
export class WebhookSender {
  private readonly logger = new Logger('Webhooks');
  private readonly rounds = new Rounds(
    'Webhooks',
    () => this.round(),
    () => this.settings.pause,
  );
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly byHost = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly feed: Feed,
    private readonly settings: WebhookSettings,
  ) {}

  /** Sends what is due, now or as soon as there is room. */
  wake(): void {
    this.rounds.wake();
  }

  /** Begins nothing any more; what is being sent has a moment left. Over when all of it is noted or given back. */
  async stop(): Promise<void> {
    const abort = wait(this.settings.lastAttempts, undefined, { ref: false }).then(() => {
      this.stopping.abort();
    });
    await this.rounds.stop();
    clearTimeout(this.timer);
    await Promise.race([Promise.all(this.underWay), abort]);
    await Promise.all(this.underWay);
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    const webhooks = await listDue(this.database.read, this.settings.instant());
    for (const webhook of webhooks) if (webhook.dueIn <= 0) await this.begin(webhook);
    const next = webhooks.find(({ dueIn }) => dueIn > 0);
    if (next === undefined) return;
    this.timer = setTimeout(
      () => {
        this.wake();
      },
      Math.min(next.dueIn, this.settings.look),
    ).unref();
  }

  private async begin({ id: webhookId, url }: Due): Promise<void> {
    const { host } = new URL(url);
    const { mostAtOnce, mostPerHost, lease } = this.settings;
    const limit = Math.min(
      mostPerHost - (this.byHost.get(host) ?? 0),
      mostAtOnce - this.underWay.size,
    );
    if (limit <= 0) return;
    const claim = { webhookId, limit, lease, instant: this.settings.instant() };
    for (const delivery of await claimDeliveries(this.database.read, claim))
      this.send(delivery, host);
  }

  private send(delivery: Claimed, host: string): void {
    this.byHost.set(host, (this.byHost.get(host) ?? 0) + 1);
    const sent = this.deliver(delivery)
      .catch((error: unknown) => {
        // The database gave no answer: it is sent once more when the lease is over.
        this.logger.warn(error instanceof Error ? error.message : error);
      })
      .finally(() => {
        this.underWay.delete(sent);
        const rest = (this.byHost.get(host) ?? 1) - 1;
        if (rest === 0) this.byHost.delete(host);
        else this.byHost.set(host, rest);
        this.wake();
      });
    this.underWay.add(sent);
  }

  private async deliver(delivery: Claimed): Promise<void> {
    const { audience, mergerIds, position } = delivery;
    const place = { after: position - 1, until: position, mergerIds, limit: 1 };
    const [entry] = await this.feed.entries(audience, place);
    // It was purged, or is held back by now: if it is shown again, that is a change of its own.
    if (entry === undefined) return dropDelivery(this.database.read, delivery);
    const { id, body } = messageOf({ view: audience, mergerIds }, entry);
    const secrets = this.secretsOf(delivery);
    if (secrets === null) return this.note(delivery, failed('secret_unreadable'));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'accord-webhooks',
      ...signedHeaders({ id, timestamp: delivery.now, body }, secrets),
    };
    let posted: Posted;
    try {
      posted = await post(
        { url: delivery.url, headers, body },
        this.settings,
        this.stopping.signal,
      );
    } catch {
      // Nobody waits for it any more: the service stops. It did not fail.
      return releaseDelivery(this.database.read, delivery, this.settings.instant());
    }
    return this.note(delivery, posted);
  }

  private secretsOf({ webhookId, secret, previousSecret }: Claimed): readonly Uint8Array[] | null {
    const { secrets } = this.settings;
    const current = secrets.open(secret, webhookId);
    if (current === null) return null;
    const previous = previousSecret && secrets.open(previousSecret, webhookId);
    return previous === null ? [current] : [current, previous];
  }

  private async note(delivery: Claimed, posted: Posted): Promise<void> {
    const { status, failure, retryAfter, date } = posted;
    const theirs = Date.parse(date ?? '');
    const now = Number.isNaN(theirs) ? delivery.now * 1_000 : theirs;
    const attempt = { number: delivery.attempts + 1, status, rest: restIn(retryAfter, now) };
    const sequel = {
      pause: 0,
      rest: null,
      isGone: false,
      ...sequelOf(attempt, this.settings.chance()),
    };
    const told = { ...sequel, status, failure, instant: this.settings.instant() };
    await noteAttempt(this.database.read, delivery, told);
  }
}
