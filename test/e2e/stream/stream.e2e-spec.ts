/** The stream: what is told, to whom, from where on, and what is refused. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildMerger,
  buildParticipant,
  buildPerson,
  type Stored,
} from '../../support/factories.js';
import { inShort, type Change } from '../../support/feed.js';
import { expectProblem } from '../../support/refusals.js';
import { StreamReader, eventsIn } from '../../support/streams.js';

let accord: TestApp;
const readers: StreamReader[] = [];
beforeAll(async () => {
  accord = await startTestApp();
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.leave();
});
afterAll(() => accord.stop());

type Role = 'reader' | 'editor';

const headersOf = (as: Role): Record<string, string> =>
  as === 'reader' ? {} : { authorization: `Bearer ${accord.editorKey}` };

/** Somebody who follows, and to whom all is told that there was. */
async function follow(
  query = '',
  as: Role = 'reader',
  lastEventId?: string,
): Promise<StreamReader> {
  const last = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const headers = { ...headersOf(as), ...last };
  const reader = await StreamReader.open({ baseUrl: accord.baseUrl, query, headers });
  readers.push(reader);
  await reader.untilLive();
  return reader;
}

const told = ({ events }: StreamReader): readonly string[] =>
  events.map(({ change }) => inShort(change));

/** Waits for a record's first change. */
const heard = (reader: StreamReader, { id }: Stored): Promise<void> =>
  reader.until(({ events }) => events.some(({ change }) => change.recordId === id));

function latestOf(records: readonly Stored[]): Stored {
  const latest = records.at(-1);
  if (!latest) throw new Error('there is none');
  return latest;
}

const feed = async (query: string, as: Role = 'reader'): Promise<Answer> =>
  accord.send('GET', `/v1/changes${query}`, {}, as);
const next = (answer: Answer): string => answer.body.page.next as string;

describe('a stream', () => {
  it('tells what happens from now on, as the feed tells it', async () => {
    await buildPerson(accord);
    const latest = next(await feed('?after=latest'));
    const reader = await follow();
    expect(reader.status).toBe(200);
    expect(reader.responseHeaders).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      vary: 'Authorization',
    });
    expect([reader.events, reader.lastId]).toEqual([[], latest]);
    const merger = await buildMerger(accord);
    const participant = await buildParticipant(accord, { mergerId: merger.id });
    await heard(reader, participant);
    const { body } = await feed(`?after=${latest}`);
    expect(reader.events.map(({ change }) => change)).toEqual(body.data);
    expect(reader.events).toHaveLength(4);
  });

  it('begins with when to come again, and from where', async () => {
    const { text, headers } = await accord.get('/v1/stream');
    expect(text).toMatch(/^retry: 1000\nid: [\w-]+\n\n:\n\n$/);
    expect(headers.get('content-encoding')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('bears ids that are cursors of the feed, and goes on after any of them', async () => {
    const latest = next(await feed('?after=latest'));
    const people = [
      await buildPerson(accord),
      await buildPerson(accord),
      await buildPerson(accord),
    ];
    const reader = await follow('', 'reader', latest);
    expect(told(reader)).toEqual(people.map(({ id }) => `${id} 1 create`));
    for (const [at, { id }] of reader.events.entries()) {
      const rest = told(reader).slice(at + 1);
      expect(((await feed(`?after=${id}`)).body.data as Change[]).map(inShort)).toEqual(rest);
      expect(told(await follow('', 'reader', id))).toEqual(rest);
      expect(told(await follow(`?lastEventId=${id}`))).toEqual(rest);
    }
    expect(next(await feed('?after=latest'))).toBe(reader.lastId);
  });

  it('goes on after the header when there is another one in the address', async () => {
    const first = next(await feed('?after=latest'));
    await buildPerson(accord);
    const second = next(await feed('?after=latest'));
    const { id } = await buildPerson(accord);
    const both = await follow(`?lastEventId=${first}`, 'reader', second);
    expect(told(both)).toEqual([`${id} 1 create`]);
    expect(told(await follow(`?lastEventId=${second}`, 'reader', ''))).toEqual([`${id} 1 create`]);
  });

  it('tells a change that was committed before it was asked for to nobody who asks from now on', async () => {
    for (let at = 0; at < 10; at += 1) {
      const before = await buildPerson(accord);
      const reader = await follow();
      const after = await buildPerson(accord);
      await heard(reader, after);
      expect(told(reader)).toEqual([`${after.id} 1 create`]);
      expect(told(reader)).not.toContain(`${before.id} 1 create`);
    }
  });

  it('of some mergers tells what belongs to them', async () => {
    const mergers = [
      await buildMerger(accord),
      await buildMerger(accord),
      await buildMerger(accord),
    ];
    const [one, two, three] = mergers.map(({ id }) => id);
    const [single, both, capitals] = [
      await follow(`?mergerId=${String(one)}`),
      await follow(`?mergerId=${String(two)},${String(one)}`),
      await follow(`?mergerId=${String(one).toUpperCase()}&mergerId=${String(two)}`),
    ];
    expect(both.lastId).toBe(capitals.lastId);
    const built: Stored[] = [];
    for (const mergerId of [one, three, two, one])
      built.push(await buildParticipant(accord, { mergerId }));
    const [first, , third, last] = built.map(({ id }) => `${id} 1 create`);
    for (const reader of [single, both, capitals]) await heard(reader, latestOf(built));
    expect(told(single)).toEqual([first, last]);
    expect(told(both)).toEqual([first, third, last]);
    expect(both.events).toEqual(capitals.events);
    const again = await follow(
      `?mergerId=${String(one)},${String(two)}`,
      'reader',
      both.events[0]?.id,
    );
    expect(told(again)).toEqual([third, last]);
  });

  it('tells key holders everything, and what readers are told when they ask for that', async () => {
    const [reader, editor, asPublic] = [
      await follow(),
      await follow('', 'editor'),
      await follow('?view=public', 'editor'),
    ];
    const draft = await buildPerson(accord, { visibility: 'draft' });
    const headers = { 'if-match': '*', 'x-reason': 'it is out' };
    await accord.patch(`/v1/people/${draft.id}`, { visibility: 'public' }, headers);
    // Numbered together with a later change, it would stand after that.
    await heard(reader, draft);
    const person = await buildPerson(accord);
    for (const each of [reader, editor, asPublic]) await heard(each, person);
    expect(told(reader)).toEqual([`${draft.id} 2 published`, `${person.id} 1 create`]);
    expect(asPublic.events).toEqual(reader.events);
    expect(JSON.stringify(reader.events)).not.toMatch(/actor|reason/);
    expect(editor.events.map(({ change }) => change)).toMatchObject([
      { version: 1, operation: 'create', actor: 'the editor', reason: null },
      { version: 2, operation: 'update', actor: 'the editor', reason: 'it is out' },
      { version: 2, operation: 'published', actor: null, reason: null },
      { recordId: person.id, actor: 'the editor' },
    ]);
  });

  it('tells nobody anew of what is held back by then', async () => {
    const latest = next(await feed('?after=latest'));
    const person = await buildPerson(accord);
    const reader = await follow('', 'reader', latest);
    expect(told(reader)).toEqual([`${person.id} 1 create`]);
    await accord.patch(`/v1/people/${person.id}`, { visibility: 'draft' });
    expect(told(await follow('', 'reader', latest))).toEqual([]);
  });

  it('to HEAD is its headers, and ends', async () => {
    const [got, head] = [await accord.get('/v1/stream'), await accord.send('HEAD', '/v1/stream')];
    const own = ['date', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding'];
    const headers = (answer: Answer): object =>
      Object.fromEntries([...answer.headers].filter(([name]) => !own.includes(name)));
    expect([head.status, head.text]).toEqual([200, '']);
    expect(headers(head)).toEqual(headers(got));
  });

  it('is long: whoever comes from far back is told all of it, once and in order', async () => {
    const latest = next(await feed('?after=latest', 'editor'));
    await accord.database.read(
      `INSERT INTO people (slug, name) SELECT 'far-' || number, 'Somebody' FROM generate_series(1, 1234) AS made (number)`,
      [],
    );
    const reader = await follow('', 'editor', latest);
    expect(reader.events).toHaveLength(1234);
    const seen: Change[] = [];
    for (let after = latest; ;) {
      const { body } = await feed(`?limit=100&after=${after}`, 'editor');
      seen.push(...(body.data as Change[]));
      if (after === body.page.next) break;
      after = body.page.next as string;
    }
    expect(reader.events.map(({ change }) => change)).toEqual(seen);
  });
});

describe('a stream is refused', () => {
  const refusal = async (query: string, as: Role = 'reader', last = ''): Promise<Answer> =>
    accord.send(
      'GET',
      `/v1/stream${query}`,
      { headers: last === '' ? {} : { 'last-event-id': last } },
      as,
    );

  it('when its query is wrong', async () => {
    for (const [query, pointer] of [
      ['?mergerId=mqm', '?mergerId'],
      [`?mergerId=${NOBODY},`, '?mergerId'],
      ['?after=x', '?after'],
      ['?limit=1', '?limit'],
      ['?lastEventId=x&lastEventId=y', '?lastEventId'],
    ] as const)
      expectProblem(await refusal(query), [400, 'validation_failed', pointer]);
    expectProblem(await refusal('?view=all', 'editor'), [400, 'validation_failed', '?view']);
  });

  it('when it is to go on after what is none of its ids', async () => {
    const id = next(await feed('?after=latest'));
    const refused = [
      await refusal('', 'reader', 'x'),
      await refusal('?lastEventId=x'),
      await refusal('?lastEventId='),
      await refusal('', 'editor', id),
      await refusal(`?mergerId=${NOBODY}`, 'reader', id),
      await refusal('', 'reader', next(await feed('?after=latest', 'editor'))),
      await accord.send('HEAD', '/v1/stream?lastEventId=x'),
    ];
    for (const answer of refused.slice(0, -1)) expectProblem(answer, [400, 'invalid_cursor']);
    expect(refused.at(-1)?.status).toBe(400);
    expect(eventsIn((await refusal('?view=public', 'editor', id)).text)).toEqual([]);
  });

  it('to an unknown key', async () => {
    const answer = await accord.get('/v1/stream', { authorization: 'Bearer nobody' });
    expectProblem(answer, [401, 'unauthorized']);
  });
});
