/** Pairs of records that may be of one, and what was decided of pairs. */
import type { Read } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';

/** What is compared: records that can be merged. */
export type Compared = 'people' | 'factions';

/** A pair that is likely of one, the record with the smaller id first. */
export interface Pair {
  readonly ids: readonly [string, string];
  readonly names: readonly [string, string];
  /** From 0 to 1, with four decimals. */
  readonly score: string;
  /** The names that are most alike, folded, and in what. */
  readonly alike: readonly [string, string];
  readonly by: 'name' | 'letters' | 'consonants' | 'words' | 'likeness';
}

/** Where a page of pairs ended. */
export interface PairPlace {
  readonly score: string;
  readonly ids: readonly [string, string];
}

/** A name that more records have than this says nothing of any two of them. */
const MOST_OF_A_NAME = 20;

/** So many pairs are compared at most, so that the answer takes a second or two however many records share words. */
const MOST_COMPARED = 20_000;

/** Below this, more pairs are two than one. */
const LEAST_SCORE = 0.6;

/**
 * Likely pairs of live records, the likeliest first, without those that were said to be two: what was said of a record is said of that
 * into which it is merged. Only what shares a block is compared:
 * the consonants of a whole name, in any order, or of two of its words; of very many pairs those first that share more words, and
 * share them with fewer.
 */
export async function listPairs(
  read: Read,
  of: Compared,
  { after, limit }: { readonly after: PairPlace | null; readonly limit: number },
): Promise<readonly Pair[]> {
  return read<Pair>(
    `WITH RECURSIVE decided AS (
       SELECT decision.one_id AS one_id, decision.other_id AS other_id FROM duplicate_decisions AS decision
       WHERE decision.record_type = '${of}' AND decision.taken_back_at IS NULL
       UNION
       SELECT CASE decided.one_id WHEN merge.duplicate_id THEN merge.kept_id ELSE decided.one_id END,
         CASE decided.other_id WHEN merge.duplicate_id THEN merge.kept_id ELSE decided.other_id END
       FROM decided JOIN merges AS merge ON merge.duplicate_id = ANY (ARRAY[decided.one_id, decided.other_id])
       WHERE merge.undone_at IS NULL
     ), block AS (
       SELECT DISTINCT keys.key AS key, names.record_id AS record_id
       FROM names JOIN ${of} AS record ON record.id = names.record_id AND record.retracted_at IS NULL
       CROSS JOIN LATERAL unnest(names.blocks) AS keys (key)
       WHERE names.record_type = '${of}'
     ), shared AS (
       SELECT array_agg(block.record_id) AS ids, sum(count(*) * (count(*) - 1) / 2)
         OVER (ORDER BY cardinality(string_to_array(block.key, ' ')) DESC, count(*), block.key) AS compared
       FROM block GROUP BY block.key HAVING count(*) BETWEEN 2 AND ${String(MOST_OF_A_NAME)}
     ), pair AS (
       SELECT DISTINCT one.id AS one_id, other.id AS other_id
       FROM shared CROSS JOIN LATERAL unnest(shared.ids) AS one (id) CROSS JOIN LATERAL unnest(shared.ids) AS other (id)
       WHERE one.id < other.id AND shared.compared <= ${String(MOST_COMPARED)}
     ), scored AS (
       SELECT pair.one_id AS one_id, pair.other_id AS other_id, best.score AS score, best.alike AS alike, best.by AS by
       FROM pair CROSS JOIN LATERAL (
         SELECT round(name_likeness(one.latin, one.skeleton, other.latin, other.skeleton)::numeric, 4) AS score,
           ARRAY[one.folded, other.folded] AS alike,
           CASE WHEN one.folded = other.folded THEN 'name' WHEN one.latin = other.latin THEN 'letters'
             WHEN one.skeleton = other.skeleton THEN 'consonants'
             WHEN string_to_array(one.skeleton, ' ') <@ string_to_array(other.skeleton, ' ')
               OR string_to_array(other.skeleton, ' ') <@ string_to_array(one.skeleton, ' ') THEN 'words'
             ELSE 'likeness' END AS by
         FROM names AS one JOIN names AS other ON other.record_type = one.record_type
         WHERE one.record_type = '${of}' AND one.record_id = pair.one_id AND other.record_id = pair.other_id
         ORDER BY 1 DESC, one.folded, other.folded LIMIT 1
       ) AS best
       WHERE best.score >= ${String(LEAST_SCORE)} AND NOT EXISTS (
         SELECT FROM decided
         WHERE least(decided.one_id, decided.other_id) = pair.one_id AND greatest(decided.one_id, decided.other_id) = pair.other_id
       )
     )
     SELECT ARRAY[scored.one_id::text, scored.other_id::text] AS ids, ARRAY[one.name, other.name] AS names,
       scored.score::text AS score, scored.alike AS alike, scored.by AS by
     FROM scored JOIN ${of} AS one ON one.id = scored.one_id JOIN ${of} AS other ON other.id = scored.other_id
     WHERE $1::numeric IS NULL OR (-scored.score, scored.one_id, scored.other_id) > (-$1::numeric, $2::uuid, $3::uuid)
     ORDER BY -scored.score, scored.one_id, scored.other_id LIMIT $4::int`,
    [after?.score ?? null, after?.ids[0] ?? null, after?.ids[1] ?? null, limit],
  );
}

/** That two records are two, as it is shown. */
export interface DifferentRow {
  readonly id: string;
  readonly of: Compared;
  readonly ids: readonly [string, string];
  readonly decidedAt: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly takenBackAt: string | null;
  readonly takenBackBy: string | null;
}

/** Which are asked for. */
export interface DifferentAsked {
  readonly id: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** What was said to be two, taken back or not, the first first. */
export async function listDifferent(
  read: Read,
  { id, after, limit }: DifferentAsked,
): Promise<readonly DifferentRow[]> {
  return read<DifferentRow>(
    `${SHOWN} WHERE ($1::uuid IS NULL OR decision.id = $1::uuid) AND ($2::uuid IS NULL OR decision.id > $2::uuid)
     ORDER BY decision.id LIMIT $3::int`,
    [id, after, limit],
  );
}

/** Remembers that two records are two, by the transaction's author; what is remembered already stays as it is. */
export async function rememberDifferent(
  tx: Transaction,
  of: Compared,
  [one, other]: readonly [string, string],
): Promise<DifferentRow> {
  await tx.query(
    `INSERT INTO duplicate_decisions (record_type, one_id, other_id, actor, reason, decided_at)
     VALUES ($1::record_type, $2::uuid, $3::uuid, current_setting('accord.actor'), NULLIF(current_setting('accord.reason'), ''), clock_timestamp())
     ON CONFLICT (one_id, other_id) WHERE taken_back_at IS NULL DO NOTHING`,
    [of, one, other],
  );
  const [decision] = await tx.query<DifferentRow>(
    `${SHOWN} WHERE decision.one_id = $1::uuid AND decision.other_id = $2::uuid AND decision.taken_back_at IS NULL`,
    [one, other],
  );
  if (!decision) throw new Error('the statement returned no row');
  return decision;
}

/** Takes back that two records are two, by the transaction's author; whether there was anything to take back. */
export async function takeBackDifferent(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE duplicate_decisions AS decision SET taken_back_at = clock_timestamp(), taken_back_by = current_setting('accord.actor')
     WHERE decision.id = $1::uuid AND decision.taken_back_at IS NULL RETURNING decision.id::text AS id`,
    [id],
  );
  return rows.length > 0;
}

const SHOWN = `SELECT decision.id::text AS id, decision.record_type::text AS of,
    ARRAY[decision.one_id::text, decision.other_id::text] AS ids, iso_instant(decision.decided_at) AS "decidedAt",
    decision.actor AS actor, decision.reason AS reason, iso_instant(decision.taken_back_at) AS "takenBackAt",
    decision.taken_back_by AS "takenBackBy"
  FROM duplicate_decisions AS decision`;
