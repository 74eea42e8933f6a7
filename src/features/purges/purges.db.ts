import type { Transaction } from '../../platform/prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';
import type { Companion } from '../../platform/records/record.definition.js';

/** The mark that a purge leaves. */
export interface Purge {
  readonly id: string;
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly purgedAt: string;
  readonly actor: string;
  readonly reason: string | null;
}

const COLUMNS = `purge.id::text AS id, purge.record_type AS "recordType", purge.record_id::text AS "recordId",
  iso_instant(purge.purged_at) AS "purgedAt", purge.actor AS actor, purge.reason AS reason`;

/**
 * Removes a record with all its traces; returns the id of the mark.
 *
 * @param instant at which it is judged whether the public ever saw it, ISO; null: the database's own
 */
export async function purgeRecord(
  tx: Transaction,
  { type, id }: Companion,
  instant: string | null,
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    'SELECT purge_record($1::record_type, $2::uuid, $3::timestamptz)::text AS id',
    [type, id, instant],
  );
  if (!row) throw new Error('the statement returned no row');
  return row.id;
}

/** One mark; undefined when there is none with this id. */
export async function findPurge(read: Read, id: string): Promise<Purge | undefined> {
  const [purge] = await read<Purge>(
    `SELECT ${COLUMNS} FROM purges AS purge WHERE purge.id = $1::uuid`,
    [id],
  );
  return purge;
}

/** The marks after one, the earliest first. */
export async function listPurges(
  read: Read,
  after: string | null,
  limit: number,
): Promise<readonly Purge[]> {
  return read<Purge>(
    `SELECT ${COLUMNS} FROM purges AS purge WHERE $1::uuid IS NULL OR purge.id > $1::uuid
     ORDER BY purge.id LIMIT $2::int`,
    [after, limit],
  );
}
