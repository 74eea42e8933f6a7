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

const NOW = (parameter: string): string => `COALESCE(${parameter}::timestamptz, clock_timestamp())`;

const AFRESH = `state = 'pending', attempts = 0, lease = NULL, ended_at = NULL`;

/** Has a delivery sent once more, with all its attempts; false when there is none with this id. */
export async function renewDelivery(
  tx: Transaction,
  id: string,
  instant: string | null,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE deliveries AS delivery SET ${AFRESH}, due_at = ${NOW('$2')} WHERE delivery.id = $1::uuid RETURNING delivery.id`,
    [id, instant],
  );
  return rows.length > 0;
}

/** A stretch of the feed that is on its way to a webhook. */
export interface Queued {
  readonly webhookId: string;
  readonly from: number;
  readonly to: number;
  /** The places of the entries that the webhook is told of. */
  readonly positions: readonly number[];
  readonly instant: string | null;
}

/**
 * Queues a stretch of the feed and moves the webhook to its end, both or neither. What was sent before is sent again. False when
 * the webhook does not stand where the stretch begins: another instance was faster, or somebody has moved or removed it.
 */
export async function queueDeliveries(
  read: Read,
  { webhookId, from, to, positions, instant }: Queued,
): Promise<boolean> {
  const [row] = await read<{ moved: boolean }>(
    `WITH moved AS (
       UPDATE webhooks AS webhook SET position = $3::bigint
       WHERE webhook.id = $1::uuid AND webhook.position = $2::bigint AND webhook.enabled RETURNING webhook.id
     ), queued AS (
       INSERT INTO deliveries (webhook_id, position, due_at)
         SELECT moved.id, place.position, ${NOW('$5')} FROM moved CROSS JOIN unnest($4::bigint[]) AS place (position)
       ON CONFLICT (webhook_id, position) DO UPDATE SET ${AFRESH}, due_at = EXCLUDED.due_at
     )
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [webhookId, from, to, positions, instant],
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

/** A webhook for which something is pending, and in how many milliseconds it is due. */
export interface Due {
  readonly id: string;
  readonly url: string;
  readonly dueIn: number;
}

/** The webhooks for which something is pending, that which is due longest first. */
export async function listDue(read: Read, instant: string | null): Promise<readonly Due[]> {
  return read<Due>(
    `SELECT webhook.id::text AS id, webhook.url AS url,
       (extract(epoch FROM greatest(next.due_at, webhook.waits_until) - ${NOW('$1')}) * 1000)::float8 AS "dueIn"
     FROM webhooks AS webhook CROSS JOIN LATERAL (
       SELECT min(delivery.due_at) AS due_at FROM deliveries AS delivery
       WHERE delivery.webhook_id = webhook.id AND delivery.state = 'pending'
     ) AS next
     WHERE webhook.enabled AND next.due_at IS NOT NULL ORDER BY "dueIn"`,
    [instant],
  );
}

/** A delivery that nobody else sends, until its lease is over. */
export interface Claimed {
  readonly id: string;
  readonly lease: string;
  readonly webhookId: string;
  readonly position: number;
  /** How many there were before. */
  readonly attempts: number;
  readonly url: string;
  readonly audience: 'public' | 'all';
  readonly mergerIds: readonly string[];
  readonly secret: Uint8Array;
  /** The secret before, as long as it signs. */
  readonly previousSecret: Uint8Array | null;
  /** The database's time, seconds since 1970 UTC. */
  readonly now: number;
}

/** What an instance takes upon itself, and for how long, in milliseconds. */
export interface Claim {
  readonly webhookId: string;
  readonly limit: number;
  readonly lease: number;
  readonly instant: string | null;
}

/** Takes deliveries of a webhook that are due and that nobody is sending, those that are due longest first. */
export async function claimDeliveries(
  read: Read,
  { webhookId, limit, lease, instant }: Claim,
): Promise<readonly Claimed[]> {
  return read<Claimed>(
    `WITH next AS MATERIALIZED (
       SELECT delivery.id FROM deliveries AS delivery JOIN webhooks AS webhook ON webhook.id = delivery.webhook_id
       WHERE delivery.webhook_id = $1::uuid AND delivery.state = 'pending' AND delivery.due_at <= ${NOW('$4')}
         AND webhook.enabled AND COALESCE(webhook.waits_until <= ${NOW('$4')}, true)
       ORDER BY delivery.due_at, delivery.position LIMIT $2::int FOR UPDATE OF delivery SKIP LOCKED
     )
     UPDATE deliveries AS delivery SET lease = gen_random_uuid(), due_at = ${NOW('$4')} + $3::int * interval '1 millisecond'
     FROM next, webhooks AS webhook WHERE delivery.id = next.id AND webhook.id = delivery.webhook_id
     RETURNING delivery.id::text AS id, delivery.lease::text AS lease, webhook.id::text AS "webhookId",
       delivery.position::float8 AS position, delivery.attempts AS attempts, webhook.url AS url,
       webhook.audience::text AS audience, webhook.merger_ids::text[] AS "mergerIds", webhook.secret AS secret,
       CASE WHEN webhook.previous_until > ${NOW('$4')} THEN webhook.previous_secret END AS "previousSecret",
       floor(extract(epoch FROM clock_timestamp()))::float8 AS now`,
    [webhookId, limit, lease, instant],
  );
}

/** What became of an attempt, and what follows. */
export interface Told {
  readonly state: DeliveryState;
  readonly status: number | null;
  readonly failure: Failure | null;
  /** Until it is sent again, in milliseconds. */
  readonly pause: number;
  /** For how long nothing is sent to the webhook, in milliseconds; null: at once. */
  readonly rest: number | null;
  readonly isGone: boolean;
  readonly instant: string | null;
}

/** Notes what became of an attempt, unless somebody else has the delivery by now. A webhook that leads elsewhere since is left alone. */
export async function noteAttempt(
  read: Read,
  { id, lease, url }: Pick<Claimed, 'id' | 'lease' | 'url'>,
  { state, status, failure, pause, rest, isGone, instant }: Told,
): Promise<void> {
  await read(
    `WITH noted AS (
       UPDATE deliveries AS delivery SET state = $3::delivery_state, attempts = delivery.attempts + 1, attempted_at = ${NOW('$10')},
         status = $4::int, failure = $5, due_at = ${NOW('$10')} + $6::float8 * interval '1 millisecond', lease = NULL,
         ended_at = CASE WHEN $3::delivery_state <> 'pending' THEN ${NOW('$10')} END
       WHERE delivery.id = $1::uuid AND delivery.lease = $2::uuid RETURNING delivery.webhook_id
     )
     UPDATE webhooks AS webhook SET enabled = webhook.enabled AND NOT $8, gone_at = CASE WHEN $8 THEN ${NOW('$10')} ELSE webhook.gone_at END,
       waits_until = CASE WHEN $7::float8 IS NULL THEN webhook.waits_until
         ELSE greatest(webhook.waits_until, ${NOW('$10')} + $7::float8 * interval '1 millisecond') END
     FROM noted WHERE webhook.id = noted.webhook_id AND webhook.url = $9 AND ($8::boolean OR $7::float8 IS NOT NULL)`,
    [id, lease, state, status, failure, pause, rest, isGone, url, instant],
  );
}

/** Gives back what was not sent: others may send it at once. */
export async function releaseDelivery(
  read: Read,
  { id, lease }: Pick<Claimed, 'id' | 'lease'>,
  instant: string | null,
): Promise<void> {
  await read(
    `UPDATE deliveries AS delivery SET lease = NULL, due_at = ${NOW('$3')} WHERE delivery.id = $1::uuid AND delivery.lease = $2::uuid`,
    [id, lease, instant],
  );
}

/** Forgets what is not to be told any more. */
export async function dropDelivery(
  read: Read,
  { id, lease }: Pick<Claimed, 'id' | 'lease'>,
): Promise<void> {
  await read(
    'DELETE FROM deliveries AS delivery WHERE delivery.id = $1::uuid AND delivery.lease = $2::uuid',
    [id, lease],
  );
}

/** For how long what has come to its end is kept, in days. */
const KEPT_DAYS = { delivered: 7, dead: 30 };

/** Forgets deliveries that came to their end long ago, so many at once. */
export async function sweepDeliveries(
  read: Read,
  atMost: number,
  instant: string | null,
): Promise<void> {
  await read(
    `DELETE FROM deliveries AS delivery WHERE delivery.id IN (
       SELECT old.id FROM deliveries AS old
       WHERE old.ended_at < ${NOW('$1')} - $2::int * interval '1 day'
         AND (old.state = 'delivered' OR old.ended_at < ${NOW('$1')} - $3::int * interval '1 day')
       ORDER BY old.ended_at LIMIT $4::int FOR UPDATE SKIP LOCKED
     )`,
    [instant, KEPT_DAYS.delivered, KEPT_DAYS.dead, atMost],
  );
}
