import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildCitation,
  buildMerger,
  buildPerson,
  buildSource,
  buildVote,
  idsListed,
  type Fields,
} from '../../support/factories.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe('a source', () => {
  it('refuses to derive from itself, at any distance', async () => {
    const report = await buildSource(accord);
    const copy = await buildSource(accord, { derivedFromId: report.id });
    const copyOfCopy = await buildSource(accord, { derivedFromId: copy.id });
    for (const derivedFromId of [report.id, copy.id, copyOfCopy.id]) {
      const patch = () => accord.patch(`/v1/sources/${report.id}`, { derivedFromId });
      await expectRefusal(accord, patch, [422, 'cycle', '/derivedFromId']);
    }
    const shorter = { derivedFromId: report.id };
    expect((await accord.patch(`/v1/sources/${copyOfCopy.id}`, shorter)).body).toMatchObject(
      shorter,
    );
  });

  it.each([
    'pakistantoday.com.pk',
    '//pakistantoday.com.pk',
    'ftp://a.example/x',
    'javascript:alert(1)',
    'http://',
    'http:// a.example',
    '',
    7,
    `https://a.example/${'x'.repeat(2000)}`,
  ])('refuses an address that is none, or not of the web: %j', async (url) => {
    const post = () => accord.post('/v1/sources', { title: 'A', kind: 'post', url });
    await expectRefusal(accord, post, [400, 'validation_failed', '/url']);
  });

  it.each(['http://localhost:3000/x', 'https://اردو.example/خبر', 'https://a.example/?q=a%20b#c'])(
    'keeps an address as it was given: %s',
    async (url) => {
      expect(await buildSource(accord, { url })).toMatchObject({ url });
    },
  );
});

describe('a citation', () => {
  it('is found by its grades', async () => {
    const [one, other] = [
      await buildCitation(accord, { reliability: 'B', credibility: 2 }),
      await buildCitation(accord, { reliability: 'B', credibility: 5 }),
    ];
    expect(await idsListed(accord, '/v1/citations?reliability=B')).toEqual([one.id, other.id]);
    expect(await idsListed(accord, '/v1/citations?credibility=2,3')).toEqual([one.id]);
    const refused = await accord.get('/v1/citations?credibility=high');
    expectProblem(refused, [400, 'validation_failed', '?credibility']);
  });

  const citing = async (fields: Fields) => {
    const sourceId = (await buildSource(accord)).id;
    return () => accord.post('/v1/citations', { sourceId, ...fields });
  };

  it('is about a record that is there, of the kind it says', async () => {
    const vote = await buildVote(accord);
    const about = (recordType: string, recordId: string) => citing({ recordType, recordId });
    expect((await (await about('votes', vote.id))()).status).toBe(201);
    const refusal = [422, 'reference_not_found', '/recordId'] as const;
    await expectRefusal(accord, await about('people', vote.id), refusal);
    await expectRefusal(accord, await about('votes', NOBODY), refusal);
    const unknown = [400, 'validation_failed', '/recordType'] as const;
    for (const type of ['vote', 'vote_events', 'revisions', 'keys', 'toString'])
      await expectRefusal(accord, await about(type, vote.id), unknown);
    await accord.retract(`/v1/votes/${vote.id}`);
    const gone = [422, 'reference_retracted', '/recordId'] as const;
    await expectRefusal(accord, await about('votes', vote.id), gone);
  });

  it('is about a field that the record has', async () => {
    const recordId = (await buildMerger(accord)).id;
    const about = { recordType: 'mergers', recordId };
    for (const field of ['startedOn', 'title', 'outcome'])
      expect((await (await citing({ ...about, field }))()).status).toBe(201);
    const refusal = [422, 'unknown_citation_field', '/field'] as const;
    for (const field of ['castOn', 'started_on', 'Title', 'toString', 'id; --'])
      await expectRefusal(accord, await citing({ ...about, field }), refusal);
    const { id } = await buildCitation(accord, about);
    const patch = () => accord.patch(`/v1/citations/${id}`, { field: 'venue' });
    await expectRefusal(accord, patch, refusal);
  });

  it.each([
    ['quote', 'x'.repeat(501)],
    ['reliability', 'G'],
    ['reliability', 'a'],
    ['credibility', 0],
    ['credibility', 7],
    ['credibility', '3'],
    ['stance', 'doubts'],
    ['onRecord', 'false'],
  ])('refuses a %s of %j', async (name, value) => {
    const about = { recordType: 'people', recordId: (await buildPerson(accord)).id };
    const post = await citing({ ...about, [name]: value });
    await expectRefusal(accord, post, [400, 'validation_failed', `/${name}`]);
  });

  it('counts the characters of a quote as people do: an emoji is one', async () => {
    const { id } = await buildCitation(accord, { quote: '😀'.repeat(500) });
    const patch = () => accord.patch(`/v1/citations/${id}`, { quote: '😀'.repeat(501) });
    await expectRefusal(accord, patch, [400, 'validation_failed', '/quote']);
  });

  it('is listed by what it is about', async () => {
    const recordId = (await buildPerson(accord)).id;
    const { id } = await buildCitation(accord, { recordType: 'people', recordId });
    const path = '/v1/citations?recordType=people&recordId=';
    expect(await idsListed(accord, path + recordId)).toEqual([id]);
    expect(await idsListed(accord, path + NOBODY)).toEqual([]);
  });
});
