/**
 * What is held back is seen nowhere. A story of records of every kind is told, each shown or held back by chance, with a word
 * of its own in every text; every route of the OpenAPI document is asked in every way, as everybody who may ask; and a word or
 * an id is found in an answer to a reader only if the rule says so, and if it says so, it is found.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { readContract } from '../../support/contract.js';
import { NOBODY } from '../../support/factories.js';
import {
  closedAddresses,
  comparable,
  readableAddresses,
  shownIn,
  unknownTo,
  type Address,
  type Story,
} from '../../support/leak/crawl.js';
import { changeAtRandom, changeInSecret } from '../../support/leak/changes.js';
import { oracleAt, type Oracle } from '../../support/leak/oracle.js';
import {
  AFTER_LIFTING,
  BEFORE_LIFTING,
  momentBetween,
  startTelling,
  tellInSecret,
  tellOfEverything,
} from '../../support/leak/world.js';
import { seededRandom } from '../../support/random.js';

/** The routes that were asked, and those that told a reader something, in one story or another. */
const crawled = new Set<string>();
const told = new Set<string>();

type Role = 'reader' | 'editor' | 'admin';

describe.each([1, 3])('the story of seed %i', (seed) => {
  let accord: TestApp;
  let story: Story;
  let addresses: readonly Address[];
  let answers: ReadonlyMap<string, Answer>;

  beforeAll(async () => {
    accord = await startTestApp();
    const contract = readContract((await accord.get('/v1/openapi.json')).text);
    const { body } = await accord.get('/v1/changes?after=latest');
    const beginning = (body as { page: { next: string } }).page.next;
    const teller = await startTelling(accord, contract, seededRandom(seed));
    await tellOfEverything(teller);
    const moments = [await momentBetween(teller)];
    for (const share of [0.5, 0.4]) {
      await changeAtRandom(teller, share);
      moments.push(await momentBetween(teller));
    }
    story = { teller, contract, moments, beginning };
    addresses = readableAddresses(story);
    accord.setInstant(BEFORE_LIFTING);
  });
  afterAll(() => accord.stop());

  /** Asks at many addresses, a few at a time, and follows each list for two more pages. */
  async function crawl(
    asked: readonly Address[],
    as: Role = 'reader',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ReadonlyMap<string, Answer>> {
    const found = new Map<string, Answer>();
    const queue = [...asked];
    const work = async (): Promise<void> => {
      for (let address = queue.shift(); address; address = queue.shift()) {
        const { method } = address;
        let { path } = address;
        for (let page = 0; page < 3; page += 1) {
          const answer = await accord.send(method, path, { headers }, as);
          found.set(`${method} ${path}`, answer);
          const next: unknown = answer.body?.page?.next;
          if (typeof next !== 'string') break;
          path = nextPage(address.path, next);
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    return found;
  }

  /** What answers show to a reader and should not. */
  function leaks(found: ReadonlyMap<string, Answer>, rule: Oracle): readonly string[] {
    return [...found].flatMap(([asked, answer]) => {
      const { words, ids } = shownIn(story, answer, asked);
      const secrets = [
        ...words.filter((word) => !rule.words.has(word)),
        ...ids.filter((id) => rule.hidden.has(id)),
      ];
      return secrets.map((secret) => `${asked} shows ${secret}`);
    });
  }

  function wordsShown(found: ReadonlyMap<string, Answer>): ReadonlySet<string> {
    return new Set([...found].flatMap(([asked, answer]) => shownIn(story, answer, asked).words));
  }

  it('is crawled by every route and every parameter that there is', () => {
    expect(unknownTo(story)).toEqual([]);
    for (const { route } of addresses) crawled.add(route);
  });

  it('has what is shown and what is held back, of nearly every kind', async () => {
    const { hidden } = await oracleAt(story.teller, BEFORE_LIFTING);
    const records = [...story.teller.records.values()];
    const kinds = new Set(records.map(({ id, type }) => `${type} ${String(hidden.has(id))}`));
    expect(new Set(records.map(({ type }) => type)).size).toBe(RECORD_TYPES.length);
    expect(kinds.size).toBeGreaterThan(1.5 * RECORD_TYPES.length);
  });

  it('shows readers what it may, and nothing else', async () => {
    const rule = await oracleAt(story.teller, BEFORE_LIFTING);
    answers = await crawl(addresses);
    expect(leaks(answers, rule)).toEqual([]);
    const shown = wordsShown(answers);
    expect([...rule.words].filter((word) => !shown.has(word))).toEqual([]);
    const telling = addresses.filter(
      ({ method, path }) => answers.get(`${method} ${path}`)?.status === 200,
    );
    for (const { route } of telling) told.add(route);
  });

  it('answers at each id as the rule has it', async () => {
    const rule = await oracleAt(story.teller, BEFORE_LIFTING);
    const wrong = addresses.flatMap(({ method, path }) => {
      const expected = expectedStatus(path, rule);
      const status = answers.get(`${method} ${path}`)?.status;
      return expected === undefined || status === expected
        ? []
        : [`${method} ${path}: ${String(status)}, expected ${String(expected)}`];
    });
    expect(wrong).toEqual([]);
  });

  it('answers about what is held back as about what is not there, byte for byte', async () => {
    const rule = await oracleAt(story.teller, BEFORE_LIFTING);
    const pairs = addresses.flatMap((address) => {
      const secret = address.named.filter((each) => !isShown(each, rule));
      return secret.length === 0 ? [] : [{ address, secret }];
    });
    const absent = pairs.map(({ address, secret }) => ({
      ...address,
      path: secret.reduce((path, each) => path.replaceAll(each, nobodyFor(each)), address.path),
    }));
    const tagged = { 'if-none-match': '"v1", "v2", "v3"' };
    const [plain, withTag] = [
      await crawl(absent),
      await crawl(
        pairs.map(({ address }) => address),
        'reader',
        tagged,
      ),
    ];
    const differing = pairs.filter(({ address, secret }, at) => {
      const nobody = plain.get(`${address.method} ${absent[at]?.path ?? ''}`);
      const asked = `${address.method} ${address.path}`;
      const texts = [nobody, answers.get(asked), withTag.get(asked)].map(
        (answer) => answer && comparable(answer, [...secret, ...secret.map(nobodyFor)]),
      );
      return new Set(texts).size > 1;
    });
    expect(pairs.length).toBeGreaterThan(50);
    expect(differing.map(({ address }) => address.path)).toEqual([]);
  });

  it('lets no reader write, and tells none whether there is anything to write to', async () => {
    const closed = closedAddresses(story, NOBODY);
    const found = await crawl(closed, 'reader', { 'if-match': '*', 'x-reason': 'none' });
    const texts = [...found.values()].map((answer) => comparable(answer));
    expect(new Set(texts).size).toBe(1);
    expect([...found.values()][0]?.status).toBe(401);
  });

  it('shows key holders everything, and readers’ answers when they ask for these', async () => {
    const records = addresses.filter(({ path }) =>
      /^\/v1\/[\w-]+\/[0-9a-f-]{36}(\/revisions)?$/.test(path),
    );
    for (const role of ['editor', 'admin'] as const) {
      const shown = wordsShown(await crawl(records, role));
      expect(wordsTold().filter((word) => !shown.has(word))).toEqual([]);
    }
    const some = addresses.filter((_, at) => at % 5 === 0).map(asPublic);
    const found = await crawl(some, 'editor');
    const rule = await oracleAt(story.teller, BEFORE_LIFTING);
    expect(leaks(found, rule)).toEqual([]);
    const differing = addresses.filter((address, at) => {
      const own = answers.get(`${address.method} ${address.path}`);
      const theirs = found.get(`${address.method} ${asPublic(address).path}`);
      return at % 5 === 0 && (own?.text !== theirs?.text || own?.status !== theirs?.status);
    });
    expect(differing).toEqual([]);
  });

  it('tells nothing through a cursor of an editor', async () => {
    const rule = await oracleAt(story.teller, BEFORE_LIFTING);
    const lists = addresses.filter(({ path }) => path.includes('limit='));
    const pages = [...(await crawl(lists, 'editor')).keys()].filter((path) =>
      path.includes('cursor='),
    );
    const found = await crawl(
      pages.map((asked) => ({ route: '', method: 'GET', path: asked.slice(4), named: [] })),
    );
    expect(found.size).toBeGreaterThan(20);
    expect(leaks(found, rule)).toEqual([]);
  });

  it('changes no byte for readers by whatever is told, changed and retracted in secret', async () => {
    const { teller } = story;
    const { hidden } = await oracleAt(teller, BEFORE_LIFTING);
    const secret = [...teller.records.values()].filter(({ id }) => hidden.has(id));
    for (const record of secret) await changeInSecret(teller, record);
    await tellInSecret(teller, hidden);
    const after = await crawl(addresses);
    const differing = [...answers].filter(([asked, answer]) => {
      const other = after.get(asked);
      return other === undefined || comparable(answer) !== comparable(other);
    });
    expect(differing.map(([asked]) => asked)).toEqual([]);
    expect(leaks(after, await oracleAt(teller, BEFORE_LIFTING))).toEqual([]);
  });

  it('shows what was under embargo from its instant on, and still nothing else', async () => {
    accord.setInstant(AFTER_LIFTING);
    const rule = await oracleAt(story.teller, AFTER_LIFTING);
    const all = readableAddresses(story);
    const found = await crawl(all);
    expect(leaks(found, rule)).toEqual([]);
    const shown = wordsShown(found);
    expect([...rule.words].filter((word) => !shown.has(word))).toEqual([]);
  });

  /** The status at a record's address or beneath it; undefined where the address alone does not tell. */
  function expectedStatus(path: string, rule: Oracle): number | undefined {
    const [, id, below, moment] =
      /^\/v1\/[\w-]+\/([0-9a-f-]{36})(\/revisions)?(?:\?knownAt=(.+))?$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    const knownAt = moment === undefined ? undefined : decodeURIComponent(moment);
    if (!rule.sees(id, knownAt)) return 404;
    return below === undefined && rule.isRetracted(id, knownAt) ? 410 : 200;
  }

  /** Whether a reader gets to anything by an id or a slug. */
  function isShown(key: string, rule: Oracle): boolean {
    // With `knownAt` a record is found by the slug that it had then.
    return rule.words.has(key) || (story.teller.records.has(key) && rule.sees(key));
  }

  function wordsTold(): readonly string[] {
    const versions = [...story.teller.records.values()].flatMap((record) => record.versions);
    return story.teller.words.within(JSON.stringify([story.teller.name, versions]));
  }
});

it('every route has told readers something', () => {
  expect([...crawled].filter((route) => !told.has(route))).toEqual([]);
});

/** The next page of a list is asked for by a cursor, that of the feed by what it goes on after. */
function nextPage(path: string, next: string): string {
  const [bare = '', query = ''] = path.split('?');
  const params = new URLSearchParams(query);
  params.set(bare === '/v1/changes' ? 'after' : 'cursor', next);
  return `${bare}?${params.toString()}`;
}

function nobodyFor(key: string): string {
  return key.length === NOBODY.length ? NOBODY : 'qzqzqzqzqz';
}

function asPublic(address: Address): Address {
  const { path } = address;
  return { ...address, path: `${path}${path.includes('?') ? '&' : '?'}view=public` };
}
