import { Injectable } from '@nestjs/common';
import type { Author } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database, type Read } from '../../platform/prisma/database.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { pageFrom, type Page } from '../../platform/records/page.js';
import { Readings } from '../../platform/records/readings.js';
import {
  findDelivery,
  listDeliveries,
  renewDelivery,
  type StoredDelivery,
} from './deliveries.db.js';
import { DELIVERY_STATES, type DeliveryState } from './deliveries.words.js';
import { messageId } from './message.js';
import { WebhookSender } from './webhook.sender.js';
import { findWebhook, wakeWebhook } from './webhooks.db.js';

/** A delivery as it is shown; `nextAttemptAt` is null when it is not to be sent any more. */
export type DeliveryView = Omit<StoredDelivery, 'position' | 'entryId' | 'dueAt'> & {
  readonly messageId: string;
  readonly nextAttemptAt: string | null;
};

/** What is on its way to webhooks, and what became of it. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly readings: Readings,
    private readonly clock: Clock,
    private readonly sender: WebhookSender,
  ) {}

  /**
   * A page of the deliveries of a webhook, in the order of the feed.
   *
   * @throws Problem `not_found`, `validation_failed`, `invalid_cursor`
   */
  async list(id: string, query: Parameters): Promise<Page<DeliveryView>> {
    const { limit, cursor, state } = readListQuery(query);
    const webhookId = id.toLowerCase();
    const webhook = isUuid(id) ? await findWebhook(this.database.read, webhookId) : undefined;
    if (!webhook) throw new Problem('not_found', 'There is no such webhook.');
    const list = `deliveries ${webhookId} ${state ?? ''}`;
    const after = cursor === null ? 0 : Number(decodeCursor(cursor, list).key);
    const found = await listDeliveries(this.asAdmins(), {
      webhookId,
      state,
      after,
      limit: limit + 1,
    });
    const page = pageFrom(found, { limit, list }, (last) => ({
      key: String(last.position),
      id: last.id,
    }));
    return { ...page, data: page.data.map(present) };
  }

  /**
   * Has a delivery sent once more, at once and with all its attempts, whatever has become of it.
   *
   * @throws Problem `not_found`, `webhook_disabled`
   */
  async retry(id: string, author: Author): Promise<DeliveryView> {
    if (!isUuid(id)) throw missing();
    await this.database.write(
      author,
      async (tx) => {
        const renewed = await renewDelivery(tx, id, this.clock.instant());
        if (!renewed) throw missing();
        if (!renewed.enabled) throw disabled();
        await wakeWebhook(tx, renewed.webhookId);
        return null;
      },
      { mayHide: false },
    );
    const delivery = await findDelivery(this.asAdmins(), id);
    if (!delivery) throw missing();
    this.sender.wake();
    return present(delivery);
  }

  private asAdmins(): Read {
    return this.readings.of(this.readings.now('all'));
  }
}

function readListQuery(query: Parameters): {
  readonly limit: number;
  readonly cursor: string | null;
  readonly state: DeliveryState | null;
} {
  const reader = new QueryReader(query);
  const paging = reader.takePaging();
  const word = reader.take('state');
  const state = DELIVERY_STATES.find((each) => each === word) ?? null;
  if (word !== null && state === null)
    reader.refuse('state', `must be one of ${DELIVERY_STATES.join(', ')}`);
  reader.finish();
  return { ...paging, state };
}

function present(stored: StoredDelivery): DeliveryView {
  const { id, webhookId, entryId, state, attempts, attemptedAt } = stored;
  const { dueAt, status, failure, endedAt, createdAt, change } = stored;
  return {
    id,
    webhookId,
    messageId: messageId(entryId),
    state,
    attempts,
    attemptedAt,
    nextAttemptAt: state === 'pending' ? dueAt : null,
    status,
    failure,
    endedAt,
    createdAt,
    change,
  };
}

function missing(): Problem {
  return new Problem('not_found', 'There is no such delivery.');
}

function disabled(): Problem {
  return new Problem('webhook_disabled', 'Its webhook is not enabled: enable that first.');
}
