import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';

/** An entry of the feed; `actor` and `reason` are null where nobody acted: a lifting is nobody's deed. */
export interface ChangeRow {
  /** Its place: entries are numbered from 1, without a gap. */
  readonly position: number;
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
  readonly after: number;
  /** Only what stands up to this position; left out, to the end. */
  readonly until?: number;
  /** Only what belongs to these mergers; none: everything. */
  readonly mergerIds: readonly string[];
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
): Promise<{ readonly numbered: number; readonly position: number | null }> {
  const [row] = await read<{ numbered: number; position: number | null }>(
    `SELECT number_changes($1::timestamptz, $2::int) AS numbered,
       (SELECT change.position::float8 FROM changes AS change WHERE change.id = $3::uuid) AS position`,
    [instant, atMost, id],
  );
  if (!row) throw new Error('the statement returned no row');
  return row;
}

const COLUMNS = `feed.position::float8 AS position, feed.id::text AS id, feed.record_type AS "recordType",
  feed.record_id::text AS "recordId", feed.merger_id::text AS "mergerId", feed.version AS version, feed.operation AS operation,
  iso_instant(feed.recorded_at) AS "recordedAt", feed.actor AS actor, feed.reason AS reason`;

/** The entries of a stretch, in the order of the feed. */
export async function listChanges(
  read: Read,
  { after, until = Number.MAX_SAFE_INTEGER, mergerIds, limit }: Stretch,
): Promise<readonly ChangeRow[]> {
  const stretch = 'feed.position > $1::bigint AND feed.position <= $2::bigint';
  if (mergerIds.length === 0)
    return read<ChangeRow>(
      `SELECT ${COLUMNS} FROM feed WHERE ${stretch} ORDER BY feed.position LIMIT $3::int`,
      [after, until, limit],
    );
  // Of each merger no more than could be on the page, by its own index: many cost many times what one costs.
  return read<ChangeRow>(
    `SELECT entry.* FROM unnest($4::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
       SELECT ${COLUMNS} FROM feed WHERE feed.merger_id = wanted.id AND ${stretch} ORDER BY feed.position LIMIT $3::int
     ) AS entry ORDER BY entry.position LIMIT $3::int`,
    [after, until, limit, mergerIds],
  );
}

/** Where the feed ends, and the id of the last entry of some mergers, or of all: null when there is none yet. */
export async function findLatestChange(
  read: Read,
  mergerIds: readonly string[],
): Promise<{ readonly end: number; readonly id: string | null }> {
  const latest = 'SELECT feed.position, feed.id FROM feed';
  const last = 'ORDER BY feed.position DESC LIMIT 1';
  const entries =
    mergerIds.length === 0
      ? `${latest} ${last}`
      : `SELECT entry.* FROM unnest($1::uuid[]) AS wanted (id)
         CROSS JOIN LATERAL (${latest} WHERE feed.merger_id = wanted.id ${last}) AS entry ORDER BY entry.position DESC LIMIT 1`;
  const [row] = await read<{ end: number; id: string | null }>(
    `SELECT ${END} AS "end", (SELECT latest.id::text FROM (${entries}) AS latest) AS id`,
    mergerIds.length === 0 ? [] : [mergerIds],
  );
  if (!row) throw new Error('the statement returned no row');
  return row;
}

/** Where the feed ends: the last position that was given, 0 when none was. */
export async function findEnd(read: Read): Promise<number> {
  const [row] = await read<{ end: number }>(`SELECT ${END} AS "end"`, []);
  return row?.end ?? 0;
}

const END = '(SELECT COALESCE(max(change.position), 0)::float8 FROM changes AS change)';
