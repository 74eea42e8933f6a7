import type { Prisma } from '../../generated/prisma/client.js';
import type { MergeFacts } from '../../domain/merge.js';
import { dateOfVoteEvent } from '../../domain/votes.js';
import type { Read } from '../../platform/prisma/database.js';
import { factionsUpFrom } from '../factions/factions.db.js';
import type { MergedType, MergeView, Moved } from './merge.view.js';

/** Which merges are asked for; null where it does not matter. */
export interface MergesAsked {
  readonly id: string | null;
  readonly recordType: string | null;
  readonly keptIds: readonly string[] | null;
  readonly duplicateIds: readonly string[] | null;
  readonly undone: boolean | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Merges, the first first. */
export async function listMerges(read: Read, asked: MergesAsked): Promise<readonly MergeView[]> {
  return read<MergeView>(
    `SELECT merge.id::text AS id, merge.record_type::text AS "recordType", merge.kept_id::text AS "keptId",
       merge.duplicate_id::text AS "duplicateId", merge.moved AS moved, iso_instant(merge.created_at) AS "createdAt",
       made.actor AS actor, made.reason AS reason, iso_instant(merge.undone_at) AS "undoneAt",
       undone.actor AS "undoneBy", undone.reason AS "undoneReason"
     FROM merges AS merge
     LEFT JOIN revisions AS made ON made.record_type = merge.record_type AND made.record_id = merge.duplicate_id
       AND made.operation = 'retract' AND made.recorded_at = merge.created_at
     LEFT JOIN revisions AS undone ON undone.record_type = merge.record_type AND undone.record_id = merge.duplicate_id
       AND undone.operation = 'restore' AND undone.recorded_at = merge.undone_at
     WHERE ($1::uuid IS NULL OR merge.id = $1::uuid) AND ($2::text IS NULL OR merge.record_type::text = $2::text)
       AND ($3::uuid[] IS NULL OR merge.kept_id = ANY ($3::uuid[]))
       AND ($4::uuid[] IS NULL OR merge.duplicate_id = ANY ($4::uuid[]))
       AND ($5::boolean IS NULL OR (merge.undone_at IS NOT NULL) = $5::boolean)
       AND ($6::uuid IS NULL OR merge.id > $6::uuid)
     ORDER BY merge.id LIMIT $7::int`,
    [
      asked.id,
      asked.recordType,
      asked.keptIds,
      asked.duplicateIds,
      asked.undone,
      asked.after,
      asked.limit,
    ],
  );
}

/** A merge as it is stored. */
export interface StoredMerge {
  readonly id: string;
  readonly recordType: MergedType;
  readonly keptId: string;
  readonly keptVersion: number | null;
  readonly duplicateId: string;
  readonly moved: readonly Moved[];
  readonly undone: boolean;
}

/** A merge, held until the transaction ends. */
export async function lockMerge(
  tx: Prisma.TransactionClient,
  id: string,
): Promise<StoredMerge | undefined> {
  const [merge] = await tx.$queryRaw<StoredMerge[]>`
    SELECT merge.id::text AS id, merge.record_type::text AS "recordType", merge.kept_id::text AS "keptId",
      merge.kept_version AS "keptVersion", merge.duplicate_id::text AS "duplicateId", merge.moved AS moved,
      merge.undone_at IS NOT NULL AS undone
    FROM merges AS merge WHERE merge.id = ${id}::uuid FOR UPDATE`;
  return merge;
}

/** Stores a merge, at the one instant of its transaction. */
export async function insertMerge(
  tx: Prisma.TransactionClient,
  merge: Omit<StoredMerge, 'id' | 'undone'>,
): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO merges (record_type, kept_id, kept_version, duplicate_id, moved, created_at)
    VALUES (${merge.recordType}::record_type, ${merge.keptId}::uuid, ${merge.keptVersion}::int, ${merge.duplicateId}::uuid,
      ${JSON.stringify(merge.moved)}::jsonb, current_setting('accord.instant')::timestamptz)
    RETURNING id::text AS id`;
  if (!row) throw new Error('the statement returned no row');
  return row.id;
}

/** Says that a merge is undone, at the one instant of its transaction. */
export async function endMerge(tx: Prisma.TransactionClient, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE merges AS merge SET undone_at = current_setting('accord.instant')::timestamptz WHERE merge.id = ${id}::uuid`;
}

/**
 * Has a transaction record all that follows at one instant, so that nobody ever reads half of it: the one that it was told,
 * else the clock's. What it will change must be held before, or somebody else could change it later and be earlier.
 *
 * @returns the instant, in milliseconds since 1970 UTC
 */
export async function recordAtOnce(tx: Prisma.TransactionClient): Promise<number> {
  const [row] = await tx.$queryRaw<{ at: number }[]>`
    SELECT extract(epoch FROM set_config('accord.instant',
      COALESCE(NULLIF(current_setting('accord.instant', true), ''), clock_timestamp()::text), true)::timestamptz)::float8 * 1000 AS at`;
  if (!row) throw new Error('the statement returned no row');
  return row.at;
}

/** The two records that are to be one. */
export interface Pair {
  readonly keptId: string;
  readonly duplicateId: string;
}

type Parts = Pick<MergeFacts, 'above' | 'participants' | 'attendance' | 'votes' | 'members'>;

/** What two people do: where they take part, attend, vote and are members. */
export async function loadPeople(tx: Prisma.TransactionClient, pair: Pair): Promise<Parts> {
  const where = { personId: { in: idsOf(pair) }, retractedAt: null };
  const votes = await tx.vote.findMany({
    where,
    include: { voteEvent: { include: { meeting: true } } },
  });
  const members = await tx.member.findMany({ where });
  const of = sideIn(pair);
  return {
    above: { kept: [], duplicate: [] },
    participants: (await tx.participant.findMany({ where })).map((row) => ({
      ...row,
      of: of(row.personId),
    })),
    attendance: (await tx.attendance.findMany({ where })).map((row) => ({
      ...row,
      of: of(row.personId),
    })),
    votes: votes.map(({ voteEvent, ...row }) => ({
      ...row,
      eventDate: dateOfVoteEvent(voteEvent, voteEvent.meeting ? [voteEvent.meeting] : []),
      of: of(row.personId),
    })),
    members: members.map((row) => ({ ...row, other: row.factionId, of: of(row.personId) })),
  };
}

/** What two factions do: where they take part, who their members are, and what they stand beneath. */
export async function loadFactions(tx: Prisma.TransactionClient, pair: Pair): Promise<Parts> {
  const where = { factionId: { in: idsOf(pair) }, retractedAt: null };
  const members = await tx.member.findMany({ where });
  const of = sideIn(pair);
  return {
    above: {
      kept: (await factionsUpFrom(tx, pair.keptId)).map(({ id }) => id),
      duplicate: (await factionsUpFrom(tx, pair.duplicateId)).map(({ id }) => id),
    },
    participants: (await tx.participant.findMany({ where })).map((row) => ({
      ...row,
      of: of(row.factionId),
    })),
    attendance: [],
    votes: [],
    members: members.map((row) => ({ ...row, other: row.personId, of: of(row.factionId) })),
  };
}

/** The faction that another one stands beneath, held until the transaction ends, with everything above. */
export async function lockParent(
  tx: Prisma.TransactionClient,
  parentId: string,
): Promise<{ readonly retracted: boolean; readonly above: readonly string[] }> {
  const [parent] = await tx.$queryRaw<{ retracted: boolean }[]>`
    SELECT faction.retracted_at IS NOT NULL AS retracted FROM factions AS faction
    WHERE faction.id = ${parentId}::uuid FOR SHARE`;
  const above = await factionsUpFrom(tx, parentId);
  return { retracted: parent?.retracted ?? true, above: above.map(({ id }) => id) };
}

function idsOf({ keptId, duplicateId }: Pair): string[] {
  return [keptId, duplicateId];
}

function sideIn({ keptId }: Pair): (id: string | null) => 'kept' | 'duplicate' {
  return (id) => (id === keptId ? 'kept' : 'duplicate');
}
