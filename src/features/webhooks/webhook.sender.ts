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
} from './attempts.db.js';
import type { Failure } from './deliveries.words.js';
import { shareLookups } from './lookups.js';
import { messageOf } from './message.js';
import { failed, post, type Posted } from './posting.js';
import { restAfter, restIn, sequelOf } from './retries.js';
import { signedHeaders } from './signature.js';
import { hasOpenScheme } from './targets.js';
import { allot, type UnderWay } from './turns.js';
import { WebhookSettings } from './webhooks.settings.js';

/** After these the whole webhook is left alone for a moment: what is sent next would not arrive either. */
const UNREACHED: ReadonlySet<Failure | null> = new Set([
  'timeout',
  'connection',
  'tls',
  'unresolved',
]);

/**
 * Sends what is due, a few at once, and fewer to one host, the webhooks in turn. Each delivery is taken by a lease, so that several
 * instances do not send the same at once; whoever is killed while it sends leaves it to others when the lease is over. So everything
 * is sent at least once.
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
  private readonly underWay = new Map<Promise<void>, UnderWay>();
  private readonly resolve = shareLookups(
    (host) => this.settings.resolve(host),
    () => this.settings.mostLookups,
  );
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;

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
    this.hasEnded = true;
    const abort = wait(this.settings.lastAttempts, undefined, { ref: false }).then(() => {
      this.stopping.abort();
    });
    await this.rounds.stop();
    clearTimeout(this.timer);
    await Promise.race([Promise.all(this.underWay.keys()), abort]);
    await Promise.all(this.underWay.keys());
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.settings.sends) return;
    const webhooks = await listDue(this.database.read, this.settings.instant());
    await this.begin(webhooks.filter(({ dueIn }) => dueIn <= 0));
    const next = webhooks.find(({ dueIn }) => dueIn > 0);
    if (next === undefined) return;
    this.timer = setTimeout(
      () => {
        this.wake();
      },
      Math.min(next.dueIn, this.settings.look),
    ).unref();
  }

  /** Begins to send to each in turn, until there is no more room or nothing more is due. */
  private async begin(due: readonly Due[]): Promise<void> {
    let candidates = due.map((webhook) => ({ ...webhook, host: new URL(webhook.url).host }));
    const { lease } = this.settings;
    for (;;) {
      const turns = allot(candidates, [...this.underWay.values()], this.settings);
      const done = new Set<string>();
      for (const { id, host } of candidates) {
        const limit = turns.get(id) ?? 0;
        // What ends during a stop makes room that is nobody's.
        if (this.hasEnded) return;
        if (limit === 0) continue;
        const claim = { webhookId: id, limit, lease, instant: this.settings.instant() };
        const claimed = await claimDeliveries(this.database.read, claim);
        for (const delivery of claimed) this.send(delivery, host);
        if (claimed.length < limit) done.add(id);
      }
      if (done.size === 0) return;
      candidates = candidates.filter(({ id }) => !done.has(id));
    }
  }

  private send(delivery: Claimed, host: string): void {
    const sent = this.deliver(delivery)
      .catch((error: unknown) => {
        // The database gave no answer: it is sent once more when the lease is over.
        this.logger.warn(error instanceof Error ? error.message : error);
      })
      .finally(() => {
        this.underWay.delete(sent);
        this.wake();
      });
    this.underWay.set(sent, { id: delivery.webhookId, host });
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
    if (!hasOpenScheme(new URL(delivery.url), this.settings))
      return this.note(delivery, failed('scheme_refused'));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'accord-webhooks',
      ...signedHeaders({ id, timestamp: delivery.now, body }, secrets),
    };
    let posted: Posted;
    try {
      const { allows, timeout } = this.settings;
      const world = { allows, timeout, resolve: this.resolve };
      posted = await post({ url: delivery.url, headers, body }, world, this.stopping.signal);
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
    const { status, failure } = posted;
    const failures = failure === null ? 0 : delivery.failures + 1;
    const rest = UNREACHED.has(failure) ? restAfter(failures) : askedFor(posted, delivery.now);
    const attempt = { number: delivery.attempts + 1, status, rest };
    const sequel = {
      pause: 0,
      rest: null,
      isGone: false,
      ...sequelOf(attempt, this.settings.chance()),
    };
    const told = { ...sequel, status, failure, failures, instant: this.settings.instant() };
    const { isFirstDead, hasDisabled } = await noteAttempt(this.database.read, delivery, told);
    const { webhookId: id } = delivery;
    if (hasDisabled) this.logger.warn(`${id} answered 410 and is disabled.`);
    else if (isFirstDead && !sequel.isGone)
      this.logger.warn(`${id} has not taken a message, which is given up.`);
  }
}

/** How long a receiver asks to be left alone, in milliseconds; null: it does not. */
function askedFor({ retryAfter, date }: Posted, now: number): number | null {
  const theirs = Date.parse(date ?? '');
  return restIn(retryAfter, Number.isNaN(theirs) ? now * 1_000 : theirs);
}
