/** When something was recorded, or came into sight, that the facts of a merger may be read from. */
import type { Read } from '../../platform/prisma/database.js';

/** Since when a caller may know of something, and what time it is; ISO, to the millisecond. */
export interface Sight {
  readonly first: string;
  readonly now: string;
}

/** Since when the caller may know of a merger; undefined when it may not. */
export async function sightOf(read: Read, mergerId: string): Promise<Sight | undefined> {
  const [row] = await read<{ first: string | null; now: string }>(
    `SELECT iso_instant(min(turn.instant)) AS first, (SELECT iso_instant(asked.instant) FROM asked) AS now
     FROM turns AS turn WHERE turn.record_id = $1::uuid`,
    [mergerId],
  );
  return row?.first == null ? undefined : { first: row.first, now: row.now };
}

/**
 * The instants of a span, in order, at which the facts of a merger may have changed: those of every record that is or ever
 * was of the merger, or that one of these named. ISO, to the millisecond: `knownAt` that instant, the change is known.
 */
export async function turnsOf(
  read: Read,
  mergerId: string,
  span: { readonly after: string; readonly until: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await read<{ at: string }>(TURNS, [mergerId, span.after, span.until, span.limit]);
  return rows.map(({ at }) => at);
}

// Of the factions beneath others, of members, attendance and citations the row itself names what it belongs to.
const TURNS = `
  SELECT DISTINCT iso_instant(turn.instant) AS at
  FROM (
    WITH RECURSIVE mine (record_type, record_id, names_type, names_id) AS MATERIALIZED (
      SELECT naming.record_type, naming.record_id, naming.names_type, naming.names_id
      FROM namings AS naming WHERE naming.merger_id = $1::uuid
    ), factions_named (id) AS (
      SELECT mine.names_id FROM mine WHERE mine.names_type = 'factions'
      UNION SELECT naming.record_id FROM factions_named JOIN namings AS naming
        ON naming.names_id = factions_named.id AND naming.record_type = 'factions' AND naming.names_type = 'factions'
    ), membering (id) AS (
      SELECT naming.record_id FROM namings AS naming
      WHERE naming.record_type = 'members' AND naming.names_type = 'factions' AND naming.names_id IN (
        SELECT mine.names_id FROM mine WHERE mine.record_type = 'motions' AND mine.names_type = 'factions')
    ), gathering (id) AS (
      SELECT mine.names_id FROM mine WHERE mine.names_type = 'meetings'
      UNION SELECT mine.record_id FROM mine
      UNION SELECT naming.record_id FROM mine JOIN namings AS naming ON naming.names_id = mine.names_id
        WHERE mine.names_type = 'meetings' AND naming.record_type = 'attendance' AND naming.names_type = 'meetings'
    ), citing (id) AS (
      SELECT naming.record_id FROM namings AS naming
      WHERE naming.record_type = 'citations' AND naming.names_id IN (SELECT gathering.id FROM gathering)
    ), further (id) AS (
      SELECT membering.id FROM membering UNION SELECT citing.id FROM citing
    )
    SELECT $1::uuid
    UNION SELECT gathering.id FROM gathering
    UNION SELECT mine.names_id FROM mine WHERE mine.names_type IN ('people', 'sources')
    UNION SELECT factions_named.id FROM factions_named
    UNION SELECT further.id FROM further
    UNION SELECT naming.names_id FROM further JOIN namings AS naming ON naming.record_id = further.id
      WHERE naming.names_type IN ('people', 'sources')
  ) AS near (id)
  JOIN turns AS turn ON turn.record_id = near.id
  WHERE turn.instant >= $2::timestamptz + interval '1 millisecond' AND turn.instant < $3::timestamptz + interval '1 millisecond'
  ORDER BY at LIMIT $4::int`;
