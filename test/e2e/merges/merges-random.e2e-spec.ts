/** Over random worlds: after a merge nothing names the duplicate, and after its undoing every row is as it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildFaction,
  buildMeeting,
  buildMerger,
  buildPerson,
  buildSource,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { merge, undo, type MergedType } from '../../support/merging.js';
import { seededRandom } from '../../support/random.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const SEEDS = Array.from({ length: 6 }, (_, at) => at + 1);
const outcomes: number[] = [];

describe.each(SEEDS)('in a random world (seed %i)', (seed) => {
  it.each(['people', 'factions'] as const)('two %s are made one, and two again', async (type) => {
    const world = await tell(seededRandom(seed * 100 + type.length));
    const [kept, duplicate] = world[type];
    const before = await everything(world.mergerId);
    const answer = await merge(accord, type, kept, duplicate);
    outcomes.push(answer.status);
    if (answer.status !== 201) {
      expect([answer.status, answer.body.code]).toEqual([409, 'merge_clashes']);
      expect(await everything(world.mergerId)).toEqual(before);
      return;
    }
    expect(await placesOf(duplicate)).toEqual(await allowedPlaces(type, kept, duplicate));
    expect(await everything(world.mergerId)).not.toEqual(before);
    expect((await undo(accord, String(answer.body.id))).status).toBe(204);
    expect(await everything(world.mergerId)).toEqual(before);
  });
});

it('some of them were one, and some could not be', () => {
  expect(outcomes.filter((status) => status === 201).length).toBeGreaterThan(3);
  expect(outcomes.filter((status) => status === 409).length).toBeGreaterThan(2);
});

interface World {
  readonly mergerId: string;
  readonly people: readonly [string, string];
  readonly factions: readonly [string, string];
}

/** Tells of a few people and factions at random; what cannot be is refused, and left out. */
async function tell(random: () => number): Promise<World> {
  const any = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  const held = () => (random() < 0.2 ? { visibility: 'draft' } : {});
  const names = () => (random() < 0.5 ? [{ name: any(['A', 'B']), kind: 'former' }] : []);
  const identifiers = () => (random() < 0.5 ? [{ scheme: 'x', identifier: any(['1', '2']) }] : []);
  const told = () => ({ otherNames: names(), identifiers: identifiers() });
  const people = await each(3, () => buildPerson(accord, { ...told(), name: any(['A', 'B']) }));
  const factions = await each(3, () => buildFaction(accord, told()));
  const mergers = await each(3, () => buildMerger(accord));
  const meetings = await each(3, () => buildMeeting(accord));
  const source = await buildSource(accord);
  const ids = {
    people,
    factions,
    mergers,
    meetings,
    motions: [] as string[],
    events: [] as string[],
  };
  const date = () => any([null, '2019', '2020-06', '2021', '2022-12-28']);

  const steps: (() => readonly [string, Fields])[] = [
    () => {
      const [startDate, endDate] = [date(), date()];
      const body = { personId: any(people), factionId: any(factions), startDate, endDate };
      return ['/v1/members', body];
    },
    () => {
      const subject = any([{ personId: any(people) }, { factionId: any(factions) }]);
      return ['/v1/participants', { mergerId: any(mergers), role: 'joining', ...subject }];
    },
    () => [`/v1/meetings/${any(meetings)}/attendance`, { personId: any(people), mode: 'phone' }],
    () => {
      const words = { classification: 'merge', requirement: 'simple_majority' };
      const body = { mergerId: any(mergers), factionId: any(factions), text: 'T', ...words };
      return ['/v1/motions', body];
    },
    () => ['/v1/vote-events', { motionId: any([NOBODY, ...ids.motions]), startDate: '2022-12-28' }],
    () => {
      const vote = { option: any(['yes', 'no']), channel: 'phone', castOn: date() };
      const factionId = any([null, any(factions)]);
      const body = {
        voteEventId: any([NOBODY, ...ids.events]),
        personId: any(people),
        factionId,
        ...vote,
      };
      return ['/v1/votes', body];
    },
    () => {
      const grantor = any([{ grantorPersonId: any(people) }, { grantorFactionId: any(factions) }]);
      const body = { holderId: any(people), scope: 'S', startDate: '2022', ...grantor };
      return ['/v1/mandates', { mergerId: any(mergers), ...body }];
    },
    () => {
      const days = { from: '2023-01-09', to: '2023-01-14', statedOn: '2022-12-30' };
      return ['/v1/predictions', { mergerId: any(mergers), statedById: any(people), ...days }];
    },
    () => {
      const about = any([
        { recordType: 'people', recordId: any(people) },
        { recordType: 'factions', recordId: any(factions) },
      ]);
      return ['/v1/citations', { sourceId: source.id, speakerId: any(people), ...about }];
    },
    () => {
      const parentId = any([null, any(factions)]);
      return ['/v1/factions', { name: 'Committee', classification: 'committee', parentId }];
    },
    () => {
      const [one, other] = [any(factions), any(factions)];
      const predecessorIds = [...new Set([one, other])];
      const body = { predecessorIds, successorId: any(factions), kind: 'merged', date: '2023' };
      return [`/v1/mergers/${any(mergers)}/succession`, body];
    },
    () => ['/v1/meetings', { title: 'M', status: 'tentative', hostFactionId: any(factions) }],
  ];
  for (let step = 0; step < 25; step += 1) {
    const [path, body] = any(steps)();
    const { status, body: made } = await accord.post(path, { ...body, ...held() });
    if (status !== 201) continue;
    const { id } = made as Stored;
    if (path === '/v1/motions') ids.motions.push(id);
    if (path === '/v1/vote-events') ids.events.push(id);
    if (random() < 0.15) await accord.retract(`/v1/${typeOf(path)}/${id}`);
  }
  return {
    mergerId: any(mergers),
    people: [people[0] ?? '', people[1] ?? ''],
    factions: [factions[0] ?? '', factions[1] ?? ''],
  };
}

/** Nested or not, a record has an address of its own. */
function typeOf(path: string): string {
  if (path.endsWith('/attendance')) return 'attendance';
  return path.endsWith('/succession') ? 'successions' : path.slice('/v1/'.length);
}

async function each(count: number, make: () => Promise<Stored>): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) ids.push((await make()).id);
  return ids;
}

/** Every row that there is, but for the numbers and the instants of its changes, who may see it, and what is made of it. */
async function everything(mergerId: string): Promise<object> {
  const tables = [
    ...RECORD_TYPES.map((type) => type.replace('-', '_')),
    'names',
    'succession_predecessors',
    'milestone_dependencies',
  ];
  const rows: Record<string, unknown> = {};
  for (const table of tables)
    rows[table] = await accord.database.read(
      `SELECT to_jsonb(row) - 'version' - 'updated_at' AS row FROM ${table} AS row ORDER BY 1`,
      [],
    );
  const hidden = await accord.database.read(
    'SELECT DISTINCT span.record_id::text AS id FROM hidden_spans AS span WHERE span.hidden_until > now() ORDER BY 1',
    [],
  );
  const status = (await accord.get(`/v1/mergers/${mergerId}/status`)).text;
  return { rows, hidden, status };
}

/** Where an id stands in any column of ids of any table, as the database's own catalogue tells. */
async function placesOf(id: string): Promise<readonly string[]> {
  const columns = await accord.database.read<{ table: string; column: string; type: string }>(
    `SELECT part.table_name AS table, part.column_name AS column, part.udt_name AS type
     FROM information_schema.columns AS part
     JOIN information_schema.tables AS whole ON whole.table_schema = part.table_schema AND whole.table_name = part.table_name
     WHERE part.table_schema = 'public' AND part.udt_name IN ('uuid', '_uuid') AND whole.table_type = 'BASE TABLE'
       AND part.table_name NOT IN ('revisions', 'names', 'hidden_spans', 'succession_predecessors')
     ORDER BY 1, 2`,
    [],
  );
  const found: string[] = [];
  for (const { table, column, type } of columns) {
    const names = type === 'uuid' ? `ARRAY[row."${column}"]` : `row."${column}"`;
    const rows = await accord.database.read<{ id: string }>(
      `SELECT to_jsonb(row) ->> 'id' AS id FROM ${table} AS row WHERE $1::uuid = ANY (${names}) ORDER BY 1`,
      [id],
    );
    found.push(...rows.map((row) => `${table}.${column} of ${row.id}`));
  }
  return found;
}

/** Its own row, the merge, and retracted successions that name both. */
async function allowedPlaces(
  type: MergedType,
  kept: string,
  duplicate: string,
): Promise<readonly string[]> {
  const merges = await accord.send('GET', `/v1/merges?duplicateId=${duplicate}`, {}, 'editor');
  const both = await accord.database.read<{ id: string }>(
    `SELECT record.id::text AS id FROM successions AS record
     WHERE record.retracted_at IS NOT NULL AND record.predecessor_ids @> ARRAY[$1, $2]::uuid[]`,
    [kept, duplicate],
  );
  return [
    ...(type === 'factions' ? [`factions.id of ${duplicate}`] : []),
    ...merges.body.data.map(({ id }: { id: string }) => `merges.duplicate_id of ${id}`),
    ...(type === 'people' ? [`people.id of ${duplicate}`] : []),
    ...both.map(({ id }) => `successions.predecessor_ids of ${id}`),
  ];
}
