/**
 * Whatever is recorded later, `knownAt` an instant gives what was answered then: of random histories, to those who see all
 * and to those who see what is public.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { mergerAt } from '../../../src/domain/merger-at.js';
import { status } from '../../../src/domain/status.js';
import { timelineOf } from '../../../src/domain/timeline.js';
import { loadFacts } from '../../../src/features/facts/facts.db.js';
import type { Read } from '../../../src/platform/prisma/database.js';
import { queryOf } from '../../../src/platform/records/reading.js';
import { DEFINITIONS, type Definitions } from '../../../src/platform/records/record.definition.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase } from '../../support/database.js';
import { buildHistory, tellBatch, type History } from '../../support/histories.js';

// Of the last two the readers are shown a record that required something hidden, unless it is looked for.
const SEEDS = [1, 2, 20, 23];
const BATCHES = 60;
const EVERY = 8;
const END = '2023-06-01T00:00:00.000Z';

type Who = 'editor' | 'reader';
type Texts = Readonly<Record<string, string>>;

/** What was answered at an instant, and what is answered of it in the end. */
interface Copy {
  /** To the millisecond, ISO: everything that was recorded within it is known. */
  readonly at: string;
  readonly then: Readonly<Record<Who, Texts>>;
  readonly later: Readonly<Record<Who, Texts>>;
  /** Whether something that readers saw then is hidden from them now. */
  readonly isCut: boolean;
}

interface Told {
  readonly history: History;
  readonly copies: readonly Copy[];
  /** The ids of what readers may not see in the end. */
  readonly hidden: ReadonlySet<string>;
}

/** Of how many instants readers see less than was seen then. */
let cut = 0;

describe.each(SEEDS)('the history of seed %i', (seed) => {
  let accord: TestApp;
  let told: Told;
  beforeAll(async () => {
    accord = await startTestApp();
    told = await tell(accord, buildHistory(seed, BATCHES));
  });
  afterAll(() => accord.stop());

  it('is to key holders, by knownAt, what it was then', () => {
    for (const { at, then, later } of told.copies)
      expect([at, later.editor]).toEqual([at, then.editor]);
  });

  it('is to readers what it was then, while nothing that they saw is hidden now', () => {
    for (const { at, then, later, isCut } of told.copies)
      if (!isCut) expect([at, later.reader]).toEqual([at, then.reader]);
  });

  it('is to readers what it would have been then without what is hidden now', async () => {
    const oracle = await judge(accord, told);
    for (const { at, then, later } of told.copies) {
      expect([at, shared(later.reader, told.history)]).toEqual([at, oracle.get(at)]);
      if (JSON.stringify(later.reader) !== JSON.stringify(then.reader)) cut += 1;
    }
  });
});

describe('these histories', () => {
  it('hold instants of both kinds: some are cut for readers, others are whole', () => {
    expect(cut).toBeGreaterThan(2);
    expect(SEEDS.length * Math.floor(BATCHES / EVERY) - cut).toBeGreaterThan(2);
  });
});

/** Tells a history, copies every few instants what is answered, and asks for the same in the end. */
async function tell(accord: TestApp, history: History): Promise<Told> {
  const client = new pg.Client({ connectionString: accord.databaseUrl });
  await client.connect();
  const copies: (Omit<Copy, 'later' | 'isCut'> & { readonly seen: ReadonlySet<string> })[] = [];
  for (const [place, batch] of history.batches.entries()) {
    await tellBatch(client, batch);
    if (place % EVERY !== EVERY - 1) continue;
    const at = `${batch.instant.slice(0, 23)}Z`;
    standAt(accord, at);
    const then = await answersAt(accord, history, null);
    copies.push({ at, then, seen: await idsOf(client, VISIBLE, endOf(at)) });
  }
  standAt(accord, END);
  const hidden = await idsOf(client, HIDDEN, END);
  await client.end();
  const asked: Copy[] = [];
  for (const { seen, ...copy } of copies) {
    const isCut = [...seen].some((id) => hidden.has(id));
    asked.push({ ...copy, later: await answersAt(accord, history, copy.at), isCut });
  }
  return { history, copies: asked, hidden };
}

function standAt(accord: TestApp, instant: string): void {
  accord.setInstant(endOf(instant));
  accord.setNow(instant);
}

/** The last microsecond of a millisecond. */
function endOf(instant: string): string {
  return instant.replace('Z', '999Z');
}

const HIDDEN = `SELECT DISTINCT span.record_id::text AS id FROM hidden_spans AS span WHERE span.hidden_from <= $1 AND span.hidden_until > $1`;
const VISIBLE = `
  SELECT DISTINCT revision.record_id::text AS id FROM revisions AS revision
  WHERE revision.recorded_at <= $1 AND NOT EXISTS (
    SELECT FROM hidden_spans AS span WHERE span.record_id = revision.record_id AND span.hidden_from <= $1 AND span.hidden_until > $1)`;

async function idsOf(client: pg.Client, query: string, at: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(query, [at]);
  return new Set(rows.map(({ id }) => id));
}

/** What is answered of the merger and of some of its records, as if it had been asked without `knownAt`. */
async function answersAt(
  accord: TestApp,
  history: History,
  knownAt: string | null,
): Promise<Readonly<Record<Who, Texts>>> {
  const texts: Record<Who, Record<string, string>> = { editor: {}, reader: {} };
  for (const path of pathsOf(history)) {
    const query = knownAt === null ? '' : `${path.includes('?') ? '&' : '?'}knownAt=${knownAt}`;
    for (const as of ['editor', 'reader'] as const) {
      const { status: code, text } = await accord.send('GET', path + query, {}, as);
      const alike = text
        .replace(/"knownAt":"[^"]*"/, '"knownAt":null')
        .replace(/,"version":"[^"]{22}"/, '');
      texts[as][path] = `${String(code)} ${alike}`;
    }
  }
  return texts;
}

function pathsOf({ merger, ids }: History): readonly string[] {
  const first = (table: string): string => ids[table]?.[0] ?? '';
  const last = (table: string): string => ids[table]?.at(-1) ?? '';
  return [
    `/v1/mergers/${merger}/status`,
    `/v1/mergers/${merger}/timeline?limit=100`,
    '/v1/status',
    `/v1/vote-events/${first('vote_events')}/tally`,
    `/v1/motions/${last('motions')}/result`,
    `/v1/mandates/${first('mandates')}`,
  ];
}

function shared(texts: Texts, { merger }: History): string[] {
  const [one, other] = [`/v1/mergers/${merger}/status`, `/v1/mergers/${merger}/timeline?limit=100`];
  return [texts[one] ?? '', texts[other] ?? ''].map((text) =>
    text.startsWith('200') ? text.slice(4) : text.slice(0, 3),
  );
}

/**
 * What readers would have seen at each instant, had everything that is hidden at the end been a draft then: the history is
 * told once more, and stopped at each of them to make it so.
 */
async function judge(
  accord: TestApp,
  { history, copies, hidden }: Told,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (const batch of history.batches) {
    await tellBatch(client, batch);
    const at = `${batch.instant.slice(0, 23)}Z`;
    if (!copies.some((copy) => copy.at === at)) continue;
    await client.query('BEGIN');
    await client.query(
      `SELECT set_config('TimeZone', 'UTC', true), set_config('accord.instant', $1, true)`,
      [endOf(at)],
    );
    for (const [table, ids] of Object.entries(history.ids))
      await client.query(`UPDATE ${table} SET visibility = 'draft' WHERE ${table}.id = ANY ($1)`, [
        ids.filter((id) => hidden.has(id)),
      ]);
    found.set(at, await seenBy(publicReader(accord, client, endOf(at)), history.merger, at));
    await client.query('ROLLBACK');
  }
  await client.end();
  await database.drop();
  return found;
}

function publicReader(accord: TestApp, client: pg.Client, instant: string): Read {
  const definitions = accord.app.get<Definitions>(DEFINITIONS);
  return async <Row extends object>(text: string, values: readonly unknown[]) => {
    const query = queryOf({ view: 'public', instant, knownAt: null }, definitions, {
      text,
      values,
    });
    return (await client.query<Row>(query.text, [...query.values])).rows;
  };
}

async function seenBy(read: Read, merger: string, at: string): Promise<readonly string[]> {
  const loaded = await loadFacts(read, merger);
  if (!loaded) return ['404', '404'];
  if (loaded.retracted) return ['410', '410'];
  const { facts } = loaded;
  const body = { ...status(facts, Date.parse(at)), asOf: null, knownAt: null };
  const data = timelineOf(mergerAt(facts, Date.parse(at)));
  return [JSON.stringify(body), JSON.stringify({ data, page: { next: null } })];
}
