import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { CONSTRAINTS } from '../../../src/platform/errors/database.errors.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  announcementOf,
  buildAttendance,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildSource,
  buildStance,
  buildSuccession,
  buildTransition,
  buildVote,
  buildVoteEvent,
} from '../../support/factories.js';
import { merged } from '../../support/merging.js';
import { specimens } from '../../support/specimens/all.js';
import { REFUSED_IN_BULK } from './refused.bulk.js';

const NOBODY = '00000000-0000-7000-8000-000000000000';

/** The ids that the statements below speak of, by name. */
type Ids = Readonly<Record<string, string>>;

let accord: TestApp;
let sql: pg.Client;
let ids: Ids;
beforeAll(async () => {
  accord = await startTestApp();
  sql = await connect();
  ids = await prepare();
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: accord.databaseUrl });
  await client.connect();
  return client;
}

async function prepare(): Promise<Ids> {
  const person = (await buildPerson(accord, { slug: 'tessori' })).id;
  const faction = (await buildFaction(accord, { slug: 'mqm-p' })).id;
  const child = (await buildFaction(accord, { slug: 'committee', parentId: faction })).id;
  const mergerId = (await buildMerger(accord, { slug: 'attempt', startedOn: '2022-12' })).id;
  const other = (await buildMerger(accord)).id;
  const source = (await buildSource(accord)).id;
  const motionId = (await buildMotion(accord, { mergerId })).id;
  const meeting = (await buildMeeting(accord, { mergerId })).id;
  const step = (await buildMilestone(accord, { mergerId })).id;
  const voteEvent = (await buildVoteEvent(accord, { motionId })).id;
  const voter = (await buildPerson(accord)).id;
  const twin = (await buildPerson(accord)).id;
  const withdrawn = (await buildSource(accord)).id;
  await accord.retract(`/v1/sources/${withdrawn}`);
  const motion = await accord.get(`/v1/motions/${motionId}`);
  await buildMember(accord, { personId: voter, factionId: motion.body.factionId });
  return {
    person,
    faction,
    child,
    merger: mergerId,
    other,
    source,
    motion: motionId,
    meeting,
    step,
    voteEvent,
    voter,
    twin,
    withdrawn,
    different: await tellApart(person, twin),
    merge: (await merged(accord, 'people', person, twin)).id,
    announcement: (await announcementOf(accord, mergerId)).id,
    after: (await buildMilestone(accord, { mergerId, dependsOn: [step] })).id,
    foreignStep: (await buildMilestone(accord, { mergerId: other })).id,
    copy: (await buildSource(accord, { derivedFromId: source })).id,
    participant: (await buildParticipant(accord, { mergerId, factionId: faction })).id,
    broker: (await buildParticipant(accord, { mergerId, personId: person, role: 'broker' })).id,
    member: (await buildMember(accord, { personId: person, factionId: faction })).id,
    transition: (await buildTransition(accord, { milestoneId: step, percent: 50 })).id,
    attendance: (await buildAttendance(accord, { meetingId: meeting, personId: person })).id,
    vote: (await buildVote(accord, { voteEventId: voteEvent, personId: voter })).id,
    mandate: (await buildMandate(accord, { mergerId })).id,
    prediction: (await buildPrediction(accord, { mergerId })).id,
    succession: (await buildSuccession(accord, { mergerId })).id,
    citation: (await buildCitation(accord, { sourceId: source })).id,
    stance: (await buildStance(accord)).id,
  };
}

async function tellApart(...two: readonly string[]): Promise<string> {
  const body = { of: 'people', ids: two, decision: 'different' };
  return (await accord.record('/v1/duplicates/decisions', body)).id as string;
}

/** The constraint that refused a statement, by its name; null when none did. */
async function refusalOf(statement: string, client: pg.Client = sql): Promise<string | null> {
  const text = statement.replaceAll(/(?<!:):(\w+)/g, (whole, name: string) =>
    ids[name] === undefined ? whole : `'${ids[name]}'`,
  );
  try {
    await client.query(text);
    return null;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.constraint ?? /constraint "([^"]+)"/.exec(error.message)?.[1] ?? error.message;
  }
}

function merging(recordType: string, kept: string, duplicate: string): string {
  return `INSERT INTO merges (record_type, kept_id, duplicate_id, moved, created_at)
    VALUES ('${recordType}', ${kept}, ${duplicate}, '[]', now())`;
}

/** What Postgres refuses, whoever asks for it: each statement, and the constraint that says no. */
const REFUSED: readonly (readonly [constraint: string, statement: string])[] = [
  ['factions_dates', `UPDATE factions SET founding_date = '2023-02-29' WHERE id = :faction`],
  ['factions_dates', `UPDATE factions SET dissolution_date = 'soon' WHERE id = :faction`],
  [
    'factions_period',
    `UPDATE factions SET founding_date = '2023', dissolution_date = '2022-12-31' WHERE id = :faction`,
  ],
  ['factions_slug_form', `UPDATE factions SET slug = 'MQM P' WHERE id = :faction`],
  ['factions_slug_key', `UPDATE factions SET slug = 'committee' WHERE id = :faction`],
  ['factions_no_cycle', `UPDATE factions SET parent_id = :faction WHERE id = :faction`],
  ['factions_no_cycle', `UPDATE factions SET parent_id = :child WHERE id = :faction`],
  ['people_dates', `UPDATE people SET birth_date = '1959-13' WHERE id = :person`],
  [
    'people_period',
    `UPDATE people SET birth_date = '1959', death_date = '1958' WHERE id = :person`,
  ],
  ['people_slug_form', `UPDATE people SET slug = '-' WHERE id = :person`],
  ['people_slug_key', `INSERT INTO people (slug, name) VALUES ('tessori', 'Another')`],
  // Of a live one the trigger that compares memberships stumbles over it before.
  [
    'members_dates',
    `UPDATE members SET start_date = '2023-00', retracted_at = now() WHERE id = :member`,
  ],
  [
    'members_period',
    `UPDATE members SET start_date = '2023-01-02', end_date = '2023-01-01' WHERE id = :member`,
  ],
  [
    'members_no_overlap',
    `INSERT INTO members (person_id, faction_id, start_date) VALUES (:person, :faction, '2020')`,
  ],
  ['mergers_dates', `UPDATE mergers SET started_on = '22-12-28' WHERE id = :merger`],
  [
    'mergers_period',
    `UPDATE mergers SET closed_on = '2022-11', outcome = 'collapsed' WHERE id = :merger`,
  ],
  ['mergers_outcome_with_closing', `UPDATE mergers SET closed_on = '2023' WHERE id = :merger`],
  ['mergers_outcome_with_closing', `UPDATE mergers SET outcome = 'collapsed' WHERE id = :merger`],
  ['mergers_slug_form', `UPDATE mergers SET slug = 'two--hyphens' WHERE id = :merger`],
  ['mergers_slug_key', `INSERT INTO mergers (slug, title) VALUES ('attempt', 'Another')`],
  [
    'participants_one_subject',
    `UPDATE participants SET person_id = :person WHERE id = :participant`,
  ],
  ['participants_one_subject', `UPDATE participants SET faction_id = NULL WHERE id = :participant`],
  [
    'participants_merger_faction_key',
    `INSERT INTO participants (merger_id, faction_id, role) VALUES (:merger, :faction, 'observer')`,
  ],
  [
    'participants_merger_person_key',
    `INSERT INTO participants (merger_id, person_id, role) VALUES (:merger, :person, 'observer')`,
  ],
  ['stances_dates', `UPDATE stances SET occurred_on = '' WHERE id = :stance`],
  ['milestones_dates', `UPDATE milestones SET due_to = '2023-01-32' WHERE id = :step`],
  [
    'milestones_period',
    `UPDATE milestones SET due_from = '2023-02', due_to = '2023-01' WHERE id = :step`,
  ],
  ['milestones_weight', `UPDATE milestones SET weight = 0 WHERE id = :step`],
  ['milestones_weight', `UPDATE milestones SET weight = 101 WHERE id = :step`],
  [
    'milestones_one_satisfier',
    `UPDATE milestones SET satisfied_by_motion_id = :motion, satisfied_by_meeting_id = :meeting WHERE id = :step`,
  ],
  [
    'milestones_one_announcement',
    `INSERT INTO milestones (merger_id, title, classification) VALUES (:merger, 'A second one', 'announcement')`,
  ],
  [
    'milestones_one_announcement',
    `UPDATE milestones SET classification = 'announcement' WHERE id = :step`,
  ],
  ['milestones_no_cycle', `UPDATE milestones SET depends_on = ARRAY[:step::uuid] WHERE id = :step`],
  [
    'milestones_no_cycle',
    `UPDATE milestones SET depends_on = ARRAY[:after::uuid] WHERE id = :step`,
  ],
  [
    'milestone_dependencies_depends_on_id_merger_id_fkey',
    `UPDATE milestones SET depends_on = ARRAY[:foreignStep::uuid] WHERE id = :step`,
  ],
  [
    'milestone_dependencies_depends_on_id_merger_id_fkey',
    `UPDATE milestones SET depends_on = ARRAY['${NOBODY}'::uuid] WHERE id = :step`,
  ],
  [
    'milestone_dependencies_depends_on_id_merger_id_fkey',
    `UPDATE milestones SET merger_id = :other WHERE id = :after`,
  ],
  ['transitions_dates', `UPDATE transitions SET occurred_on = '2022-11-31' WHERE id = :transition`],
  ['transitions_percent', `UPDATE transitions SET percent = 100 WHERE id = :transition`],
  ['transitions_percent', `UPDATE transitions SET percent = -1 WHERE id = :transition`],
  ['transitions_percent', `UPDATE transitions SET state = 'achieved' WHERE id = :transition`],
  ['transitions_percent', `UPDATE transitions SET state = 'dropped' WHERE id = :transition`],
  ['meetings_dates', `UPDATE meetings SET starts_on = '2022-12-28T20:00' WHERE id = :meeting`],
  ['meetings_held_has_start', `UPDATE meetings SET status = 'held' WHERE id = :meeting`],
  ['meetings_duration', `UPDATE meetings SET duration_minutes = 0 WHERE id = :meeting`],
  [
    'attendance_meeting_person_key',
    `INSERT INTO attendance (meeting_id, person_id, mode) VALUES (:meeting, :person, 'phone')`,
  ],
  ['motions_dates', `UPDATE motions SET proposed_on = '2022-12-28 20:00' WHERE id = :motion`],
  ['vote_events_dates', `UPDATE vote_events SET end_date = '2022-12-40' WHERE id = :voteEvent`],
  [
    'vote_events_period',
    `UPDATE vote_events SET start_date = '2022-12-28', end_date = '2022-12-27' WHERE id = :voteEvent`,
  ],
  ['vote_events_dated', `UPDATE vote_events SET start_date = NULL WHERE id = :voteEvent`],
  ['vote_events_seats', `UPDATE vote_events SET seats = 0 WHERE id = :voteEvent`],
  ['votes_dates', `UPDATE votes SET cast_on = '0000' WHERE id = :vote`],
  ['votes_one_voter', `UPDATE votes SET voter_name = 'Somebody' WHERE id = :vote`],
  ['votes_one_voter', `UPDATE votes SET person_id = NULL WHERE id = :vote`],
  [
    'votes_person_date_key',
    `INSERT INTO votes (vote_event_id, person_id, option, channel) VALUES (:voteEvent, :voter, 'no', 'phone')`,
  ],
  ['mandates_dates', `UPDATE mandates SET revoked_on = 'yes' WHERE id = :mandate`],
  ['mandates_period', `UPDATE mandates SET end_date = '2022-12-27' WHERE id = :mandate`],
  ['mandates_period', `UPDATE mandates SET revoked_on = '2022-12-27' WHERE id = :mandate`],
  ['mandates_one_grantor', `UPDATE mandates SET grantor_person_id = :person WHERE id = :mandate`],
  ['mandates_one_grantor', `UPDATE mandates SET grantor_faction_id = NULL WHERE id = :mandate`],
  ['predictions_dates', `UPDATE predictions SET "to" = '2023-01-14 or so' WHERE id = :prediction`],
  ['predictions_period', `UPDATE predictions SET "to" = '2023-01-08' WHERE id = :prediction`],
  ['successions_dates', `UPDATE successions SET date = '2023-1-12' WHERE id = :succession`],
  [
    'successions_has_predecessors',
    `UPDATE successions SET predecessor_ids = '{}' WHERE id = :succession`,
  ],
  [
    'succession_predecessors_faction_id_fkey',
    `UPDATE successions SET predecessor_ids = ARRAY[:faction, '${NOBODY}']::uuid[] WHERE id = :succession`,
  ],
  [
    'successions_merger_key',
    `INSERT INTO successions (merger_id, predecessor_ids, successor_id, kind, date)
     VALUES (:merger, ARRAY[:faction::uuid], :child, 'merged', '2023')`,
  ],
  ['sources_dates', `UPDATE sources SET published_on = '2022-12-30T' WHERE id = :source`],
  ['sources_no_cycle', `UPDATE sources SET derived_from_id = :source WHERE id = :source`],
  ['sources_no_cycle', `UPDATE sources SET derived_from_id = :copy WHERE id = :source`],
  ['citations_credibility', `UPDATE citations SET credibility = 7 WHERE id = :citation`],
  ['citations_credibility', `UPDATE citations SET credibility = 0 WHERE id = :citation`],
  ['citations_quote_length', `UPDATE citations SET quote = repeat('ی', 501) WHERE id = :citation`],
  ['citations_record_exists', `UPDATE citations SET record_id = '${NOBODY}' WHERE id = :citation`],
  // The record is there, and is of another kind.
  [
    'citations_record_exists',
    `INSERT INTO citations (source_id, record_type, record_id) VALUES (:source, 'factions', :person)`,
  ],
  [
    'hidden_spans_last',
    `INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until) VALUES (:person, :person, 'held', now(), now())`,
  ],
  // What is merged is there, the duplicate retracted, into one other at a time; and so it stays until it is undone.
  ['merges_of_records', merging('people', ':person', ':voter')],
  ['merges_of_records', merging('people', ':person', `'${NOBODY}'`)],
  ['merges_of_records', merging('people', ':twin', ':twin')],
  ['merges_of_records', merging('factions', ':faction', ':twin')],
  ['merges_kind', merging('sources', ':source', ':withdrawn')],
  ['merges_duplicate_key', merging('people', ':voter', ':twin')],
  ['merges_undone_afterwards', `UPDATE merges SET undone_at = '2022-12-28' WHERE id = :merge`],
  ['merged_stays_retracted', `UPDATE people SET retracted_at = NULL WHERE id = :twin`],
  ['merged_into_stays', `SELECT purge_record('people', :person, NULL)`],
  [
    'merges keeps what it holds: UPDATE refused',
    `UPDATE merges SET kept_id = :voter WHERE id = :merge`,
  ],
  ['merges keeps what it holds: DELETE refused', `DELETE FROM merges WHERE id = :merge`],
  ['merges keeps what it holds: TRUNCATE refused', `TRUNCATE merges`],
  ...REFUSED_IN_BULK,
  [
    'changes_one_thing',
    `INSERT INTO changes (position, is_public, revision_position, purge_id) VALUES (1, true, 1, uuid_v7())`,
  ],
  ...['factions', 'people', 'members'].flatMap((table) =>
    ['[]', '{"popolo": [{}]}', '{"popolo": "male"}'].map(
      (extras) => [`${table}_extras`, `UPDATE ${table} SET extras = '${extras}'`] as const,
    ),
  ),
  ...RECORD_TYPES.map((type) => type.replace('-', '_')).map(
    (table) => [`${table}_embargo`, `UPDATE ${table} SET embargo_until = 'tomorrow'`] as const,
  ),
];

describe('Postgres', () => {
  it.each(REFUSED)('refuses by %s: %s', async (constraint, statement) => {
    const before = await revisions();
    expect(await refusalOf(statement)).toBe(constraint);
    expect(await revisions()).toBe(before);
  });

  async function revisions(): Promise<number> {
    const { rows } = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM revisions',
    );
    return rows[0]?.count ?? NaN;
  }

  async function namesOf(query: string): Promise<readonly string[]> {
    const { rows } = await sql.query<{ name: string }>(query);
    return rows.map(({ name }) => name);
  }

  it('has no check and no partial unique index that this table does not try', async () => {
    const tried = new Set(REFUSED.map(([constraint]) => constraint));
    const checks = await namesOf(
      `SELECT one.conname AS name FROM pg_constraint AS one
       WHERE one.contype = 'c' AND one.connamespace = 'public'::regnamespace`,
    );
    const uniques = await namesOf(
      `SELECT class.relname AS name FROM pg_index AS one JOIN pg_class AS class ON class.oid = one.indexrelid
       WHERE class.relnamespace = 'public'::regnamespace AND one.indisunique AND one.indpred IS NOT NULL`,
    );
    expect(checks.length).toBeGreaterThan(30);
    expect(uniques.length).toBeGreaterThan(5);
    expect([...checks, ...uniques].filter((name) => !tried.has(name))).toEqual([]);
  });

  it('has every constraint that the API has a code for: each is refused above by its name', () => {
    const tried = new Set(REFUSED.map(([constraint]) => constraint));
    expect(Object.keys(CONSTRAINTS).filter((name) => !tried.has(name))).toEqual([]);
  });

  it('lets no id dangle: every foreign key of every record refuses an id of nothing', async () => {
    for (const specimen of specimens) {
      const [one, other] = [await specimen.prepare(accord), await specimen.prepare(accord)];
      await accord.record(one.path, one.full);
      await accord.record(other.path, other.minimal);
    }
    const { rows } = await sql.query<{ name: string; on: string; column: string }>(
      `SELECT key.conname AS name, class.relname AS on, attribute.attname AS column
       FROM pg_constraint AS key JOIN pg_class AS class ON class.oid = key.conrelid
       JOIN pg_attribute AS attribute ON attribute.attrelid = key.conrelid AND attribute.attnum = key.conkey[1]
       WHERE key.contype = 'f' AND key.connamespace = 'public'::regnamespace AND cardinality(key.conkey) = 1
         AND EXISTS (SELECT FROM pg_attribute AS kept WHERE kept.attrelid = key.conrelid AND kept.attname = 'retracted_at')`,
    );
    expect(rows.length).toBeGreaterThan(30);
    const refusals: unknown[] = [];
    for (const { name, on, column } of rows) {
      const { rows: found } = await sql.query<{ id: string }>(
        `SELECT one.id::text AS id FROM ${on} AS one ORDER BY one.${column} IS NULL LIMIT 1`,
      );
      // Where nothing named a record yet, another column had its place: these three exclude one another.
      const cleared = column.startsWith('satisfied_by')
        ? 'satisfied_by_motion_id = NULL, satisfied_by_meeting_id = NULL, satisfied_by_participant_id = NULL, '.replace(
            `${column} = NULL, `,
            '',
          )
        : '';
      refusals.push([
        name,
        await refusalOf(
          `UPDATE ${on} SET ${cleared}${column} = '${NOBODY}' WHERE id = '${String(found[0]?.id)}'`,
        ),
      ]);
    }
    expect(refusals).toEqual(rows.map(({ name }) => [name, name]));
  });

  it('takes again what was retracted: it is in nobody’s way', async () => {
    const { merger, person, faction } = ids;
    const { rows } = await sql.query<{ id: string }>(
      `UPDATE participants SET retracted_at = now() WHERE merger_id = $1 RETURNING id`,
      [merger],
    );
    expect(rows).toHaveLength(2);
    await sql.query(`UPDATE members SET retracted_at = now() WHERE id = $1`, [ids['member']]);
    for (const body of [{ factionId: faction }, { personId: person }])
      expect(
        await accord.post('/v1/participants', { mergerId: merger, role: 'observer', ...body }),
      ).toMatchObject({ status: 201 });
    expect(
      await accord.post('/v1/members', { personId: person, factionId: faction }),
    ).toMatchObject({ status: 201 });
  });
});

describe('two at once', () => {
  let first: pg.Client;
  let second: pg.Client;
  beforeAll(async () => {
    [first, second] = [await connect(), await connect()];
  });
  afterEach(async () => {
    await first.query('ROLLBACK');
    await second.query('ROLLBACK');
  });
  afterAll(async () => {
    await first.end();
    await second.end();
  });

  /** Lets two transactions begin, the second one wait for the first, and the first one commit: what is the second told? */
  async function race(one: string, other: string): Promise<string | null> {
    await first.query('BEGIN');
    await second.query('BEGIN');
    expect(await refusalOf(one, first)).toBeNull();
    const { rows } = await second.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const told = refusalOf(other, second);
    await untilWaiting(Number(rows[0]?.pid));
    await first.query('COMMIT');
    return told;
  }

  async function untilWaiting(pid: number): Promise<void> {
    for (let attempt = 0; attempt < 5_000; attempt += 1) {
      const { rows } = await sql.query<{ waiting: boolean }>(
        `SELECT cardinality(pg_blocking_pids($1)) > 0 AS waiting`,
        [pid],
      );
      if (rows[0]?.waiting) return;
    }
    throw new Error('the second transaction waits for nothing');
  }

  it('cannot make each other their parent', async () => {
    const [one, other] = [await buildFaction(accord), await buildFaction(accord)];
    expect(
      await race(
        `UPDATE factions SET parent_id = '${other.id}' WHERE id = '${one.id}'`,
        `UPDATE factions SET parent_id = '${one.id}' WHERE id = '${other.id}'`,
      ),
    ).toBe('factions_no_cycle');
  });

  it('cannot derive each from the other', async () => {
    const [one, other] = [await buildSource(accord), await buildSource(accord)];
    expect(
      await race(
        `UPDATE sources SET derived_from_id = '${other.id}' WHERE id = '${one.id}'`,
        `UPDATE sources SET derived_from_id = '${one.id}' WHERE id = '${other.id}'`,
      ),
    ).toBe('sources_no_cycle');
  });

  it('cannot make two milestones wait for each other', async () => {
    const one = await buildMilestone(accord);
    const other = await buildMilestone(accord, { mergerId: one['mergerId'] });
    expect(
      await race(
        `UPDATE milestones SET depends_on = ARRAY['${other.id}'::uuid] WHERE id = '${one.id}'`,
        `UPDATE milestones SET depends_on = ARRAY['${one.id}'::uuid] WHERE id = '${other.id}'`,
      ),
    ).toBe('milestones_no_cycle');
  });

  it('cannot give somebody two memberships at one time', async () => {
    const [person, faction] = [await buildPerson(accord), await buildFaction(accord)];
    const join = (start: string): string =>
      `INSERT INTO members (person_id, faction_id, start_date) VALUES ('${person.id}', '${faction.id}', '${start}')`;
    expect(await race(join('2020'), join('2021'))).toBe('members_no_overlap');
  });

  it('cannot let a faction take part twice', async () => {
    const [merger, faction] = [await buildMerger(accord), await buildFaction(accord)];
    const enter = `INSERT INTO participants (merger_id, faction_id, role) VALUES ('${merger.id}', '${faction.id}', 'lead')`;
    expect(await race(enter, enter)).toBe('participants_merger_faction_key');
  });

  it('may do what does not touch: the second is let in when the first is done', async () => {
    const [one, other] = [await buildFaction(accord), await buildFaction(accord)];
    expect(
      await race(
        `UPDATE factions SET parent_id = '${String(ids['faction'])}' WHERE id = '${one.id}'`,
        `UPDATE factions SET parent_id = '${one.id}' WHERE id = '${other.id}'`,
      ),
    ).toBeNull();
  });
});
