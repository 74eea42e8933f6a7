/** How well a record is sourced: of every kind, for everybody who may ask, at any time. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildSource,
  buildStance,
  buildVote,
  buildVoteEvent,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { countQueries } from '../../support/queries.js';
import { expectProblem } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());
afterEach(() => {
  accord.setNow('2023-01-01T00:00:00Z');
});

const standing = (path: string, query = ''): Promise<Answer> =>
  accord.get(`/v1/${path}/standing${query}`);
const asEditor = (path: string, query = ''): Promise<Answer> =>
  accord.send('GET', `/v1/${path}/standing${query}`, {}, 'editor');
const cite = (recordType: string, { id }: Stored, fields: Fields = {}): Promise<Stored> =>
  buildCitation(accord, { recordType, recordId: id, ...fields });
const wordOf = async (path: string, query = ''): Promise<string> =>
  (await standing(path, query)).body.standing;

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'the standing of a record in /%s',
  (type, specimen) => {
    const make = async (fields: Fields = {}): Promise<Stored> => {
      const { path, minimal } = await specimen.prepare(accord);
      return record(accord, path, { ...minimal, ...fields });
    };

    it('grows with its sources, and is told for a retracted one too', async () => {
      const made = await make();
      const path = `${type}/${made.id}`;
      // A citation has a source of its own.
      const own = type === 'citations' ? 1 : 0;
      const words = ['unsourced', 'reported', 'corroborated', 'corroborated'].slice(own);
      const heard = [await wordOf(path)];
      for (let at = 0; at < 2; at += 1) {
        await cite(type, made);
        heard.push(await wordOf(path));
      }
      expect(heard).toEqual(words.slice(0, 3));
      const { body } = await standing(path);
      expect(body).toMatchObject({
        recordType: type,
        recordId: made.id,
        asOf: null,
        knownAt: null,
      });
      expect(body.supporting).toHaveLength(2 + own);
      await cite(type, made, { stance: 'disputes' });
      expect(await wordOf(path)).toBe('disputed');
      if (type === 'mergers' || type === 'sources') return;
      await accord.retract(`/v1/${type}/${made.id}`);
      expect((await accord.get(`/v1/${path}`)).status).toBe(410);
      expect((await standing(path)).body).toMatchObject({
        standing: 'retracted',
        disputing: [{ independent: true }],
      });
    });

    it('of a hidden one is not there, byte for byte as of none', async () => {
      const hidden = await make({ visibility: 'draft' });
      const answers = [await standing(`${type}/${hidden.id}`), await standing(`${type}/${NOBODY}`)];
      for (const answer of answers) expectProblem(answer, [404, 'not_found']);
      expect(answers[0]?.text).toBe(answers[1]?.text);
      expect((await asEditor(`${type}/${hidden.id}`)).status).toBe(200);
      expect((await asEditor(`${type}/${hidden.id}`, '?view=public')).status).toBe(404);
    });
  },
);

describe('the standing of a record', () => {
  it('is asked of Postgres once', async () => {
    const { id } = await buildPerson(accord);
    const counted = countQueries();
    await standing(`people/${id}`);
    expect(counted.texts()).toHaveLength(1);
    counted.stop();
  });

  it('is found by a slug, and takes asOf and knownAt only', async () => {
    const { id, slug } = await buildPerson(accord);
    expect((await standing(`people/${String(slug)}`)).body.recordId).toBe(id);
    expectProblem(await standing(`people/${id}`, '?x=1'), [400, 'validation_failed', '?x']);
    expectProblem(await standing(`people/${id}`, '?asOf=then'), [
      400,
      'validation_failed',
      '?asOf',
    ]);
    expectProblem(await standing('people/nobody-at-all'), [404, 'not_found']);
  });

  it('counts a source from its date, and by knownAt from its recording', async () => {
    const person = await buildPerson(accord);
    const path = `people/${person.id}`;
    const source = await buildSource(accord, { publishedOn: '2022-12-30' });
    const citation = await cite('people', person, { sourceId: source.id });
    expect(await wordOf(path, '?asOf=2022-12-29')).toBe('unsourced');
    expect(await wordOf(path, '?asOf=2022-12-30')).toBe('reported');
    const before = String(person['createdAt']);
    const after = String(citation['createdAt']);
    expect(await wordOf(path, `?knownAt=${before}&asOf=2023`)).toBe('unsourced');
    expect(await wordOf(path, `?knownAt=${after}&asOf=2023`)).toBe('reported');
    expectProblem(await standing(path, '?knownAt=2021'), [404, 'not_found']);
    expect((await standing(path, `?asOf=2022&knownAt=${after}`)).body).toMatchObject({
      asOf: '2022',
      knownAt: after,
    });
    await accord.retract(`/v1/citations/${citation.id}`);
    expect(await wordOf(path)).toBe('unsourced');
    expect(await wordOf(path, `?knownAt=${after}&asOf=2023`)).toBe('reported');
  });

  it('tells the roots: a copy and a second report of a publisher are no further ones', async () => {
    const person = await buildPerson(accord);
    const original = await buildSource(accord, { publisher: 'Pakistan Today' });
    const copy = await buildSource(accord, { publisher: 'A blog', derivedFromId: original.id });
    const second = await buildSource(accord, { publisher: ' pakistan TODAY ' });
    const other = await buildSource(accord, { publisher: 'ARY' });
    const ids: string[] = [];
    for (const { id } of [original, copy, second])
      ids.push((await cite('people', person, { sourceId: id })).id);
    expect(await wordOf(`people/${person.id}`)).toBe('reported');
    const against = await cite('people', person, {
      sourceId: other.id,
      field: 'name',
      stance: 'disputes',
    });
    const { body } = await standing(`people/${person.id}`);
    const sourceIdsOf = (root: any): string[] =>
      root.sources.map(({ sourceId }: { sourceId: string }) => sourceId);
    expect(body.supporting.map(sourceIdsOf)).toEqual([[original.id, copy.id, second.id]]);
    expect(body.supporting[0].citationIds).toEqual(ids);
    expect(body.disputing).toEqual([
      {
        sources: [{ sourceId: other.id, title: 'A report', publisher: 'ARY', publishedOn: null }],
        citationIds: [against.id],
        independent: true,
      },
    ]);
    expect(body).toMatchObject({
      standing: 'disputed',
      fields: [{ field: 'name', standing: 'disputed' }],
    });
  });
});

describe('a confirmation', () => {
  it('comes from whom a record is about, and from a member of the faction or of a committee beneath', async () => {
    const party = await buildFaction(accord);
    const bloc = await buildFaction(accord, { parentId: party.id, classification: 'bloc' });
    const committee = await buildFaction(accord, {
      parentId: bloc.id,
      classification: 'committee',
    });
    const speaker = await buildPerson(accord);
    await buildMember(accord, {
      personId: speaker.id,
      factionId: committee.id,
      endDate: '2022-12-30',
    });
    const participant = await buildParticipant(accord, { factionId: party.id });
    const stance = await buildStance(accord, { participantId: participant.id });
    const motion = await buildMotion(accord, { factionId: party.id });
    const voteEvent = await buildVoteEvent(accord, { motionId: motion.id });
    const mandate = await buildMandate(accord, { holderId: speaker.id });
    const about: readonly (readonly [string, Stored])[] = [
      ['factions', party],
      ['participants', participant],
      ['stances', stance],
      ['motions', motion],
      ['vote-events', voteEvent],
      ['mandates', mandate],
    ];
    const says = async (publishedOn: string, type: string, made: Stored): Promise<string> => {
      const source = await buildSource(accord, { publishedOn, publisher: publishedOn });
      const said = { sourceId: source.id, speakerId: speaker.id, onRecord: true };
      await cite(type, made, said);
      return wordOf(`${type}/${made.id}`);
    };
    for (const [type, made] of about) {
      // The day after he left he speaks for the mandate that he holds, and no longer for the party.
      const left = type === 'mandates' ? 'confirmed' : 'reported';
      expect([type, await says('2022-12-31', type, made)]).toEqual([type, left]);
      expect([type, await says('2022-12-30', type, made)]).toEqual([type, 'confirmed']);
    }
  });

  it('needs a person on record: a label is never an identity', async () => {
    const person = await buildPerson(accord, { name: 'Farooq Sattar' });
    await cite('people', person, { speakerLabel: 'Farooq Sattar', onRecord: true });
    const { body, text } = await standing(`people/${person.id}`);
    expect(body).toMatchObject({ standing: 'reported', confirming: [] });
    expect(text).not.toContain('Farooq Sattar');
  });

  it('is lost to readers with the membership that they may not see', async () => {
    const member = await buildMember(accord, { visibility: 'draft' });
    const motion = await buildMotion(accord, { factionId: member['factionId'] });
    await cite('motions', motion, { speakerId: member['personId'], onRecord: true });
    expect(await wordOf(`motions/${motion.id}`)).toBe('reported');
    expect((await asEditor(`motions/${motion.id}`)).body.standing).toBe('confirmed');
  });
});

describe('a confidential source', () => {
  const SECRETS = {
    title: 'The hidden minutes',
    publisher: 'The hidden press',
    confidential: true,
  };

  it('counts for key holders only', async () => {
    const person = await buildPerson(accord);
    const hidden = await buildSource(accord, SECRETS);
    await cite('people', person);
    await cite('people', person, { sourceId: hidden.id, stance: 'disputes' });
    const path = `people/${person.id}`;
    const { body, text } = await standing(path);
    expect(body).toMatchObject({ standing: 'reported', disputing: [] });
    for (const word of [hidden.id, SECRETS.title, SECRETS.publisher])
      expect(text).not.toContain(word);
    expect((await asEditor(path)).body).toMatchObject({
      standing: 'disputed',
      disputing: [{ sources: [{ sourceId: hidden.id, title: SECRETS.title }] }],
    });
    expect((await asEditor(path, '?view=public')).text).toBe(text);
  });

  it('makes one root of the public sources that derive from it, and is not named', async () => {
    const person = await buildPerson(accord);
    const hidden = await buildSource(accord, SECRETS);
    const [one, other] = [
      await buildSource(accord, { derivedFromId: hidden.id, publisher: 'Dawn' }),
      await buildSource(accord, { derivedFromId: hidden.id, publisher: 'ARY' }),
    ];
    await cite('people', person, { sourceId: one.id });
    await cite('people', person, { sourceId: other.id });
    for (const query of ['', `?knownAt=2100`]) {
      const { body, text } = await standing(`people/${person.id}`, query);
      expect(body).toMatchObject({
        standing: 'reported',
        supporting: [{ sources: [{ sourceId: one.id }, { sourceId: other.id }] }],
      });
      for (const word of [hidden.id, SECRETS.title, SECRETS.publisher])
        expect(text).not.toContain(word);
    }
  });

  it('that is a draft as well ties nothing for readers: to them it is not there', async () => {
    const person = await buildPerson(accord);
    const hidden = await buildSource(accord, { visibility: 'draft' });
    for (const publisher of ['Dawn', 'ARY']) {
      const { id } = await buildSource(accord, { derivedFromId: hidden.id, publisher });
      await cite('people', person, { sourceId: id });
    }
    expect(await wordOf(`people/${person.id}`)).toBe('corroborated');
    expect((await asEditor(`people/${person.id}`)).body.standing).toBe('reported');
  });
});

describe('a dispute', () => {
  it('keeps both claims: two conveners stand side by side, and one of them is disputed', async () => {
    const committee = await buildFaction(accord, { classification: 'committee' });
    const convener = async (name: string): Promise<Stored> =>
      buildMember(accord, {
        personId: (await buildPerson(accord, { name })).id,
        factionId: committee.id,
        role: 'convener',
      });
    const siddiqui = await convener('Khalid Maqbool Siddiqui');
    const sattar = await convener('Farooq Sattar');
    const paper = async (publisher: string): Promise<string> =>
      (await buildSource(accord, { publisher })).id;
    const [ary, today, samaa] = [
      await paper('ARY'),
      await paper('Pakistan Today'),
      await paper('Samaa'),
    ];
    await cite('members', sattar, { sourceId: ary, field: 'role' });
    expect(await wordOf(`members/${sattar.id}`)).toBe('reported');
    for (const sourceId of [today, samaa]) {
      await cite('members', siddiqui, { sourceId, field: 'role' });
      await cite('members', sattar, { sourceId, field: 'role', stance: 'disputes' });
    }
    const { body } = await accord.get(`/v1/members?factionId=${committee.id}`);
    expect(body.data).toMatchObject([
      { personId: siddiqui['personId'], role: 'convener' },
      { personId: sattar['personId'], role: 'convener' },
    ]);
    expect(await wordOf(`members/${siddiqui.id}`)).toBe('corroborated');
    expect((await standing(`members/${sattar.id}`)).body).toMatchObject({
      standing: 'disputed',
      supporting: [{ sources: [{ publisher: 'ARY' }] }],
      disputing: [{ independent: true }, { independent: true }],
      fields: [{ field: 'role', standing: 'disputed' }],
    });
  });
});

describe('the status and the timeline', () => {
  it('count and tell what each record’s own standing says', async () => {
    const merger = await buildMerger(accord);
    const mergerId = merger.id;
    const vote = await buildVote(accord, {
      voteEventId: (
        await buildVoteEvent(accord, { motionId: (await buildMotion(accord, { mergerId })).id })
      ).id,
    });
    const prediction = await buildPrediction(accord, { mergerId, statedOn: '2022-12-29' });
    const source = { sourceId: (await buildSource(accord, { publishedOn: '2022-12-30' })).id };
    await cite('predictions', prediction, { ...source, quote: 'By the middle of January.' });
    await cite('votes', vote);
    await cite('votes', vote);
    const status = async (query = ''): Promise<any> =>
      (await accord.get(`/v1/mergers/${mergerId}/status${query}`)).body.sourcing;
    const none = { disputed: 0, confirmed: 0, corroborated: 0, reported: 0, unsourced: 0 };
    // The merger, its announcement, the motion and the vote event have no source, the vote has two.
    expect(await status()).toEqual({ ...none, corroborated: 1, reported: 1, unsourced: 4 });
    // On the 29th the paper is not out yet.
    expect(await status('?asOf=2022-12-29')).toEqual({ ...none, corroborated: 1, unsourced: 5 });
    const { body } = await accord.get(`/v1/mergers/${mergerId}/timeline`);
    const told = body.data.map((entry: any) => `${entry.kind} ${entry.standing}`);
    expect(told).toEqual(['result unsourced', 'prediction reported', 'quote reported']);
    for (const entry of body.data)
      expect(await wordOf(`${entry.recordType}/${entry.recordId}`)).toBe(entry.standing);
  });

  it('leave a confidential source out for readers', async () => {
    const prediction = await buildPrediction(accord);
    const path = `/v1/mergers/${String(prediction['mergerId'])}`;
    const hidden = await buildSource(accord, { confidential: true });
    await cite('predictions', prediction, { sourceId: hidden.id });
    const sourcing = async (as: 'reader' | 'editor'): Promise<any> =>
      (await accord.send('GET', `${path}/status`, {}, as)).body.sourcing;
    expect(await sourcing('reader')).toMatchObject({ reported: 0, unsourced: 3 });
    expect(await sourcing('editor')).toMatchObject({ reported: 1, unsourced: 2 });
    const told = async (as: 'reader' | 'editor'): Promise<string> =>
      (await accord.send('GET', `${path}/timeline`, {}, as)).body.data[0].standing;
    expect([await told('reader'), await told('editor')]).toEqual(['unsourced', 'reported']);
  });
});
