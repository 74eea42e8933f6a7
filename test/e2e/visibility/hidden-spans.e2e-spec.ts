/** When a record is hidden, as the triggers keep it, against what its history says. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { resources } from '../../../src/features/resources.js';
import { requiredColumns } from '../../../src/platform/records/visible.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { seededRandom } from '../../support/random.js';

interface Step {
  readonly at: string;
  readonly table: string;
  readonly id: string;
}

type Row = Readonly<Record<string, unknown>>;

let scratch: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  scratch = await createTestDatabase();
  client = new pg.Client({ connectionString: scratch.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await scratch.drop();
});

it('the triggers keep what the declarations require, column by column', async () => {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT tgrelid::regclass::text AS table,
       string_to_array(rtrim(encode(tgargs, 'escape'), '\\000'), '\\000') AS columns
     FROM pg_trigger WHERE tgname = 'y_keep_hidden_spans' ORDER BY 1`,
  );
  const declared = resources.map((definition) => ({
    table: definition.table,
    columns: [...requiredColumns(definition)].toSorted(),
  }));
  expect(rows.map((row) => ({ ...row, columns: row.columns.toSorted() }))).toEqual(
    declared.toSorted((one, other) => (one.table < other.table ? -1 : 1)),
  );
});

describe.each([1, 2, 3])('over a random history (seed %i)', (seed) => {
  it('a record is hidden exactly when it or what it requires says so', async () => {
    await client.query('BEGIN');
    const random = seededRandom(seed);
    const world = new World(client, random);
    await world.tell(100);
    const wrong = await client.query(ORACLE, [world.instants()]);
    await client.query('ROLLBACK');
    expect(world.hides).toBeGreaterThan(10);
    expect(wrong.rows).toEqual([]);
  });
});

/**
 * Every record that is hidden by its spans and not by its history, or the other way round, at one of some instants. By the
 * history: its latest revision by then hides itself, or that of a record that it requires by then does, at any distance.
 */
const ORACLE = `
  WITH RECURSIVE told AS (
    SELECT asked.at, latest.record_type, latest.record_id, latest.after
    FROM unnest($1::timestamptz[]) AS asked (at)
    CROSS JOIN LATERAL (
      SELECT DISTINCT ON (revision.record_id) revision.record_type, revision.record_id, revision.after
      FROM revisions AS revision WHERE revision.recorded_at <= asked.at
      ORDER BY revision.record_id, revision.version DESC
    ) AS latest
  ), hiding AS (
    SELECT told.at, told.record_id FROM told
    WHERE told.after ->> 'visibility' = 'draft' OR (told.after ->> 'confidential')::boolean
      OR span_end(told.after ->> 'embargo_until') > told.at
    UNION
    SELECT hiding.at, told.record_id
    FROM hiding JOIN told ON told.at = hiding.at
    WHERE hiding.record_id::text IN (
      told.after ->> 'person_id', told.after ->> 'faction_id', told.after ->> 'merger_id', told.after ->> 'participant_id',
      CASE WHEN told.record_type <> 'stances' THEN told.after ->> 'motion_id' END, told.after ->> 'vote_event_id',
      told.after ->> 'source_id', told.after ->> 'record_id')
  )
  SELECT told.at, told.record_type, told.record_id, hidden.by_history, hidden.by_spans
  FROM told CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM hiding WHERE hiding.at = told.at AND hiding.record_id = told.record_id) AS by_history,
      EXISTS (SELECT FROM hidden_spans AS span WHERE span.record_id = told.record_id
        AND span.hidden_from <= told.at AND span.hidden_until > told.at) AS by_spans
  ) AS hidden
  WHERE hidden.by_history <> hidden.by_spans`;

/** A small world that is told by SQL, a minute a step, in January 2023. */
class World {
  hides = 0;
  private minute = 0;
  private readonly made = new Map<string, Step[]>();

  constructor(
    private readonly sql: pg.Client,
    private readonly random: () => number,
  ) {}

  async tell(steps: number): Promise<void> {
    await this.make('people', { slug: 'p', name: 'P' });
    await this.make('factions', { slug: 'f', name: 'F', classification: 'party' });
    await this.make('mergers', { slug: 'm', title: 'M' });
    await this.make('sources', { title: 'S', kind: 'article' });
    for (let step = 0; step < steps; step += 1) await this.step(step);
  }

  /** Between the steps, at the steps, and when every embargo is over. */
  instants(): string[] {
    const steps = Array.from({ length: this.minute + 1 }, (_, minute) => instantOf(minute));
    return [...steps, ...steps.map((at) => at.replace(':00.000Z', ':30.000Z')), instantOf(5_000)];
  }

  private async step(number: number): Promise<void> {
    const possible = this.steps(number);
    const chosen = possible[Math.floor(this.random() * (possible.length + 4))];
    await (chosen ? chosen() : this.hide());
  }

  /** What can be told now, a way each. */
  private steps(number: number): (() => Promise<void>)[] {
    const after = (table: string, step: () => Promise<void>): (() => Promise<void>)[] =>
      this.made.has(table) ? [step] : [];
    return [
      () => this.make('people', { slug: `p-${String(number)}`, name: 'P' }),
      () => this.make('members', this.membership(number)),
      () => this.makeParticipant(number),
      () => this.make('motions', this.motion()),
      () => this.makeCitation(),
      ...after('participants', () => this.make('stances', this.stance())),
      ...after('motions', () =>
        this.make('vote_events', { motion_id: this.any('motions'), start_date: '2022' }),
      ),
      ...after('vote_events', () => this.makeVote(number)),
      ...after('members', () =>
        this.change('members', this.any('members'), { person_id: this.any('people') }),
      ),
    ];
  }

  private membership(number: number): Row {
    const year = String(1000 + number);
    return {
      person_id: this.any('people'),
      faction_id: this.any('factions'),
      start_date: year,
      end_date: year,
    };
  }

  private async makeParticipant(number: number): Promise<void> {
    const faction = await this.faction(number);
    await this.make('participants', {
      merger_id: this.any('mergers'),
      faction_id: faction,
      role: 'joining',
    });
  }

  private stance(): Row {
    return {
      participant_id: this.any('participants'),
      stance: 'agreed',
      occurred_on: '2022',
      motion_id: this.made.has('motions') ? this.any('motions') : null,
    };
  }

  private motion(): Row {
    return {
      merger_id: this.any('mergers'),
      faction_id: this.any('factions'),
      text: 'T',
      classification: 'other',
      requirement: 'consensus',
    };
  }

  private async makeVote(number: number): Promise<void> {
    const person = await this.person(number);
    await this.make('votes', {
      vote_event_id: this.any('vote_events'),
      person_id: person,
      option: 'yes',
      channel: 'phone',
    });
  }

  private makeCitation(): Promise<void> {
    const [table, id] = this.anything();
    return this.make('citations', {
      source_id: this.any('sources'),
      record_type: table.replace('_', '-'),
      record_id: id,
    });
  }

  /** Makes a record draft, puts it under an embargo of some minutes, makes a source confidential; or lifts all of it. */
  private async hide(): Promise<void> {
    const [table, id] = this.anything();
    const chosen = Math.floor(this.random() * 5);
    const embargo = instantOf(this.minute + 2 + Math.floor(this.random() * 20));
    if (chosen > 1) this.hides += 1;
    await this.change(table, id, {
      visibility: chosen === 2 ? 'draft' : 'public',
      embargo_until: chosen >= 3 ? embargo : null,
      ...(table === 'sources' ? { confidential: chosen === 4 } : {}),
    });
  }

  private async faction(number: number): Promise<string> {
    await this.make('factions', {
      slug: `f-${String(number)}`,
      name: 'F',
      classification: 'party',
    });
    return this.made.get('factions')?.at(-1)?.id ?? '';
  }

  private async person(number: number): Promise<string> {
    await this.make('people', { slug: `v-${String(number)}`, name: 'V' });
    return this.made.get('people')?.at(-1)?.id ?? '';
  }

  private any(table: string): string {
    const made = this.made.get(table) ?? [];
    return made[Math.floor(this.random() * made.length)]?.id ?? '';
  }

  private anything(): [string, string] {
    const all = [...this.made.values()].flat();
    const one = all[Math.floor(this.random() * all.length)];
    return [one?.table ?? '', one?.id ?? ''];
  }

  private async make(table: string, row: Row): Promise<void> {
    await this.tick();
    const hidden = this.random() < 0.15 ? { visibility: 'draft' } : {};
    const given = { ...row, ...hidden };
    const columns = Object.keys(given);
    const { rows } = await this.sql.query<{ id: string }>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, at) => `$${String(at + 1)}`).join(', ')}) RETURNING id::text AS id`,
      Object.values(given),
    );
    const id = rows[0]?.id ?? '';
    this.made.set(table, [
      ...(this.made.get(table) ?? []),
      { at: instantOf(this.minute), table, id },
    ]);
  }

  private async change(table: string, id: string, row: Row): Promise<void> {
    await this.tick();
    const set = Object.keys(row).map((column, at) => `${column} = $${String(at + 2)}`);
    await this.sql.query(`UPDATE ${table} SET ${set.join(', ')} WHERE id = $1`, [
      id,
      ...Object.values(row),
    ]);
  }

  private async tick(): Promise<void> {
    this.minute += 1;
    await this.sql.query("SELECT set_config('accord.instant', $1, true)", [instantOf(this.minute)]);
  }
}

function instantOf(minute: number): string {
  return new Date(Date.UTC(2023, 0, 1, 0, minute)).toISOString();
}
