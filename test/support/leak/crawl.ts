/** A crawl of every route in the OpenAPI document: which addresses there are, and what an answer shows. */
import { RECORD_TYPES, type RecordType } from '../../../src/domain/vocabulary.js';
import type { Answer } from '../app.js';
import { type Contract, type Operation } from '../contract.js';
import { NOBODY } from '../factories.js';
import { ROUTES } from './routes.js';
import { last, type Teller, type ToldRecord } from './world.js';

/** How the parameters are given that are no fields of what is listed. */
const PARAMETERS: Readonly<Record<string, (story: Story) => readonly string[]>> = {
  asOf: () => ['2022-12-29', '2998'],
  knownAt: ({ moments }) => moments,
  q: ({ teller }) => some([...teller.records.values()].flatMap(nameOf)),
  clock: () => ['asOf', 'knownAt'],
  from: ({ moments }) => ['2022-12-29', ...moments],
  to: ({ moments }) => ['2998', ...moments],
  publisher: ({ teller }) =>
    some([...teller.records.values()].flatMap((record) => fieldOf(record, 'publisher'))),
  mergerId: ({ teller }) => some(keysOf(teller, 'mergers').filter((key) => idsIn(key).length > 0)),
  after: () => ['latest'],
  lastEventId: ({ beginning }) => [beginning],
  limit: () => ['2'],
  // Followed from page to page.
  cursor: () => [],
  // The crawl asks for it as an editor.
  view: () => [],
};

/** What is asked together with a parameter, where nothing is answered without. */
const WITH: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  resource: [['format', 'csv']],
};

/** What was told, and the instants between its parts. */
export interface Story {
  readonly teller: Teller;
  readonly contract: Contract;
  readonly moments: readonly string[];
  /** The cursor of the feed, as readers read it, from before anything was told. */
  readonly beginning: string;
}

/** An address, and the ids and slugs of records that are in it. */
export interface Address {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly named: readonly string[];
}

/** The routes of the document that the crawl does not know, and the parameters: somebody has to think about them. */
export function unknownTo(story: Story): readonly string[] {
  return story.contract.operations.flatMap((operation) => {
    const route = routeOf(operation);
    const access = ROUTES[route];
    if (access === undefined)
      return [`${route} has no line in ROUTES (test/support/leak/crawl.ts)`];
    if (access === 'closed') return [];
    const ids = /\{(?!id\})/.test(operation.path)
      ? [`${route} has more in its path than an id`]
      : [];
    const parameters = queriesOf(operation)
      .filter(({ name, schema }) => valuesOf(story, operation, name, schema) === undefined)
      .map(({ name }) => `${route} has ${name}, which PARAMETERS does not know`);
    return [...ids, ...parameters];
  });
}

/** Every address of the routes that are open to readers: every id and slug, every parameter, one at a time. */
export function readableAddresses(story: Story): readonly Address[] {
  return story.contract.operations
    .filter((operation) => ROUTES[routeOf(operation)] === 'read')
    .flatMap((operation) => addressesAt(story, operation));
}

/** Every route that is closed to readers: at a record that is there, at one that is held back or not, and at nobody. */
export function closedAddresses(story: Story, nobody: string): readonly Address[] {
  return story.contract.operations
    .filter((operation) => ROUTES[routeOf(operation)] === 'closed')
    .flatMap((operation) => {
      const type = typeAt(operation);
      const keys = type === undefined ? [] : some(keysOf(story.teller, type));
      return [...keys, nobody].map((key) => ({
        route: routeOf(operation),
        method: operation.method,
        path: operation.path.replace('{id}', key),
        named: [],
      }));
    });
}

/** The words and ids that an answer shows, its headers and its cursors included; what was asked with is not counted. */
export function shownIn(
  { teller: { words } }: Story,
  answer: Answer,
  asked: string,
): { readonly words: readonly string[]; readonly ids: readonly string[] } {
  const headers = [...answer.headers].map(([, value]) => value).join('\n');
  const text = `${answer.text}\n${headers}\n${cursorsIn(answer)}`;
  const own = new Set([...words.within(asked), ...idsIn(asked)]);
  return {
    words: words.within(text).filter((word) => !own.has(word)),
    ids: idsIn(text).filter((id) => !own.has(id)),
  };
}

/** What must be alike in two answers: all but the date and the request's id, and whom they were asked about. */
export function comparable(answer: Answer, named: readonly string[] = []): string {
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  const text = JSON.stringify([answer.status, headers, answer.text]);
  return named.reduce((rest, each) => rest.replaceAll(each, NOBODY), text);
}

/** What there is beneath every record. */
const COMMON: ReadonlySet<string> = new Set(['revisions', 'standing', 'restorations', 'reverts']);

function isRecordType(word: string): word is RecordType {
  return RECORD_TYPES.some((type) => type === word);
}

function routeOf({ method, path }: Operation): string {
  const [, , first = '', id, more] = path.split('/');
  const isCommon = isRecordType(first) && (more === undefined || COMMON.has(more));
  const below = [...(id === undefined ? [] : [id]), ...(more === undefined ? [] : [more])];
  return `${method} ${isCommon ? ['/v1/{resource}', ...below].join('/') : path}`;
}

function typeAt({ path }: Operation): RecordType | undefined {
  const first = path.split('/')[2] ?? '';
  return path.includes('{id}') && isRecordType(first) ? first : undefined;
}

function queriesOf({ parameters }: Operation): Operation['parameters'] {
  return parameters.filter((parameter) => parameter.in === 'query');
}

function addressesAt(story: Story, operation: Operation): readonly Address[] {
  const { method, path } = operation;
  const route = routeOf(operation);
  const type = typeAt(operation);
  const asks = queriesOf(operation).flatMap(({ name, schema }) =>
    (valuesOf(story, operation, name, schema) ?? []).map((value) => [name, value] as const),
  );
  const needed = queriesOf(operation).filter(({ required }) => required === true);
  const asksFor = (address: Address): Address =>
    needed.reduce((asked, { name, schema }) => {
      const values = valuesOf(story, operation, name, schema) ?? [];
      return withQuery(asked, [
        name,
        values[Math.floor(story.teller.random() * values.length)] ?? '',
      ]);
    }, address);
  const whole = asksFor({ route, method, path, named: [] });
  // Of a list every way is tried; at each id the plain one, and one other by chance.
  if (!path.includes('{')) return [whole, ...asks.map((ask) => withQuery(whole, ask))];
  return (type === undefined ? [] : keysOf(story.teller, type)).flatMap((key) => {
    const plain = asksFor({ route, method, path: path.replace('{id}', key), named: [key] });
    const chosen = asks[Math.floor(story.teller.random() * (asks.length + 1))];
    return [plain, chosen === undefined ? { ...plain, method: 'HEAD' } : withQuery(plain, chosen)];
  });
}

function withQuery(address: Address, [name, value]: readonly [string, string]): Address {
  const [bare = '', query = ''] = address.path.split('?');
  const params = new URLSearchParams(query);
  params.set(name, value);
  for (const [besides, needed] of WITH[name] ?? []) params.set(besides, needed);
  const path = `${bare}?${params.toString()}`;
  return { ...address, path, named: [...address.named, ...idsIn(value)] };
}

/** The values to try of a parameter; undefined when nobody said how. */
function valuesOf(
  story: Story,
  operation: Operation,
  name: string,
  schema: Readonly<Record<string, unknown>> | undefined,
): readonly string[] | undefined {
  const given = PARAMETERS[name];
  if (given) return given(story);
  if (Array.isArray(schema?.['enum'])) return schema['enum'].map(String);
  const listed = listedType(operation);
  const records = [...story.teller.records.values()].filter(({ type }) => type === listed);
  const isField = records.some(({ versions }) =>
    Object.keys(versions[0]?.body ?? {}).some((field) => name.startsWith(field)),
  );
  return isField ? some(records.flatMap((record) => fieldOf(record, name))) : undefined;
}

/** At most three of many. */
function some(values: readonly string[]): readonly string[] {
  const once = [...new Set(values)];
  const step = Math.max(1, Math.floor(once.length / 3));
  return once.filter((_, at) => at % step === 0).slice(0, 3);
}

/** The kind of record that a list holds: what its path ends with. */
function listedType({ path }: Operation): RecordType | undefined {
  const segment = (path.split('/').at(-1) ?? '').replace(/^succession$/, 'successions');
  return isRecordType(segment) ? segment : undefined;
}

/** Every value that a field ever had; `satisfiedByMotionId` is one within `satisfiedBy`. */
function fieldOf({ versions }: ToldRecord, name: string): readonly string[] {
  return versions.flatMap(({ body }) => {
    const within = Object.entries(body).flatMap(([above, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([key, each]: [string, unknown]) => [
            above + key.charAt(0).toUpperCase() + key.slice(1),
            each,
          ])
        : [],
    );
    const value: unknown = body[name] ?? Object.fromEntries(within)[name];
    return [value]
      .flat()
      .filter((each) => each !== null && each !== undefined)
      .map(String);
  });
}

function nameOf(record: ToldRecord): readonly string[] {
  const { body } = last(record);
  return ['factions', 'people', 'mergers'].includes(record.type)
    ? [String(body['name'] ?? body['title'])]
    : [];
}

/** Every id, and every slug that was ever given. */
function keysOf(teller: Teller, type: RecordType): readonly string[] {
  const records = [...teller.records.values()].filter((record) => record.type === type);
  return records.flatMap((record) => [...new Set([record.id, ...fieldOf(record, 'slug')])]);
}

function cursorsIn(answer: Answer): string {
  const next: unknown = answer.body?.page?.next;
  const ids = [...answer.text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
  const cursors = [next, ...ids].filter((cursor) => typeof cursor === 'string');
  return cursors.map((cursor) => Buffer.from(cursor, 'base64url').toString()).join('\n');
}

function idsIn(text: string): string[] {
  return [...new Set(text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g))];
}
