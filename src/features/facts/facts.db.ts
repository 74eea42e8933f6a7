/**
 * The facts of mergers, as the rules read them: one statement, hence one snapshot and one round trip, whatever the size.
 */
import type { MergerFacts } from '../../domain/facts.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Read } from '../../platform/prisma/database.js';
import { isStorable, isUuid } from '../../platform/http/text.js';
import { jsonExpression } from '../../platform/records/records.db.js';
import { resources } from '../resources.js';
import { evidence } from './evidence.db.js';

/** The facts of a merger, whether it was retracted, and the instant at which they were read, ISO. */
export interface LoadedFacts {
  readonly facts: MergerFacts;
  readonly retracted: boolean;
  readonly instant: string;
}

/** Where a page of mergers begins. */
export interface AfterMerger {
  readonly createdAt: string;
  readonly id: string;
}

/** The facts of a merger by id or slug; undefined when there is none. */
export async function loadFacts(read: Read, key: string): Promise<LoadedFacts | undefined> {
  if (!isStorable(key)) return undefined;
  const where = isUuid(key) ? 'merger.id = $1::uuid' : 'merger.slug = $1';
  const [row] = await read<FactsRow>(`${SELECT} WHERE ${where}`, [key]);
  return row && loaded(row);
}

/** The id of a merger by its id or slug of today, whoever may see it; undefined when there is none. */
export async function findMergerId(read: Read, key: string): Promise<string | undefined> {
  if (!isStorable(key)) return undefined;
  const where = isUuid(key) ? 'merger.id = $1::uuid' : 'merger.slug = $1';
  const [row] = await read<{ id: string }>(
    `SELECT merger.id::text AS id FROM mergers AS merger WHERE ${where}`,
    [key],
  );
  return row?.id;
}

/** The id of the merger that a motion or a vote event belongs to, whoever may see it. */
export async function findMergerIdOf(
  read: Read,
  type: 'motions' | 'vote-events',
  id: string,
): Promise<string | undefined> {
  const [row] = await read<{ id: string }>(
    `SELECT motion.merger_id::text AS id FROM motions AS motion WHERE motion.id = ${motionOf(type)}`,
    [id],
  );
  return row?.id;
}

/** The facts of the merger that a record of one of its motions belongs to. */
export async function loadFactsOf(
  read: Read,
  type: 'motions' | 'vote-events',
  id: string,
): Promise<LoadedFacts | undefined> {
  const where = `merger.id = (SELECT motion.merger_id FROM motions AS motion WHERE motion.id = ${motionOf(type)})`;
  const [row] = await read<FactsRow>(`${SELECT} WHERE ${where}`, [id]);
  return row && loaded(row);
}

/** Which of the open mergers are asked for. */
export interface OpenPage {
  /** The instant at which they are open, ISO; null: that of the reading. */
  readonly at: string | null;
  readonly after: AfterMerger | null;
  readonly limit: number;
}

/** The facts of some mergers, in any order. */
export async function loadFactsOfAll(
  read: Read,
  ids: readonly string[],
): Promise<readonly LoadedFacts[]> {
  const rows = await read<FactsRow>(`${SELECT} WHERE merger.id = ANY ($1::uuid[])`, [ids]);
  return rows.map(loaded);
}

/** The mergers that are neither closed nor completed at an instant, in the order of recording, and where in the list they stand. */
export async function findOpenMergers(
  read: Read,
  page: OpenPage,
): Promise<readonly { readonly id: string; readonly key: string }[]> {
  return read<{ id: string; key: string }>(
    `SELECT merger.id::text AS id, merger.created_at::text AS key FROM mergers AS merger ${OPEN}`,
    valuesOf(page),
  );
}

const OPEN = `
  CROSS JOIN LATERAL (
    SELECT COALESCE($1::timestamptz, LEAST(asked.instant, asked.known_until - interval '1 millisecond')) AS instant FROM asked
  ) AS at
  WHERE merger.retracted_at IS NULL
    AND COALESCE(span_start(merger.closed_on) > at.instant, true)
    AND NOT EXISTS (
      SELECT FROM successions AS succession
      WHERE succession.merger_id = merger.id AND succession.retracted_at IS NULL
        AND span_start(succession.date) <= at.instant)
    AND ($2::timestamptz IS NULL OR (merger.created_at, merger.id) > ($2::timestamptz, $3::uuid))
  ORDER BY merger.created_at, merger.id LIMIT $4::int`;

function valuesOf({ at, after, limit }: OpenPage): readonly unknown[] {
  return [at, after?.createdAt ?? null, after?.id ?? null, limit];
}

/** A row of {@link selectFacts}. */
export interface FactsRow {
  readonly retracted: boolean;
  readonly instant: string;
  readonly json: string;
}

/** What the rules read of each kind of record, beside its id and when it was recorded. */
const READ_FIELDS: Partial<Record<RecordType, readonly string[]>> = {
  mergers: ['slug', 'title', 'expectedKind', 'startedOn', 'closedOn', 'outcome'],
  factions: ['name', 'classification', 'parentId'],
  people: ['name'],
  attendance: ['meetingId', 'personId'],
};

/** The rules read what is visible: they need not know what is held back. */
const HELD_BACK: ReadonlySet<string> = new Set(['visibility', 'embargoUntil']);

/**
 * The statement that reads the facts of mergers, up to its WHERE.
 *
 * @param more what else it selects, each after a comma
 */
export function selectFacts(more: string): string {
  return `SELECT ${COLUMNS}${more} ${FROM}`;
}

const COLUMNS = `
  merger.retracted_at IS NOT NULL AS retracted,
    (SELECT iso_instant(asked.instant) FROM asked) AS instant, json_build_object(
    'merger', ${json('mergers', 'merger')},
    'factions', ${every('factions', 'factions AS record WHERE record.id = ANY (scope.factions)')},
    'people', ${every('people', 'people AS record WHERE record.id = ANY (named.people)')},
    'members', ${every('members', 'members AS record WHERE record.faction_id = ANY (scope.deciding)')},
    'participants', ${ofMerger('participants')},
    'stances', ${every('stances', 'stances AS record JOIN participants AS above ON above.id = record.participant_id WHERE above.merger_id = merger.id')},
    'milestones', ${ofMerger('milestones')},
    'transitions', ${every('transitions', 'transitions AS record JOIN milestones AS above ON above.id = record.milestone_id WHERE above.merger_id = merger.id')},
    'meetings', ${every('meetings', 'meetings AS record WHERE record.id = ANY (named.meetings)')},
    'attendance', ${every('attendance', 'attendance AS record WHERE record.meeting_id = ANY (named.meetings)')},
    'motions', ${ofMerger('motions')},
    'voteEvents', ${every('vote-events', 'vote_events AS record JOIN motions AS above ON above.id = record.motion_id WHERE above.merger_id = merger.id')},
    'votes', ${every('votes', 'votes AS record WHERE record.vote_event_id = ANY (named.vote_events)')},
    'mandates', ${ofMerger('mandates')},
    'predictions', ${ofMerger('predictions')},
    'successions', ${ofMerger('successions')},
    'evidence', evidence.json
  )::text AS json`;

const FROM = `
  FROM mergers AS merger
  CROSS JOIN LATERAL (
    WITH RECURSIVE deciding (id) AS (
      SELECT motion.faction_id FROM motions AS motion WHERE motion.merger_id = merger.id AND motion.retracted_at IS NULL
    ), within (id) AS (
      SELECT taking_part.faction_id FROM participants AS taking_part
        WHERE taking_part.merger_id = merger.id AND taking_part.retracted_at IS NULL
      UNION SELECT deciding.id FROM deciding
      UNION SELECT mandate.grantor_faction_id FROM mandates AS mandate
        WHERE mandate.merger_id = merger.id AND mandate.retracted_at IS NULL
      UNION SELECT meeting.host_faction_id FROM meetings AS meeting
        WHERE meeting.merger_id = merger.id AND meeting.retracted_at IS NULL
      UNION SELECT unnest(succession.successor_id || succession.predecessor_ids) FROM successions AS succession
        WHERE succession.merger_id = merger.id AND succession.retracted_at IS NULL
    ), beneath (id) AS (
      SELECT within.id FROM within
      UNION SELECT faction.id FROM beneath JOIN factions AS faction ON faction.parent_id = beneath.id
        WHERE faction.retracted_at IS NULL
    )
    SELECT (SELECT array_agg(beneath.id) FROM beneath) AS factions, (SELECT array_agg(DISTINCT deciding.id) FROM deciding) AS deciding
  ) AS scope
  CROSS JOIN LATERAL (
    SELECT
      (SELECT array_agg(voted.id) FROM vote_events AS voted JOIN motions AS motion ON motion.id = voted.motion_id
        WHERE motion.merger_id = merger.id AND voted.retracted_at IS NULL) AS vote_events
  ) AS voting
  CROSS JOIN LATERAL (
    SELECT array_agg(meeting.id) AS meetings FROM meetings AS meeting
    WHERE meeting.retracted_at IS NULL AND (meeting.merger_id = merger.id
      OR meeting.id IN (SELECT voted.meeting_id FROM vote_events AS voted WHERE voted.id = ANY (voting.vote_events))
      OR meeting.id IN (SELECT step.satisfied_by_meeting_id FROM milestones AS step
        WHERE step.merger_id = merger.id AND step.retracted_at IS NULL))
  ) AS held
  CROSS JOIN LATERAL (
    SELECT merger.id || array_agg(every_record.id) AS records FROM (
      SELECT taking_part.id FROM participants AS taking_part
        WHERE taking_part.merger_id = merger.id AND taking_part.retracted_at IS NULL
      UNION ALL SELECT stance.id FROM stances AS stance
        JOIN participants AS taking_part ON taking_part.id = stance.participant_id
        WHERE taking_part.merger_id = merger.id AND stance.retracted_at IS NULL
      UNION ALL SELECT step.id FROM milestones AS step
        WHERE step.merger_id = merger.id AND step.retracted_at IS NULL
      UNION ALL SELECT transition.id FROM transitions AS transition
        JOIN milestones AS step ON step.id = transition.milestone_id
        WHERE step.merger_id = merger.id AND transition.retracted_at IS NULL
      UNION ALL SELECT unnest(held.meetings)
      UNION ALL SELECT attending.id FROM attendance AS attending
        WHERE attending.meeting_id = ANY (held.meetings) AND attending.retracted_at IS NULL
      UNION ALL SELECT motion.id FROM motions AS motion
        WHERE motion.merger_id = merger.id AND motion.retracted_at IS NULL
      UNION ALL SELECT unnest(voting.vote_events)
      UNION ALL SELECT vote.id FROM votes AS vote
        WHERE vote.vote_event_id = ANY (voting.vote_events) AND vote.retracted_at IS NULL
      UNION ALL SELECT mandate.id FROM mandates AS mandate
        WHERE mandate.merger_id = merger.id AND mandate.retracted_at IS NULL
      UNION ALL SELECT stated.id FROM predictions AS stated
        WHERE stated.merger_id = merger.id AND stated.retracted_at IS NULL
      UNION ALL SELECT succession.id FROM successions AS succession
        WHERE succession.merger_id = merger.id AND succession.retracted_at IS NULL
    ) AS every_record
  ) AS told
  CROSS JOIN LATERAL ${evidence('told.records')} AS evidence
  CROSS JOIN LATERAL (
    SELECT voting.vote_events AS vote_events,
      held.meetings AS meetings,
      (SELECT array_agg(every_person.id) FROM (
        SELECT taking_part.person_id AS id FROM participants AS taking_part WHERE taking_part.merger_id = merger.id
        UNION SELECT unnest(ARRAY[mandate.holder_id, mandate.grantor_person_id]) FROM mandates AS mandate
          WHERE mandate.merger_id = merger.id
        UNION SELECT member.person_id FROM members AS member WHERE member.faction_id = ANY (scope.deciding)
        UNION SELECT vote.person_id FROM votes AS vote WHERE vote.vote_event_id = ANY (voting.vote_events)
        UNION SELECT stated.stated_by_id FROM predictions AS stated WHERE stated.merger_id = merger.id
        UNION SELECT unnest(evidence.speakers)
      ) AS every_person) AS people
  ) AS named`;

const SELECT = selectFacts('');

/** All live records of a table as a JSON array, in the order of recording. */
function every(type: RecordType, from: string): string {
  return `(SELECT COALESCE(json_agg(${json(type, 'record')} ORDER BY record.created_at, record.id), '[]')
      FROM ${from} AND record.retracted_at IS NULL)`;
}

function ofMerger(type: RecordType): string {
  return every(type, `${type} AS record WHERE record.merger_id = merger.id`);
}

function json(type: RecordType, alias: string): string {
  const definition = resources.find((each) => each.type === type);
  if (!definition) throw new Error(`no resource is declared for ${type}`);
  const names =
    READ_FIELDS[type] ??
    definition.fields.map(({ name }) => name).filter((name) => !HELD_BACK.has(name));
  return jsonExpression(definition, alias, ['id', 'createdAt', ...names]);
}

/** The motion of $1: itself, or what a vote event votes on. */
function motionOf(type: 'motions' | 'vote-events'): string {
  return type === 'motions'
    ? '$1::uuid'
    : '(SELECT voted.motion_id FROM vote_events AS voted WHERE voted.id = $1::uuid)';
}

/** The facts in a row: Postgres wrote the JSON from the declared fields, so that it has their shape. */
export function loaded(row: FactsRow): LoadedFacts {
  const facts = JSON.parse(row.json) as MergerFacts;
  return { facts, retracted: row.retracted, instant: row.instant };
}
