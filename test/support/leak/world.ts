/**
 * A story of records of every kind, each held back or shown at random, told over HTTP with a word of its own in every text.
 * What was told is kept here: the oracle judges by it.
 */
import type { RecordType } from '../../../src/domain/vocabulary.js';
import type { Answer, TestApp } from '../app.js';
import { type Contract } from '../contract.js';
import { announcementOf, type Fields } from '../factories.js';
import { specimens } from '../specimens/all.js';
import type { Specimen } from '../specimens/specimen.js';
import { reworded, uniqueWords, type Words } from './words.js';

/** The end of every embargo that is still to come, and an instant on either side of it. */
export const LIFTING = '2999-03-01';
export const BEFORE_LIFTING = '2999-03-01T23:59:59.999Z';
export const AFTER_LIFTING = '2999-03-02T00:00:00.000Z';
const LONG_OVER = '2022-12-28';

/** A record at one of its versions. */
export interface Told {
  readonly body: Fields;
  readonly retracted: boolean;
  /** Why, as the change said. */
  readonly reason: string;
}

/** A record and every version of it, the first first. */
export interface ToldRecord {
  readonly id: string;
  readonly type: RecordType;
  readonly versions: Told[];
}

/** Who tells, by which chance, with which words. */
export interface Teller {
  readonly accord: TestApp;
  readonly contract: Contract;
  readonly random: () => number;
  readonly words: Words;
  /** The name of the key: every revision has it as its actor. */
  readonly name: string;
  readonly authorization: string;
  readonly records: Map<string, ToldRecord>;
}

/** A teller with a key of its own, whose name is a word too. */
export async function startTelling(
  accord: TestApp,
  contract: Contract,
  random: () => number,
): Promise<Teller> {
  const words = uniqueWords(random);
  const name = words.next();
  const body = { name, role: 'editor' };
  const issued = await accord.send('POST', '/v1/keys', { body }, 'admin');
  const authorization = `Bearer ${String(issued.body.key)}`;
  return { accord, contract, random, words, name, authorization, records: new Map() };
}

/** Tells of every kind of record, with whatever these need, and quotes sources about some of them. */
export async function tellOfEverything(teller: Teller): Promise<void> {
  const accord = tellingApp(
    teller,
    () => anyHiding(teller),
    (path) => {
      // A parent may be one that is there: so they come together in a few mergers.
      const isFew = /^\/v1\/(mergers|factions|people)$/.test(path);
      const told = ofType(teller, path.slice('/v1/'.length) as RecordType);
      return told.length > 1 && teller.random() < (isFew ? 0.8 : 0.5) ? pick(teller, told) : null;
    },
  );
  for (const specimen of [...specimens, ...specimens])
    if (!(await isTold(teller, accord, specimen, 0.8)))
      throw new Error(`no ${specimen.type} could be told`);
  for (let count = 0; count < 8; count += 1) {
    const about = pick(teller, [...teller.records.values()]);
    const source = pick(teller, ofType(teller, 'sources'));
    const cited = { sourceId: source.id, recordType: about.type, recordId: about.id };
    await accord.post('/v1/citations', { ...cited, quote: 'a quote', speakerLabel: 'a speaker' });
  }
}

/** Tells drafts of every kind beneath what readers see: each would change an answer of theirs, if it were known. */
export async function tellInSecret(teller: Teller, hidden: ReadonlySet<string>): Promise<void> {
  const accord = tellingApp(
    teller,
    () => ({ visibility: 'draft' }),
    (path) => {
      const seen = ofType(teller, path.slice('/v1/'.length) as RecordType).filter(
        ({ id }) => !hidden.has(id),
      );
      return seen.length > 0 && teller.random() < 0.9 ? pick(teller, seen) : null;
    },
  );
  for (const specimen of [...specimens, ...specimens]) await isTold(teller, accord, specimen, 0.5);
}

/** How a new record is held back, if it is. */
function anyHiding({ random }: Pick<Teller, 'random'>): Fields | null {
  const chance = random();
  if (chance < 0.06) return { visibility: 'draft' };
  if (chance < 0.14) return { embargoUntil: LIFTING };
  return chance < 0.2 ? { embargoUntil: LONG_OVER } : null;
}

export function last(record: ToldRecord): Told {
  const told = record.versions.at(-1);
  if (!told) throw new Error(`nothing was told of ${record.id}`);
  return told;
}

export function pick<Item>({ random }: Pick<Teller, 'random'>, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick');
  return item;
}

/** An instant, in milliseconds, before which everything told so far was recorded, and after which all that follows will be. */
export async function momentBetween({ accord }: Teller): Promise<string> {
  const clock = async (): Promise<number> => {
    const [row] = await accord.database.read<{ now: string }>(
      'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::text AS now',
      [],
    );
    return Number(row?.now);
  };
  const since = await clock();
  let now = since;
  while (now < since + 3) now = await clock();
  return new Date(since + 1).toISOString();
}

/** The app as the factories and specimens use it: what they send is reworded, hidden at random, and remembered. */
function tellingApp(
  teller: Teller,
  hide: () => Fields | null,
  parentAt: (path: string) => ToldRecord | null,
): TestApp {
  const post: TestApp['post'] = async (path, body) => {
    const isSecret = path === '/v1/sources' && teller.random() < 0.25;
    const fields = {
      ...Object(body),
      ...(isSecret ? { confidential: true } : {}),
      ...hide(),
    } as Fields;
    return tell(teller, path, fields);
  };
  const record: TestApp['record'] = async (path, body) => {
    const parent = parentAt(path);
    if (parent) return last(parent).body;
    const answer = await post(path, body);
    if (answer.status !== 201) throw new Refused(answer.text);
    return answer.body;
  };
  return { ...teller.accord, record, post };
}

class Refused extends Error {}

/** By chance two records may clash (one takes part already): then it is told with others. */
async function isTold(
  { random }: Teller,
  accord: TestApp,
  specimen: Specimen,
  whole: number,
): Promise<boolean> {
  for (let count = 0; count < 12; count += 1) {
    try {
      const { path, full, minimal } = await specimen.prepare(accord);
      if ((await accord.post(path, random() < whole ? full : minimal)).status === 201) return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return false;
}

/** What was told of a kind and is not retracted. */
export function ofType(teller: Teller, type: RecordType): ToldRecord[] {
  return [...teller.records.values()].filter(
    (record) => record.type === type && !last(record).retracted,
  );
}

async function tell(teller: Teller, path: string, fields: Fields): Promise<Answer> {
  const { accord, contract, words } = teller;
  const schema = bodySchema(contract, 'POST', path);
  const body = reworded(contract, schema, fields, words.next);
  const reason = words.next();
  const answer = await accord.send('POST', path, { body, headers: signed(teller, reason) });
  if (answer.status !== 201) return answer;
  const type = (answer.headers.get('location') ?? '').split('/')[2] as RecordType;
  remember(teller, type, { body: answer.body, retracted: false, reason });
  if (type === 'mergers') {
    const announcement = await announcementOf(asEditor(accord), String(answer.body.id));
    // It was made together with its merger, for the same reason.
    remember(teller, 'milestones', { body: announcement, retracted: false, reason });
  }
  return answer;
}

function remember(teller: Teller, type: RecordType, told: Told): void {
  const id = String(told.body['id']);
  const known = teller.records.get(id);
  if (known) known.versions.push(told);
  else teller.records.set(id, { id, type, versions: [told] });
}

/** Rewords every text of a record, and changes what else is said. */
export async function patch(teller: Teller, record: ToldRecord, change: Fields): Promise<void> {
  const { accord, contract, words } = teller;
  const path = `/v1/${record.type}/${record.id}`;
  const { body } = last(record);
  const renewed = reworded(contract, bodySchema(contract, 'PATCH', path), body, words.next);
  const texts = Object.entries(renewed).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(body[name]),
  );
  const reason = words.next();
  const headers = { ...signed(teller, reason), 'if-match': '*' };
  const sent = { ...Object.fromEntries(texts), ...change };
  const answer = await accord.send('PATCH', path, { body: sent, headers });
  if (answer.status === 200 && answer.body.version > Number(body['version']))
    remember(teller, record.type, { body: answer.body, retracted: false, reason });
}

/** Retracts a record, if nothing live refers to it. */
export async function retract(teller: Teller, record: ToldRecord): Promise<void> {
  const reason = teller.words.next();
  const headers = { ...signed(teller, reason), 'if-match': '*' };
  const path = `/v1/${record.type}/${record.id}`;
  const { status } = await teller.accord.send('DELETE', path, { headers });
  if (status !== 204) return;
  // A merger takes its announcement with it.
  const gone = ofType(teller, 'milestones').filter(
    (each) => record.type === 'mergers' && last(each).body['mergerId'] === record.id,
  );
  for (const { type, ...each } of [record, ...gone]) {
    const { body } = each.versions.at(-1) ?? { body: {} };
    const version = Number((body as Fields)['version']) + 1;
    remember(teller, type, { body: { ...body, version }, retracted: true, reason });
  }
}

function bodySchema(contract: Contract, method: string, path: string): Fields {
  const route = path.replace(/^(\/v1\/[\w-]+\/)[^/]+/, '$1{id}');
  const found = contract.operations.find((one) => one.method === method && one.path === route);
  if (!found?.body) throw new Error(`${method} ${route} is not described`);
  return found.body;
}

function signed({ authorization }: Teller, reason: string): Readonly<Record<string, string>> {
  return { authorization, 'x-reason': reason };
}

/** The app, reading as an editor does. */
function asEditor(accord: TestApp): TestApp {
  return { ...accord, get: (path) => accord.send('GET', path, {}, 'editor') };
}
