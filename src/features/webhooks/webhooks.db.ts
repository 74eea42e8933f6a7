import type { View } from '../../platform/auth/caller.js';
import type { Bytes } from '../../platform/auth/seal.js';
import type { Counts } from '../../platform/metrics/metrics.js';
import type { Read } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';

/** What an admin says of a webhook. */
export interface WebhookFields {
  readonly url: string;
  readonly description: string | null;
  readonly mergerIds: readonly string[];
  readonly audience: View;
  readonly enabled: boolean;
}

/** A webhook as it is stored, without its secrets. */
export interface StoredWebhook extends WebhookFields {
  readonly id: string;
  /** The id of the entry at which it stands in the feed; null: before all of them. */
  readonly entryId: string | null;
  /** How many deliveries are pending, and how many dead. */
  readonly pending: number;
  readonly dead: number;
  readonly waitsUntil: string | null;
  readonly goneAt: string | null;
  readonly previousUntil: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A webhook that begins. */
export interface NewWebhook {
  readonly id: string;
  readonly fields: WebhookFields;
  readonly position: number;
  readonly secret: Bytes;
  readonly createdBy: string;
  readonly keyId: string;
}

const ending = (state: string): string =>
  `(SELECT count(*)::int FROM deliveries AS delivery WHERE delivery.webhook_id = webhook.id AND delivery.state = '${state}')`;

const COLUMNS = `webhook.id::text AS id, webhook.url AS url, webhook.description AS description,
  webhook.merger_ids::text[] AS "mergerIds", webhook.audience::text AS audience, webhook.enabled AS enabled,
  (SELECT change.id::text FROM changes AS change WHERE change.position = webhook.position) AS "entryId",
  ${ending('pending')} AS pending, ${ending('dead')} AS dead,
  iso_instant(webhook.waits_until) AS "waitsUntil", iso_instant(webhook.gone_at) AS "goneAt",
  iso_instant(webhook.previous_until) AS "previousUntil", webhook.created_by AS "createdBy",
  iso_instant(webhook.created_at) AS "createdAt", iso_instant(webhook.updated_at) AS "updatedAt"`;

/** Holds a key until the transaction ends, so that nobody revokes it meanwhile; false when it is revoked. */
export async function holdKey(tx: Transaction, keyId: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT key.id FROM keys AS key WHERE key.id = $1::uuid AND key.revoked_at IS NULL FOR SHARE',
    [keyId],
  );
  return rows.length > 0;
}

/** An id for a webhook that is to be stored; it grows with time. */
export async function nextWebhookId(tx: Transaction): Promise<string> {
  const [row] = await tx.query<{ id: string }>('SELECT uuid_v7()::text AS id', []);
  if (!row) throw new Error('the statement returned no row');
  return row.id;
}

/** Stores a webhook. */
export async function insertWebhook(
  tx: Transaction,
  { id, fields, position, secret, createdBy, keyId }: NewWebhook,
): Promise<void> {
  const { url, description, mergerIds, audience, enabled } = fields;
  await tx.query(
    `INSERT INTO webhooks (id, url, description, merger_ids, audience, enabled, position, secret, created_by, key_id)
     VALUES ($1::uuid, $2, $3, $4::uuid[], $5::webhook_audience, $6, $7::bigint, $8::bytea, $9, $10::uuid)`,
    [id, url, description, mergerIds, audience, enabled, position, secret, createdBy, keyId],
  );
}

/** Those of some mergers that are not on record. */
export async function missingMergers(
  tx: Transaction,
  mergerIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT wanted.id::text AS id FROM unnest($1::uuid[]) AS wanted (id)
     WHERE NOT EXISTS (SELECT FROM mergers AS merger WHERE merger.id = wanted.id)`,
    [mergerIds],
  );
  return rows.map(({ id }) => id);
}

/** One webhook; undefined when there is none with this id. */
export async function findWebhook(read: Read, id: string): Promise<StoredWebhook | undefined> {
  const [webhook] = await read<StoredWebhook>(
    `SELECT ${COLUMNS} FROM webhooks AS webhook WHERE webhook.id = $1::uuid`,
    [id],
  );
  return webhook;
}

/** The webhooks after one, the oldest first. */
export async function listWebhooks(
  read: Read,
  after: string | null,
  limit: number,
): Promise<readonly StoredWebhook[]> {
  return read<StoredWebhook>(
    `SELECT ${COLUMNS} FROM webhooks AS webhook WHERE $1::uuid IS NULL OR webhook.id > $1::uuid
     ORDER BY webhook.id LIMIT $2::int`,
    [after, limit],
  );
}

/** Holds a webhook until the transaction ends; undefined when there is none. */
export async function lockWebhook(tx: Transaction, id: string): Promise<WebhookFields | undefined> {
  const [fields] = await tx.query<WebhookFields>(
    `SELECT webhook.url AS url, webhook.description AS description, webhook.merger_ids::text[] AS "mergerIds",
       webhook.audience::text AS audience, webhook.enabled AS enabled
     FROM webhooks AS webhook WHERE webhook.id = $1::uuid FOR UPDATE`,
    [id],
  );
  return fields;
}

/**
 * Changes what is said of a webhook. A receiver that was gone, or wanted rest, may be there again. By whose key it leads where it
 * leads is changed with that, not with its description.
 */
export async function updateWebhook(
  tx: Transaction,
  id: string,
  { url, description, mergerIds, audience, enabled, keyId }: WebhookFields & { keyId: string },
): Promise<void> {
  await tx.query(
    `UPDATE webhooks AS webhook SET url = $2, description = $3, merger_ids = $4::uuid[], audience = $5::webhook_audience,
       enabled = $6, gone_at = CASE WHEN $6 THEN NULL ELSE webhook.gone_at END,
       waits_until = CASE WHEN webhook.url = $2 THEN webhook.waits_until END,
       failures = CASE WHEN webhook.url = $2 THEN webhook.failures ELSE 0 END,
       key_id = CASE WHEN (webhook.url, webhook.merger_ids, webhook.audience, webhook.enabled)
         IS DISTINCT FROM ($2, $4::uuid[], $5::webhook_audience, $6::boolean) THEN $7::uuid ELSE webhook.key_id END,
       updated_at = clock_timestamp()
     WHERE webhook.id = $1::uuid`,
    [id, url, description, mergerIds, audience, enabled, keyId],
  );
}

/** Has a webhook go on after a position of the feed; false when there is none. */
export async function moveWebhook(tx: Transaction, id: string, position: number): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE webhooks AS webhook SET position = $2::bigint, waits_until = NULL, updated_at = clock_timestamp()
     WHERE webhook.id = $1::uuid RETURNING webhook.id`,
    [id, position],
  );
  return rows.length > 0;
}

/** Has a webhook wait no longer. */
export async function wakeWebhook(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    `UPDATE webhooks AS webhook SET waits_until = NULL WHERE webhook.id = $1::uuid AND webhook.waits_until IS NOT NULL`,
    [id],
  );
}

/**
 * Gives a webhook a new secret; until `overlapHours` from now the one before signs as well, and with none it is forgotten. Returns
 * until when, null when there is no such webhook.
 *
 * @param instant now, ISO; null: by the database's clock
 */
export async function rotateSecret(
  tx: Transaction,
  id: string,
  { secret, overlapHours, instant }: RotatedSecret,
): Promise<string | null> {
  const [row] = await tx.query<{ until: string }>(
    `UPDATE webhooks AS webhook SET secret = $2::bytea, previous_secret = CASE WHEN $3::int > 0 THEN webhook.secret END,
       previous_until = COALESCE($4::timestamptz, clock_timestamp()) + $3::int * interval '1 hour', updated_at = clock_timestamp()
     WHERE webhook.id = $1::uuid RETURNING iso_instant(webhook.previous_until) AS until`,
    [id, secret, overlapHours, instant],
  );
  return row?.until ?? null;
}

/** A secret that takes the place of another one. */
export interface RotatedSecret {
  readonly secret: Bytes;
  readonly overlapHours: number;
  readonly instant: string | null;
}

/** Erases secrets that do not sign any more. */
export async function eraseOldSecrets(read: Read, instant: string | null): Promise<void> {
  await read(
    `UPDATE webhooks AS webhook SET previous_secret = NULL, previous_until = NULL
     WHERE webhook.previous_until <= COALESCE($1::timestamptz, clock_timestamp())`,
    [instant],
  );
}

/** How many webhooks there are, by whether they are enabled. */
export async function countWebhooks(read: Read): Promise<Counts> {
  const [counts] = await read<Counts>(
    `SELECT count(*) FILTER (WHERE webhook.enabled)::int AS enabled, count(*) FILTER (WHERE NOT webhook.enabled)::int AS disabled
     FROM webhooks AS webhook`,
    [],
  );
  return counts ?? {};
}

/** How many deliveries are on their way, and how many given up. */
export async function countDeliveries(read: Read): Promise<Counts> {
  const [counts] = await read<Counts>(
    `SELECT COALESCE(sum(${ending('pending')}), 0)::int AS pending, COALESCE(sum(${ending('dead')}), 0)::int AS dead
     FROM webhooks AS webhook`,
    [],
  );
  return counts ?? {};
}

/** Has nothing sent to a webhook any more; false when there is none. */
export async function disableWebhook(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE webhooks AS webhook SET enabled = false WHERE webhook.id = $1::uuid RETURNING webhook.id',
    [id],
  );
  return rows.length > 0;
}

/** Forgets deliveries of a webhook, so many at once; returns how many. */
export async function forgetDeliveries(read: Read, id: string, atMost: number): Promise<number> {
  const forgotten = await read(
    `DELETE FROM deliveries AS delivery WHERE delivery.id IN (
       SELECT one.id FROM deliveries AS one WHERE one.webhook_id = $1::uuid LIMIT $2::int
     ) RETURNING delivery.id`,
    [id, atMost],
  );
  return forgotten.length;
}

/** Removes a webhook with all its deliveries; false when there is none. */
export async function deleteWebhook(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'DELETE FROM webhooks AS webhook WHERE webhook.id = $1::uuid RETURNING webhook.id',
    [id],
  );
  return rows.length > 0;
}
