import type { Transaction } from '../../platform/prisma/transaction.js';
import type { MeetingFact, VoteEventFact } from '../../domain/facts.js';
import type { MergeFacts } from '../../domain/merge.js';
import { dateOfVoteEvent } from '../../domain/votes.js';
import type { Read } from '../../platform/prisma/database.js';
import { columnOf } from '../../platform/records/field.js';
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
export async function lockMerge(tx: Transaction, id: string): Promise<StoredMerge | undefined> {
  const [merge] = await tx.query<StoredMerge>(
    `SELECT merge.id::text AS id, merge.record_type::text AS "recordType", merge.kept_id::text AS "keptId",
      merge.kept_version AS "keptVersion", merge.duplicate_id::text AS "duplicateId", merge.moved AS moved,
      merge.undone_at IS NOT NULL AS undone
    FROM merges AS merge WHERE merge.id = $1::uuid FOR UPDATE`,
    [id],
  );
  return merge;
}

/** Stores a merge, at the one instant of its transaction. */
export async function insertMerge(
  tx: Transaction,
  merge: Omit<StoredMerge, 'id' | 'undone'>,
): Promise<string> {
  const { recordType, keptId, keptVersion, duplicateId, moved } = merge;
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO merges (record_type, kept_id, kept_version, duplicate_id, moved, created_at)
     VALUES ($1::record_type, $2::uuid, $3::int, $4::uuid, $5::jsonb, current_setting('accord.instant')::timestamptz)
     RETURNING merges.id::text AS id`,
    [recordType, keptId, keptVersion, duplicateId, JSON.stringify(moved)],
  );
  if (!row) throw new Error('the statement returned no row');
  return row.id;
}

/** Says that a merge is undone, at the one instant of its transaction. */
export async function endMerge(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    `UPDATE merges AS merge SET undone_at = current_setting('accord.instant')::timestamptz WHERE merge.id = $1::uuid`,
    [id],
  );
}

/**
 * Has a transaction record all that follows at one instant, so that nobody ever reads half of it: the one that it was told,
 * else the clock's. What it will change must be held before, or somebody else could change it later and be earlier.
 *
 * @returns the instant, in milliseconds since 1970 UTC
 */
export async function recordAtOnce(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ at: number }>(
    `SELECT extract(epoch FROM set_config('accord.instant',
      COALESCE(NULLIF(current_setting('accord.instant', true), ''), clock_timestamp()::text), true)::timestamptz)::float8 * 1000 AS at`,
    [],
  );
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
export async function loadPeople(tx: Transaction, pair: Pair): Promise<Parts> {
  const [row] = await tx.query<Omit<Parts, 'above' | 'votes'> & { readonly votes: VotePart[] }>(
    `SELECT ${partsNaming('participants', 'personId', ['mergerId'])} AS participants,
       ${partsNaming('attendance', 'personId', ['meetingId'])} AS attendance,
       ${partsNaming('members', 'personId', ['startDate', 'endDate'], 'factionId')} AS members,
       ARRAY(
         SELECT json_build_object('id', vote.id, 'of', ${sideOf('vote.person_id')}, 'voteEventId', vote.vote_event_id,
           'castOn', vote.cast_on, 'startDate', vote_event.start_date, 'endDate', vote_event.end_date,
           'meetingId', vote_event.meeting_id, 'startsOn', meeting.starts_on)
         FROM votes AS vote JOIN vote_events AS vote_event ON vote_event.id = vote.vote_event_id
         LEFT JOIN meetings AS meeting ON meeting.id = vote_event.meeting_id
         WHERE vote.person_id IN ($1::uuid, $2::uuid) AND vote.retracted_at IS NULL ORDER BY vote.id
       ) AS votes`,
    [pair.keptId, pair.duplicateId],
  );
  if (!row) throw new Error('the statement returned no row');
  const votes = row.votes.map(({ meetingId, startsOn, startDate, endDate, ...vote }) => {
    const meetings = meetingId === null ? [] : [{ id: meetingId, startsOn }];
    return { ...vote, eventDate: dateOfVoteEvent({ meetingId, startDate, endDate }, meetings) };
  });
  return { ...row, above: { kept: [], duplicate: [] }, votes };
}

/** What two factions do: where they take part, who their members are, and what they stand beneath. */
export async function loadFactions(tx: Transaction, pair: Pair): Promise<Parts> {
  const [row] = await tx.query<Pick<Parts, 'participants' | 'members'>>(
    `SELECT ${partsNaming('participants', 'factionId', ['mergerId'])} AS participants,
       ${partsNaming('members', 'factionId', ['startDate', 'endDate'], 'personId')} AS members`,
    [pair.keptId, pair.duplicateId],
  );
  if (!row) throw new Error('the statement returned no row');
  const above = {
    kept: (await factionsUpFrom(tx, pair.keptId)).map(({ id }) => id),
    duplicate: (await factionsUpFrom(tx, pair.duplicateId)).map(({ id }) => id),
  };
  return { ...row, above, attendance: [], votes: [] };
}

type VotePart = Omit<Parts['votes'][number], 'eventDate'> &
  Pick<VoteEventFact, 'startDate' | 'endDate' | 'meetingId'> &
  Pick<MeetingFact, 'startsOn'>;

/** The faction that another one stands beneath, held until the transaction ends, with everything above. */
export async function lockParent(
  tx: Transaction,
  parentId: string,
): Promise<{ readonly retracted: boolean; readonly above: readonly string[] }> {
  const [parent] = await tx.query<{ retracted: boolean }>(
    `SELECT faction.retracted_at IS NOT NULL AS retracted FROM factions AS faction
     WHERE faction.id = $1::uuid FOR SHARE`,
    [parentId],
  );
  const above = await factionsUpFrom(tx, parentId);
  return { retracted: parent?.retracted ?? true, above: above.map(({ id }) => id) };
}

/**
 * The live rows of a table that name the kept record ($1) or the duplicate ($2) in a field, each with some of its fields and,
 * as `other`, one of them: an array of JSON.
 */
function partsNaming(
  table: string,
  field: string,
  fields: readonly string[],
  other?: string,
): string {
  const named = `part.${columnOf(field)}`;
  const shown = [
    `'id', part.id, 'of', ${sideOf(named)}`,
    ...fields.map((each) => `'${each}', part.${columnOf(each)}`),
    ...(other === undefined ? [] : [`'other', part.${columnOf(other)}`]),
  ];
  return `ARRAY(
    SELECT json_build_object(${shown.join(', ')}) FROM ${table} AS part
    WHERE ${named} IN ($1::uuid, $2::uuid) AND part.retracted_at IS NULL ORDER BY part.id)`;
}

function sideOf(expression: string): string {
  return `CASE ${expression} WHEN $1::uuid THEN 'kept' ELSE 'duplicate' END`;
}
