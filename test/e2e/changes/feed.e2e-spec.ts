/** The feed: what is in it, who sees what of it, and where one asks again. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  announcementOf,
  buildFaction,
  buildMeeting,
  buildMerger,
  buildParticipant,
  buildPerson,
  buildStance,
} from '../../support/factories.js';
import { Follower, inShort, wholeFeed, type Change } from '../../support/feed.js';
import { expectProblem } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const read = (query = '', as: 'reader' | 'editor' = 'reader'): Promise<Answer> =>
  accord.send('GET', `/v1/changes${query}`, {}, as);
const next = (answer: Answer): string => answer.body.page.next as string;
const shorts = (answer: Answer): readonly string[] => (answer.body.data as Change[]).map(inShort);

const from = (as: 'reader' | 'editor' = 'reader'): Promise<Follower> =>
  Follower.fromNow(accord, as);

describe('the feed', () => {
  it('of nothing is empty, and says where to ask again', async () => {
    const empty = await read();
    expect(empty.body).toEqual({ data: [], page: { next: expect.any(String) } });
    const { id } = await buildPerson(accord);
    expect(shorts(await read(`?after=${next(empty)}`))).toEqual([`${id} 1 create`]);
    expect(shorts(await read())).toEqual([`${id} 1 create`]);
  });

  it('tells every change of every record once, in order, with its merger', async () => {
    const follower = await from();
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const participant = await buildParticipant(accord, { mergerId: merger.id });
    const stance = await buildStance(accord, { participantId: participant.id });
    await accord.patch(`/v1/stances/${stance.id}`, { note: 'as he said' });
    await accord.retract(`/v1/stances/${stance.id}`);
    await accord.patch(`/v1/mergers/${merger.id}`, {});
    const seen = await follower.catchUp();
    expect(seen).toMatchObject([
      { recordType: 'mergers', recordId: merger.id, mergerId: merger.id, operation: 'create' },
      { recordType: 'milestones', recordId: announcement.id, mergerId: merger.id, version: 1 },
      { recordType: 'factions', recordId: participant['factionId'], mergerId: null },
      { recordType: 'participants', recordId: participant.id, mergerId: merger.id },
      { recordType: 'stances', recordId: stance.id, mergerId: merger.id, operation: 'create' },
      { recordType: 'stances', recordId: stance.id, version: 2, operation: 'update' },
      { recordType: 'stances', recordId: stance.id, version: 3, operation: 'retract' },
    ]);
    expect(Object.keys(seen[0] ?? {})).toEqual([
      'recordType',
      'recordId',
      'mergerId',
      'version',
      'operation',
      'recordedAt',
    ]);
    expect(seen[0]?.recordedAt).toBe(merger['createdAt']);
    expect(await follower.catchUp()).toEqual([]);
  });

  it('tells key holders who made a change and why, and nobody else', async () => {
    const [reader, editor] = [await from(), await from('editor')];
    const { id } = await buildPerson(accord);
    const headers = { 'if-match': '*', 'x-reason': 'a typo' };
    await accord.patch(`/v1/people/${id}`, { name: 'Kamran Khan Tessori' }, headers);
    expect(await editor.catchUp()).toMatchObject([
      { operation: 'create', actor: 'the editor', reason: null },
      { operation: 'update', actor: 'the editor', reason: 'a typo' },
    ]);
    expect(JSON.stringify(await reader.catchUp())).not.toMatch(/actor|reason|typo/);
    const asPublic = await read('?view=public&limit=100', 'editor');
    expect(asPublic.text).toBe((await read('?limit=100')).text);
  });

  it('read in pages of any size is the same', async () => {
    const whole = await wholeFeed(accord, 'editor');
    for (const limit of [1, 2, 7]) {
      const follower = new Follower(accord, 'editor', limit);
      expect(await follower.catchUp()).toEqual(whole);
    }
    const first = await read('?limit=1');
    expect(first.headers.get('link')).toBe(
      `</v1/changes?limit=1&after=${next(first)}>; rel="next"`,
    );
    const last = await read(`?after=${next(await read('?after=latest'))}`);
    expect(last.headers.get('link')).toBeNull();
  });

  it('holds a write as soon as it was acknowledged', async () => {
    for (let at = 0; at < 20; at += 1) {
      const follower = await from();
      const { id } = await buildPerson(accord);
      expect((await follower.catchUp()).map(inShort)).toEqual([`${id} 1 create`]);
    }
  });

  it('of one merger holds what belongs to it', async () => {
    const merger = await buildMerger(accord);
    const latest = next(await read(`?mergerId=${merger.id}&after=latest`));
    const other = await buildParticipant(accord);
    const participant = await buildParticipant(accord, { mergerId: merger.id });
    const path = `?mergerId=${merger.id}`;
    expect(shorts(await read(`${path}&after=${latest}`))).toEqual([`${participant.id} 1 create`]);
    expect((await read(path.toUpperCase().replace('MERGERID', 'mergerId'))).text).toBe(
      (await read(path)).text,
    );
    expect((await read(path)).text).not.toContain(other.id);
    expect((await read(`?mergerId=${NOBODY}`)).body.data).toEqual([]);
  });

  it('of several mergers holds what belongs to any of them, however they are given', async () => {
    const mergers = [await buildMerger(accord), await buildMerger(accord)];
    const [one, two] = mergers.map(({ id }) => id);
    const path = `?mergerId=${String(one)},${String(two)}`;
    const latest = next(await read(`${path}&after=latest`));
    const seen: string[] = [];
    for (const mergerId of [two, one, undefined, two]) {
      const { id } = await buildParticipant(accord, mergerId === undefined ? {} : { mergerId });
      if (mergerId !== undefined) seen.push(`${id} 1 create`);
    }
    expect(shorts(await read(`${path}&after=${latest}`))).toEqual(seen);
    const whole = await read(path);
    const otherwise = [
      `?mergerId=${String(two)}&mergerId=${String(one)}`,
      `${path},${String(one)}`,
    ];
    for (const other of otherwise) expect((await read(other)).text).toBe(whole.text);
    let page = await read(`${path}&limit=2`);
    const paged: string[] = [];
    for (; shorts(page).length > 0; page = await read(`${path}&limit=2&after=${next(page)}`))
      paged.push(...shorts(page));
    expect(paged).toEqual(shorts(whole));
    expectProblem(await read(`?mergerId=${String(one)}&after=${latest}`), [400, 'invalid_cursor']);
    expectProblem(await read(`${path},`), [400, 'validation_failed', '?mergerId']);
  });

  it('is not fetched again while there is nothing new', async () => {
    const path = `?after=${next(await read('?after=latest'))}`;
    const tag = String((await read(path)).headers.get('etag'));
    const again = await accord.get(`/v1/changes${path}`, { 'if-none-match': tag });
    expect([again.status, again.text]).toEqual([304, '']);
    await buildPerson(accord);
    expect((await accord.get(`/v1/changes${path}`, { 'if-none-match': tag })).status).toBe(200);
  });

  it('refuses what it cannot read', async () => {
    for (const [query, pointer] of [
      ['?limit=0', '?limit'],
      ['?limit=101', '?limit'],
      ['?mergerId=mqm', '?mergerId'],
      ['?cursor=x', '?cursor'],
      ['?after=latest&after=latest', '?after'],
    ] as const)
      expectProblem(await read(query), [400, 'validation_failed', pointer]);
    const cursor = next(await read('?limit=1'));
    const refused = [
      await read('?after=x'),
      await read(`?after=${cursor}`, 'editor'),
      await read(`?after=${cursor}&mergerId=${NOBODY}`),
      await accord.get(`/v1/people?cursor=${cursor}`),
    ];
    for (const answer of refused) expectProblem(answer, [400, 'invalid_cursor']);
    expect((await read(`?view=public&after=${cursor}`, 'editor')).status).toBe(200);
  });
});

describe('what is held back', () => {
  it('moves no byte of a reader’s feed, nor where the reader asks again', async () => {
    await buildPerson(accord);
    const latest = await read('?after=latest');
    const queries = ['', '?limit=1', '?limit=100', '?after=latest', `?after=${next(latest)}`];
    const texts = async (): Promise<readonly string[]> =>
      Promise.all(queries.map(async (query) => (await read(query)).text));
    const before = await texts();
    const hidden = await buildFaction(accord, { visibility: 'draft' });
    await accord.patch(`/v1/factions/${hidden.id}`, { name: 'Another name' });
    await buildParticipant(accord, { factionId: hidden.id, mergerId: (await hush()).id });
    await accord.retract(`/v1/people/${(await buildPerson(accord, { visibility: 'draft' })).id}`);
    expect(await texts()).toEqual(before);
    expect((await wholeFeed(accord, 'editor')).map(inShort).at(-1)).toMatch(/ 2 retract$/);
  });

  const hush = () => buildMerger(accord, { visibility: 'draft' });

  it('leaves no gap by which it could be counted: cursors name entries, not places', async () => {
    const seen: string[] = [];
    let answer = await read('?limit=1');
    for (let at = 0; at < 5; at += 1) {
      seen.push(Buffer.from(next(answer), 'base64url').toString());
      answer = await read(`?limit=1&after=${next(answer)}`);
    }
    for (const text of seen)
      expect(text).toMatch(/^\["[\w-]{12}","","[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f-]{17}"\]$/);
    expect(new Set(seen).size).toBe(5);
  });

  it('is no merger of a meeting to a reader, now or then', async () => {
    const [reader, editor] = [await from(), await from('editor')];
    const merger = await hush();
    const meeting = await buildMeeting(accord, { mergerId: merger.id });
    const ofMeeting = (change: Change): boolean => change.recordId === meeting.id;
    expect(await reader.catchUp()).toMatchObject([{ recordId: meeting.id, mergerId: null }]);
    expect((await editor.catchUp()).filter(ofMeeting)).toMatchObject([{ mergerId: merger.id }]);
    expect((await read(`?mergerId=${merger.id}`)).body.data).toEqual([]);
    await accord.patch(`/v1/mergers/${merger.id}`, { visibility: 'public' });
    await accord.patch(`/v1/meetings/${meeting.id}`, { venue: 'Karachi' });
    expect((await wholeFeed(accord, 'reader')).filter(ofMeeting)).toMatchObject([
      { version: 1, mergerId: null },
      { version: 2, mergerId: merger.id },
    ]);
    const held = (await read(`?mergerId=${merger.id}`)).body.data as Change[];
    expect(held.filter(ofMeeting)).toMatchObject([{ version: 2 }]);
  });
});
