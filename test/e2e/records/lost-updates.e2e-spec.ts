/**
 * No edit is lost. Many editors read, change and send at once, and begin again when somebody was quicker. Each edit counts up
 * one field, or two; so the counts, the history and the acknowledgements must agree to the last one.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildFaction, buildMerger, buildPerson, buildSource } from '../../support/factories.js';
import { seededRandom } from '../../support/random.js';

const EDITORS = 32;
/** A slice of them unless asked for more: `npm run test:lost-updates` makes 6,000. */
const EDITS = Number(process.env['LOST_UPDATE_EDITS'] ?? 320);

/** A record that all edit, and its fields that count. */
interface Shared {
  readonly path: string;
  readonly fields: readonly string[];
}

/** An edit that was answered with 200. */
interface Acknowledged {
  readonly path: string;
  readonly reason: string;
  readonly fields: readonly string[];
}

let accord: TestApp;
let shared: readonly Shared[];
let keys: readonly string[];
beforeAll(async () => {
  accord = await startTestApp();
  const person = await buildPerson(accord, { familyName: '0', givenName: '0', summary: '0' });
  const faction = await buildFaction(accord, { name: '0', summary: '0' });
  const merger = await buildMerger(accord, { title: '0', summary: '0' });
  const source = await buildSource(accord, { title: '0', publisher: '0', language: '0' });
  shared = [
    { path: `/v1/people/${person.id}`, fields: ['familyName', 'givenName', 'summary'] },
    { path: `/v1/factions/${faction.id}`, fields: ['name', 'summary'] },
    { path: `/v1/mergers/${merger.id}`, fields: ['title', 'summary'] },
    { path: `/v1/sources/${source.id}`, fields: ['title', 'publisher', 'language'] },
  ];
  keys = await Promise.all(
    Array.from({ length: EDITORS }, async (_, at) => {
      const body = { name: `editor ${String(at)}`, role: 'editor' };
      return String((await accord.send('POST', '/v1/keys', { body }, 'admin')).body.key);
    }),
  );
});
afterAll(() => accord.stop());

describe(`${String(EDITS)} edits of four records by ${String(EDITORS)} editors`, () => {
  it(
    'are each in the history once, and none is missing from its value',
    async () => {
      const work = keys.map((key, at) => editFor(at, key, share(at)));
      const acknowledged = (await Promise.all(work)).flat();
      expect(acknowledged).toHaveLength(EDITS);
      for (const each of shared) await expectNoneLost(each, acknowledged);
    },
    300_000 + EDITS * 200,
  );
});

/** How many edits an editor makes. */
function share(at: number): number {
  return Math.floor(EDITS / EDITORS) + (at < EDITS % EDITORS ? 1 : 0);
}

async function editFor(editor: number, key: string, count: number): Promise<Acknowledged[]> {
  const random = seededRandom(editor);
  const acknowledged: Acknowledged[] = [];
  for (let number = 0; number < count; number += 1) {
    const { path, fields } = pick(random, shared);
    const first = pick(random, fields);
    // Most edits touch one field, so that two may be of different ones; some touch two at once.
    const changed = random() < 0.2 ? [...new Set([first, pick(random, fields)])] : [first];
    const edit = { path, reason: `e${String(editor)}.${String(number)}`, fields: changed };
    await editUntilTaken(edit, `Bearer ${key}`);
    acknowledged.push(edit);
  }
  return acknowledged;
}

/** Reads, counts on and sends, until it is taken. Whoever was told nothing for sure looks before trying again. */
async function editUntilTaken(edit: Acknowledged, authorization: string): Promise<void> {
  for (;;) {
    const read = await accord.send('GET', edit.path, { headers: { authorization } });
    if (read.status === 503) continue;
    const answer = await sendOn(edit, read, authorization);
    if (answer.status === 200) return;
    if (answer.status === 503 && (await isStored(edit))) return;
    if (answer.status !== 412 && answer.status !== 503)
      throw new Error(`${edit.path} answered ${String(answer.status)}: ${answer.text}`);
  }
}

/** The next count in each field; with the edit's own name, since no two edits write the same. */
function sendOn(edit: Acknowledged, read: Answer, authorization: string): Promise<Answer> {
  const body = Object.fromEntries(
    edit.fields.map((field) => [field, `${String(countIn(read.body[field]) + 1)} ${edit.reason}`]),
  );
  const match = String(read.headers.get('etag'));
  const headers = { authorization, 'if-match': match, 'x-reason': edit.reason };
  return accord.send('PATCH', edit.path, { body, headers });
}

async function isStored({ path, reason }: Acknowledged): Promise<boolean> {
  return (await historyOf(path)).some((revision) => revision.reason === reason);
}

async function expectNoneLost(
  { path, fields }: Shared,
  all: readonly Acknowledged[],
): Promise<void> {
  const acknowledged = all.filter((edit) => edit.path === path);
  const history = await historyOf(path);
  const reasons = history.slice(1).map(({ reason }) => reason);
  expect(reasons.toSorted()).toEqual(acknowledged.map(({ reason }) => reason).toSorted());
  expect(history.map(({ version }) => version)).toEqual(history.map((_, at) => at + 1));
  const { body } = await accord.get(path);
  for (const field of fields) {
    const edits = acknowledged.filter((edit) => edit.fields.includes(field));
    expect([path, field, countIn(body[field])]).toEqual([path, field, edits.length]);
    // Each counted on from the one before it, and no edit touched what it was not about.
    const steps = history.slice(1).map(({ reason, before, after }) => ({
      reason,
      step: countIn(after[field]) - countIn(before[field]),
    }));
    const expected = history.slice(1).map(({ reason }) => ({
      reason,
      step: edits.some((edit) => edit.reason === reason) ? 1 : 0,
    }));
    expect(steps).toEqual(expected);
  }
}

interface Revision {
  readonly version: number;
  readonly reason: string | null;
  readonly before: any;
  readonly after: any;
}

/** Every revision of a record, the first first. */
async function historyOf(path: string): Promise<readonly Revision[]> {
  const revisions: Revision[] = [];
  let next = '';
  do {
    const url = `${path}/revisions?limit=100${next}`;
    const { status, body } = await accord.send('GET', url, {}, 'editor');
    if (status === 503) continue;
    revisions.push(...body.data);
    next = body.page.next === null ? '' : `&cursor=${String(body.page.next)}`;
  } while (next !== '' || revisions.length === 0);
  return revisions.toReversed();
}

function countIn(text: unknown): number {
  return Number.parseInt(String(text), 10);
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick');
  return item;
}
