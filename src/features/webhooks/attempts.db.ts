/** What is due for webhooks, who sends it, and what becomes of that. The instants that are handed in are ISO; null: by the database's clock. */
import type { Read } from '../../platform/prisma/database.js';
import { NOW } from './deliveries.db.js';
import type { DeliveryState, Failure } from './deliveries.words.js';

/** A webhook for which something is pending, and in how many milliseconds it is due. */
export interface Due {
  readonly id: string;
  readonly url: string;
  /** Whether its last attempt failed. */
  readonly isFailing: boolean;
  readonly dueIn: number;
}

/** The webhooks for which something is pending, that which is due longest first. */
export async function listDue(read: Read, instant: string | null): Promise<readonly Due[]> {
  return read<Due>(
    `SELECT webhook.id::text AS id, webhook.url AS url, webhook.failures > 0 AS "isFailing",
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
  /** How many attempts of the webhook failed since the last that did not. */
  readonly failures: number;
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
       webhook.failures AS failures, webhook.audience::text AS audience, webhook.merger_ids::text[] AS "mergerIds", webhook.secret AS secret,
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
  /** How many attempts of the webhook have failed by now since the last that did not. */
  readonly failures: number;
  readonly instant: string | null;
}

/** What is to be said of an attempt. */
export interface Noted {
  /** It is the first of its webhook that is dead. */
  readonly isFirstDead: boolean;
  /** It has disabled its webhook. */
  readonly hasDisabled: boolean;
}

/**
 * Notes what became of an attempt, unless somebody else has the delivery by now. A webhook that leads elsewhere since is left alone.
 */
export async function noteAttempt(
  read: Read,
  { id, lease, url }: Pick<Claimed, 'id' | 'lease' | 'url'>,
  { state, status, failure, pause, rest, isGone, failures, instant }: Told,
): Promise<Noted> {
  const [noted] = await read<Noted>(
    `WITH noted AS (
       UPDATE deliveries AS delivery SET state = $3::delivery_state, attempts = delivery.attempts + 1, attempted_at = ${NOW('$10')},
         status = $4::int, failure = $5, due_at = ${NOW('$10')} + $6::float8 * interval '1 millisecond', lease = NULL,
         ended_at = CASE WHEN $3::delivery_state <> 'pending' THEN ${NOW('$10')} END
       WHERE delivery.id = $1::uuid AND delivery.lease = $2::uuid RETURNING delivery.id, delivery.webhook_id
     ), before AS (
       SELECT webhook.id, webhook.enabled FROM webhooks AS webhook JOIN noted ON noted.webhook_id = webhook.id
       WHERE webhook.url = $9 FOR UPDATE OF webhook
     ), followed AS (
       UPDATE webhooks AS webhook SET enabled = webhook.enabled AND NOT $8, gone_at = CASE WHEN $8 THEN ${NOW('$10')} ELSE webhook.gone_at END,
         failures = $11::int, waits_until = CASE WHEN $7::float8 IS NULL THEN webhook.waits_until
           ELSE greatest(webhook.waits_until, ${NOW('$10')} + $7::float8 * interval '1 millisecond') END
       FROM before WHERE webhook.id = before.id
         AND ($8::boolean OR $7::float8 IS NOT NULL OR webhook.failures <> $11::int)
     )
     SELECT $3::delivery_state = 'dead' AND NOT EXISTS (
       SELECT FROM deliveries AS other WHERE other.webhook_id = noted.webhook_id AND other.state = 'dead' AND other.id <> noted.id
     ) AS "isFirstDead", $8::boolean AND COALESCE(before.enabled, false) AS "hasDisabled"
     FROM noted LEFT JOIN before ON before.id = noted.webhook_id`,
    [id, lease, state, status, failure, pause, rest, isGone, url, instant, failures],
  );
  return noted ?? { isFirstDead: false, hasDisabled: false };
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
