/** What is on its way to webhooks. The instants that are handed in are ISO; null: by the database's clock. */
import type { Read } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { ChangeRow } from '../changes/changes.db.js';
import type { DeliveryState, Failure } from './deliveries.words.js';

/** A delivery as it is stored, and the entry that it is of; null when that was purged. */
export interface StoredDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly position: number;
  /** The id of the entry. */
  readonly entryId: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly attemptedAt: string | null;
  readonly dueAt: string;
  readonly status: number | null;
  readonly failure: Failure | null;
  readonly endedAt: string | null;
  readonly createdAt: string;
  readonly change: Omit<ChangeRow, 'id' | 'position'> | null;
}

/** Which deliveries are listed. */
export interface Listed {
  readonly webhookId: string;
  /** Null: of any. */
  readonly state: DeliveryState | null;
  /** Only those of later entries than at this position. */
  readonly after: number;
  readonly limit: number;
}

const SELECT = `SELECT delivery.id::text AS id, delivery.webhook_id::text AS "webhookId", delivery.position::float8 AS position,
    (SELECT entry.id::text FROM changes AS entry WHERE entry.position = delivery.position) AS "entryId",
    delivery.state::text AS state, delivery.attempts AS attempts, iso_instant(delivery.attempted_at) AS "attemptedAt",
    iso_instant(delivery.due_at) AS "dueAt", delivery.status AS status, delivery.failure AS failure,
    iso_instant(delivery.ended_at) AS "endedAt", iso_instant(delivery.created_at) AS "createdAt",
    CASE WHEN feed.id IS NOT NULL THEN jsonb_build_object('recordType', feed.record_type, 'recordId', feed.record_id,
      'mergerId', feed.merger_id, 'version', feed.version, 'operation', feed.operation,
      'recordedAt', iso_instant(feed.recorded_at), 'actor', feed.actor, 'reason', feed.reason) END AS change
  FROM deliveries AS delivery LEFT JOIN feed ON feed.position = delivery.position`;

/** The deliveries of a webhook, in the order of the feed. */
export async function listDeliveries(
  read: Read,
  { webhookId, state, after, limit }: Listed,
): Promise<readonly StoredDelivery[]> {
  const wanted =
    state === null ? '$2::delivery_state IS NULL' : 'delivery.state = $2::delivery_state';
  return read<StoredDelivery>(
    `${SELECT} WHERE delivery.webhook_id = $1::uuid AND ${wanted} AND delivery.position > $3::bigint
     ORDER BY delivery.position LIMIT $4::int`,
    [webhookId, state, after, limit],
  );
}

/** One delivery; undefined when there is none with this id. */
export async function findDelivery(read: Read, id: string): Promise<StoredDelivery | undefined> {
  const [delivery] = await read<StoredDelivery>(`${SELECT} WHERE delivery.id = $1::uuid`, [id]);
  return delivery;
}

/** An instant that is handed in, or by the database's clock. */
export const NOW = (parameter: string): string =>
  `COALESCE(${parameter}::timestamptz, clock_timestamp())`;

const AFRESH = `state = 'pending', attempts = 0, lease = NULL, ended_at = NULL`;

/**
 * Has a delivery sent once more, with all its attempts. Returns its webhook, and whether anything is sent there; undefined when
 * there is no delivery with this id.
 */
export async function renewDelivery(
  tx: Transaction,
  id: string,
  instant: string | null,
): Promise<{ readonly webhookId: string; readonly enabled: boolean } | undefined> {
  const [renewed] = await tx.query<{ webhookId: string; enabled: boolean }>(
    `UPDATE deliveries AS delivery SET ${AFRESH}, due_at = ${NOW('$2')} FROM webhooks AS webhook
     WHERE delivery.id = $1::uuid AND webhook.id = delivery.webhook_id
     RETURNING webhook.id::text AS "webhookId", webhook.enabled AS enabled`,
    [id, instant],
  );
  return renewed;
}

/** A stretch of the feed that is on its way to a webhook. */
export interface Queued {
  readonly webhookId: string;
  readonly from: number;
  readonly to: number;
  /** With whose eyes it was read, and for which mergers. */
  readonly audience: 'public' | 'all';
  readonly mergerIds: readonly string[];
  /** The places of the entries that the webhook is told of. */
  readonly positions: readonly number[];
  readonly instant: string | null;
}

/**
 * Queues a stretch of the feed and moves the webhook to its end, both or neither. What was sent before is sent again. False when
 * the webhook does not stand where the stretch begins, or is told of another part of the feed by now: another instance was faster, or
 * somebody has moved, changed or removed it.
 */
export async function queueDeliveries(
  read: Read,
  { webhookId, from, to, audience, mergerIds, positions, instant }: Queued,
): Promise<boolean> {
  const [row] = await read<{ moved: boolean }>(
    `WITH moved AS (
       UPDATE webhooks AS webhook SET position = $3::bigint
       WHERE webhook.id = $1::uuid AND webhook.position = $2::bigint AND webhook.enabled
         AND webhook.audience = $6::webhook_audience AND webhook.merger_ids = $7::uuid[] RETURNING webhook.id
     ), queued AS (
       INSERT INTO deliveries (webhook_id, position, due_at)
         SELECT moved.id, place.position, ${NOW('$5')} FROM moved CROSS JOIN unnest($4::bigint[]) AS place (position)
       ON CONFLICT (webhook_id, position) DO UPDATE SET ${AFRESH}, due_at = EXCLUDED.due_at
     )
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [webhookId, from, to, positions, instant, audience, mergerIds],
  );
  return row?.moved === true;
}

/** A webhook that is enabled: where it stands in the feed, and how much more may be pending. */
export interface Standing {
  readonly id: string;
  readonly audience: 'public' | 'all';
  readonly mergerIds: readonly string[];
  readonly position: number;
  readonly room: number;
}

/** All webhooks that are enabled, the furthest behind first. */
export async function listStanding(read: Read, mostPending: number): Promise<readonly Standing[]> {
  return read<Standing>(
    `SELECT webhook.id::text AS id, webhook.audience::text AS audience, webhook.merger_ids::text[] AS "mergerIds",
       webhook.position::float8 AS position, $1::int - (
         SELECT count(*)::int FROM (
           SELECT FROM deliveries AS delivery WHERE delivery.webhook_id = webhook.id AND delivery.state = 'pending' LIMIT $1::int
         ) AS pending
       ) AS room
     FROM webhooks AS webhook WHERE webhook.enabled ORDER BY webhook.position`,
    [mostPending],
  );
}

/** For how long what has come to its end is kept, in days. */
const KEPT_DAYS = { delivered: 7, dead: 30 };

/** Forgets deliveries that came to their end long ago, so many at once; returns how many. */
export async function sweepDeliveries(
  read: Read,
  atMost: number,
  instant: string | null,
): Promise<number> {
  const swept = await read(
    `DELETE FROM deliveries AS delivery WHERE delivery.id IN (
       SELECT old.id FROM deliveries AS old
       WHERE old.ended_at < ${NOW('$1')} - $2::int * interval '1 day'
         AND (old.state = 'delivered' OR old.ended_at < ${NOW('$1')} - $3::int * interval '1 day')
       ORDER BY old.ended_at LIMIT $4::int FOR UPDATE SKIP LOCKED
     ) RETURNING delivery.id`,
    [instant, KEPT_DAYS.delivered, KEPT_DAYS.dead, atMost],
  );
  return swept.length;
}
