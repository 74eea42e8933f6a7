import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import {
  endsBeforeItStarts,
  isPartialDate,
  overlapCertainly,
  spanOf,
  type Period,
} from '../../../src/domain/dates.js';
import * as words from '../../../src/domain/vocabulary.js';
import {
  IMPORT_FORMATS,
  IMPORT_STATES,
  OUTCOMES,
} from '../../../src/features/imports/import.rows.js';
import { DELIVERY_STATES } from '../../../src/features/webhooks/deliveries.words.js';
import { AUDIENCES } from '../../../src/features/webhooks/webhooks.dto.js';
import { ROLES } from '../../../src/platform/auth/caller.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let sql: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function ask<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
  return (await sql.query<Row>(text, values)).rows;
}

const two = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((part) => String(part).padStart(2, '0'));
const year = fc.oneof(
  fc.integer({ min: 1, max: 9999 }).map((part) => String(part).padStart(4, '0')),
  fc.constantFrom('2022', '2023', '2024', '1900', '2000', '0000', '0001', '0004', '9999'),
);
const time = fc
  .tuple(
    two(0, 24),
    two(0, 60),
    fc.constantFrom('', ':00', ':59', ':60', ':30.5', ':30.55', ':30.999', ':30.9999', ':1'),
    fc.oneof(
      fc.constantFrom('Z', '', '+05:00', '-00:00', '+14:59', '-14:00', '+15:00', '+5', 'z'),
      fc
        .tuple(fc.constantFrom('+', '-'), two(0, 14), two(0, 59))
        .map(([s, h, m]) => `${s}${h}:${m}`),
    ),
  )
  .map(([hour, minute, second, offset]) => `T${hour}:${minute}${second}${offset}`);
/** Texts of which most are dates, some are nearly. */
const text = fc.oneof(
  { weight: 1, arbitrary: year },
  { weight: 2, arbitrary: fc.tuple(year, two(0, 13)).map((parts) => parts.join('-')) },
  { weight: 4, arbitrary: fc.tuple(year, two(0, 13), two(0, 32)).map((parts) => parts.join('-')) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(year, two(1, 12), two(1, 31), time)
      .map(([y, m, d, t]) => `${y}-${m}-${d}${t}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...'0123456789-T:Z+. \n'.split('')), { maxLength: 12 })
      .map((letters) => letters.join('')),
  },
);
const date = text.filter(isPartialDate);
const perhaps = fc.option(date, { nil: null });
const period: fc.Arbitrary<Period> = fc.record({ startDate: perhaps, endDate: perhaps });
/** Close enough to one another that overlapping is a question. */
const nearDate = fc
  .oneof(
    fc.constantFrom('2022', '2023', '2024'),
    fc.tuple(fc.constantFrom('2022', '2023'), two(1, 12)).map((parts) => parts.join('-')),
    fc.tuple(fc.constantFrom('2022-12', '2023-01'), two(1, 31)).map((parts) => parts.join('-')),
    fc.constantFrom('2022-12-31T23:59:59.999Z', '2023-01-01T00:00+05:00', '2023-01-01T00:00Z'),
  )
  .filter(isPartialDate);
const nearPeriod: fc.Arbitrary<Period> = fc.record({
  startDate: fc.option(nearDate, { nil: null }),
  endDate: fc.option(nearDate, { nil: null }),
});

/** Whose certainty hangs on the hours of the days on which clocks are changed in New York. */
const changing = fc.constantFrom(
  ...['2023-03', '2023-11', '2023-03-12', '2023-11-05', '2023-11-06', '2023-03-13', '2023-03-31'],
  ...[
    '2023-03-12T23:30Z',
    '2023-03-13T00:30Z',
    '2023-11-05T00:30Z',
    '2023-11-30T23:30Z',
    '2023-11-30',
  ],
);
const touching: fc.Arbitrary<Period> = fc.record({
  startDate: fc.option(changing, { nil: null }),
  endDate: fc.option(changing, { nil: null }),
});

const HAND_PICKED = [
  ...[
    '',
    ' ',
    '2023 ',
    ' 2023',
    '2023\n',
    '\n2023',
    '٢٠٢٣',
    '２０２３',
    '20230',
    '202',
    '+2023',
    '-2023',
  ],
  ...['2023-1', '2023-00', '2023-13', '2023-12-', '2023-12-32', '2023-02-29', '2024-02-29'],
  ...['1900-02-29', '2000-02-29', '0000', '0000-01', '0001', '0001-01-01', '9999-12-31', '10000'],
  ...['2023-01-12T10:00', '2023-01-12T10:00Z', '2023-01-12t10:00Z', '2023-01-12 10:00Z'],
  ...['2023-01-12T10:00:00.1Z', '2023-01-12T10:00:00.12Z', '2023-01-12T10:00:00.1234Z'],
  ...['2023-01-12T24:00Z', '2023-01-12T23:60Z', '2023-01-12T23:59:60Z', '2023-01-12T10Z'],
  ...['2023-01-12T10:00+14:00', '2023-01-12T10:00+14:59', '2023-01-12T10:00+15:00'],
  ...['2023-01-12T10:00+0500', '2023-01-12T10:00+05', '2023-01-12T10:00−05:00'],
  ...['0001-01-01T00:00+14:00', '9999-12-31T23:59:59.999-14:00', '2023-02-30T10:00Z'],
  ...[
    '2022-12-28T20:00+05:00',
    '1970-01-01',
    '1969-12-31T23:59:59.999Z',
    'infinity',
    'now',
    'today',
  ],
  ...['2023-W01', '2023-001', '12.01.2023', '2023/01/12', 'Jan 2023', '2023-01-12T10:00:00,5Z'],
];

describe('a partial date', () => {
  async function compare(texts: readonly string[]): Promise<void> {
    const judged = await ask<{ text: string; sound: boolean }>(
      `SELECT given.text AS text, is_partial_date(given.text) AS sound FROM unnest($1::text[]) AS given (text)`,
      [texts],
    );
    expect(judged.map(({ text: one, sound }) => [one, sound])).toEqual(
      texts.map((one) => [one, isPartialDate(one)]),
    );
    const sound = texts.filter(isPartialDate);
    const spans = await ask<{ text: string; start: string; end: string }>(
      `SELECT given.text AS text, (extract(epoch FROM span_start(given.text)) * 1000)::bigint::text AS start,
         (extract(epoch FROM span_end(given.text)) * 1000)::bigint::text AS end
       FROM unnest($1::text[]) AS given (text)`,
      [sound],
    );
    expect(spans.map((one) => [one.text, Number(one.start), Number(one.end)])).toEqual(
      sound.map((one) => [one, spanOf(one).start, spanOf(one).end]),
    );
  }

  it('is one in Postgres exactly when it is one in the domain, and covers the same span', async () => {
    await compare(HAND_PICKED);
    await sql.query(`SET TimeZone = 'America/New_York'`);
    await compare([...HAND_PICKED, '2023-03-12', '2023-03', '2023-11-05', '2023-11']);
    await sql.query(`SET TimeZone = 'UTC'`);
    expect(HAND_PICKED.filter(isPartialDate).length).toBeGreaterThanOrEqual(15);
    await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 300, maxLength: 300 }), compare), {
      numRuns: 10,
    });
  });

  it('is drawn here in all its forms, and not only in sound ones', () => {
    const drawn = fc.sample(text, 2000);
    const sound = drawn.filter(isPartialDate);
    expect(sound.length).toBeGreaterThan(500);
    expect(drawn.length - sound.length).toBeGreaterThan(300);
    expect(new Set(sound.map((one) => one.length)).size).toBeGreaterThan(6);
  });

  it('stands in a list where its span starts, and without one at the end', async () => {
    const dates = [...fc.sample(date, 200), null];
    const rows = await ask<{ start: string | null }>(
      `SELECT CASE WHEN isfinite(date_order(given.date))
         THEN (extract(epoch FROM date_order(given.date)) * 1000)::bigint::text END AS start
       FROM unnest($1::text[]) AS given (date)`,
      [dates],
    );
    expect(rows.map(({ start }) => start && Number(start))).toEqual(
      dates.map((one) => one && spanOf(one).start),
    );
    const [last] = await ask<{ last: boolean }>(`SELECT date_order(NULL) = 'infinity' AS last`, []);
    expect(last).toEqual({ last: true });
  });
});

describe('two periods', () => {
  const columns = (pairs: readonly (readonly [Period, Period])[]): (string | null)[][] => [
    pairs.map(([one]) => one.startDate),
    pairs.map(([one]) => one.endDate),
    pairs.map(([, other]) => other.startDate),
    pairs.map(([, other]) => other.endDate),
  ];

  async function compareOverlaps(zone: string): Promise<void> {
    const pairs = [
      ...fc.sample(fc.tuple(nearPeriod, nearPeriod), 2000),
      ...fc.sample(fc.tuple(period, period), 500),
      ...fc.sample(fc.tuple(touching, touching), 500),
    ];
    await sql.query(`SET TimeZone = '${zone}'`);
    const rows = await ask<{ overlap: boolean }>(
      `SELECT latest_start(given.one_start) < earliest_end(given.other_end)
         AND latest_start(given.other_start) < earliest_end(given.one_end) AS overlap
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
         AS given (one_start, one_end, other_start, other_end)`,
      columns(pairs),
    );
    await sql.query(`SET TimeZone = 'UTC'`);
    const expected = pairs.map(([one, other]) => overlapCertainly(one, other));
    expect(pairs.filter((_, at) => rows[at]?.overlap !== expected[at])).toEqual([]);
    expect(expected.filter(Boolean).length).toBeGreaterThan(300);
    expect(expected.filter((overlap) => !overlap).length).toBeGreaterThan(300);
  }

  it('certainly overlap in Postgres exactly when they do in the domain', async () => {
    await compareOverlaps('UTC');
  });

  // Somebody at psql may sit anywhere; New York has days of 23 and of 25 hours.
  it('certainly overlap wherever the session’s clock hangs', async () => {
    await compareOverlaps('America/New_York');
  });

  it('of one person in one faction are refused by the table itself exactly when they certainly overlap', async () => {
    const [person] = await ask<{ id: string }>(
      `INSERT INTO people (slug, name) VALUES ('tessori', 'Kamran Tessori') RETURNING id::text AS id`,
      [],
    );
    const [faction] = await ask<{ id: string }>(
      `INSERT INTO factions (slug, name, classification) VALUES ('psp', 'PSP', 'party') RETURNING id::text AS id`,
      [],
    );
    const join = (one: Period): Promise<unknown> =>
      sql.query(
        'INSERT INTO members (person_id, faction_id, start_date, end_date) VALUES ($1, $2, $3, $4)',
        [person?.id, faction?.id, one.startDate, one.endDate],
      );
    const sound = nearPeriod.filter((one) => !endsBeforeItStarts(one.startDate, one.endDate));
    for (const [one, other] of fc.sample(fc.tuple(sound, sound), 120)) {
      await sql.query('BEGIN');
      await join(one);
      const refused = await join(other).then(
        () => false,
        (error: unknown) => String(error).includes('members_no_overlap'),
      );
      await sql.query('ROLLBACK');
      expect([one, other, refused]).toEqual([one, other, overlapCertainly(one, other)]);
    }
  });

  it('end before they start in Postgres exactly when they do in the domain', async () => {
    const periods = [...fc.sample(nearPeriod, 1000), ...fc.sample(period, 500)];
    const rows = await ask<{ reversed: boolean | null }>(
      `SELECT NOT (span_end(given.end_date) > span_start(given.start_date)) AS reversed
       FROM unnest($1::text[], $2::text[]) AS given (start_date, end_date)`,
      [periods.map((one) => one.startDate), periods.map((one) => one.endDate)],
    );
    expect(rows.map(({ reversed }, at) => [periods[at], reversed ?? false])).toEqual(
      periods.map((one) => [one, endsBeforeItStarts(one.startDate, one.endDate)]),
    );
  });
});

describe('a closed vocabulary', () => {
  const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
    attendance_mode: words.ATTENDANCE_MODES,
    citation_stance: words.CITATION_STANCES,
    faction_classification: words.FACTION_CLASSIFICATIONS,
    meeting_status: words.MEETING_STATUSES,
    merger_kind: words.MERGER_KINDS,
    merger_outcome: words.MERGER_OUTCOMES,
    milestone_classification: words.MILESTONE_CLASSIFICATIONS,
    milestone_state: words.MILESTONE_STATES,
    motion_classification: words.MOTION_CLASSIFICATIONS,
    participant_role: words.PARTICIPANT_ROLES,
    record_type: words.RECORD_TYPES,
    reliability: words.RELIABILITIES,
    requirement: words.REQUIREMENTS,
    source_kind: words.SOURCE_KINDS,
    stance: words.STANCES,
    stance_basis: words.STANCE_BASES,
    vote_channel: words.VOTE_CHANNELS,
    vote_option: words.VOTE_OPTIONS,
    visibility: words.VISIBILITIES,
    // Not of the domain: the ledger's, the keys', the webhooks' and the imports'. A reader has no key.
    role: ROLES.filter((role) => role !== 'reader'),
    revision_operation: ['create', 'update', 'retract', 'restore'],
    key_origin: ['api', 'first_start', 'environment'],
    delivery_state: DELIVERY_STATES,
    import_format: IMPORT_FORMATS,
    import_outcome: OUTCOMES,
    import_state: IMPORT_STATES,
    webhook_audience: AUDIENCES,
    hiding_ground: ['held', 'confidential'],
  };
  /** These live within lists and objects, which the domain alone checks. */
  const WITHIN_JSON = ['OTHER_NAME_KINDS', 'QUALIFIERS', 'QUORUM_UNITS'];
  /** These are made of others. */
  const PARTS = ['PRINCIPAL_ROLES', 'OPEN_MILESTONE_STATES'];

  it('holds the same words in the same order in Postgres and in the domain', async () => {
    const rows = await ask<{ name: string; words: string[] }>(
      `SELECT type.typname AS name, array_agg(enum.enumlabel::text ORDER BY enum.enumsortorder) AS words
       FROM pg_enum AS enum JOIN pg_type AS type ON type.oid = enum.enumtypid
       WHERE type.typnamespace = 'public'::regnamespace GROUP BY type.typname`,
      [],
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.words]))).toEqual(VOCABULARIES);
  });

  it('of the domain is held by Postgres, unless it lives within a list', () => {
    const compared = new Set<unknown>(Object.values(VOCABULARIES));
    const missed = Object.entries(words).filter(([, list]) => !compared.has(list));
    expect(missed.map(([name]) => name).toSorted()).toEqual([...WITHIN_JSON, ...PARTS].toSorted());
  });
});
