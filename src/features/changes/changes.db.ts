import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';

/** An entry of the feed; `actor` and `reason` are null where nobody acted: a lifting is nobody's deed. */
export interface ChangeRow {
  readonly id: string;
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly mergerId: string | null;
  readonly version: number | null;
  readonly operation: 'create' | 'update' | 'retract' | 'restore' | 'published' | 'purged';
  readonly recordedAt: string;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** Which part of the feed is asked for. */
export interface Stretch {
  /** Only what stands after this position. */
  readonly after: string;
  /** Only what belongs to this merger; null: everything. */
  readonly mergerId: string | null;
  readonly limit: number;
}

/**
 * Numbers what was committed and is due, in a transaction of its own, and tells how much that was; as much as `atMost` means
 * that there may be more. With it the position of an entry, null when there is none with this id.
 *
 * @param instant ISO; null: the database's own
 */
export async function numberChanges(
  read: Read,
  { instant, atMost, id }: { readonly instant: string | null; atMost: number; id: string },
): Promise<{ readonly numbered: number; readonly position: string | null }> {
  const [row] = await read<{ numbered: number; position: string | null }>(
    `SELECT number_changes($1::timestamptz, $2::int) AS numbered,
       (SELECT change.position::text FROM changes AS change WHERE change.id = $3::uuid) AS position`,
    [instant, atMost, id],
  );
  if (!row) throw new Error('the statement returned no row');
  return row;
}

/** The entries of a stretch, in the order of the feed. */
export async function listChanges(
  read: Read,
  { after, mergerId, limit }: Stretch,
): Promise<readonly ChangeRow[]> {
  const [filter, values] = mergerFilter(mergerId, 3);
  return read<ChangeRow>(
    `SELECT feed.id::text AS id, feed.record_type AS "recordType", feed.record_id::text AS "recordId",
       feed.merger_id::text AS "mergerId", feed.version AS version, feed.operation AS operation,
       iso_instant(feed.recorded_at) AS "recordedAt", feed.actor AS actor, feed.reason AS reason
     FROM feed WHERE feed.position > $1::bigint ${filter} ORDER BY feed.position LIMIT $2::int`,
    [after, limit, ...values],
  );
}

/** The id of the last entry; undefined when there is none yet. */
export async function findLatestChange(
  read: Read,
  mergerId: string | null,
): Promise<string | undefined> {
  const [filter, values] = mergerFilter(mergerId, 1);
  const [row] = await read<{ id: string }>(
    `SELECT feed.id::text AS id FROM feed WHERE true ${filter} ORDER BY feed.position DESC LIMIT 1`,
    values,
  );
  return row?.id;
}

function mergerFilter(mergerId: string | null, place: number): [string, readonly string[]] {
  return mergerId === null
    ? ['', []]
    : [`AND feed.merger_id = $${String(place)}::uuid`, [mergerId]];
}
