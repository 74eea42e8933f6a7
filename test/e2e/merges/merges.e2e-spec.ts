/** Two records of one person or faction become one, and two again. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildAttendance,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildSuccession,
  buildVote,
  buildVoteEvent,
  idsListed,
  listed,
  type Stored,
} from '../../support/factories.js';
import { merge, merged, rulesOf, undo } from '../../support/merging.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const asEditor = (path: string): Promise<Answer> => accord.send('GET', path, {}, 'editor');

async function two(fields: object = {}): Promise<[Stored, Stored]> {
  return [
    await buildPerson(accord, { name: 'Kamran Tessori', ...fields }),
    await buildPerson(accord, { name: 'Kamran Tesori', ...fields }),
  ];
}

describe('merging two people', () => {
  it('answers with the merge: what moved, who did it and why', async () => {
    const [kept, duplicate] = await two();
    const member = await buildMember(accord, { personId: duplicate.id });
    const answer = await merge(accord, 'people', String(kept['slug']), String(duplicate['slug']));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      recordType: 'people',
      keptId: kept.id,
      duplicateId: duplicate.id,
      moved: [{ recordType: 'members', recordId: member.id, field: 'personId' }],
      createdAt: expect.any(String),
      actor: 'the editor',
      reason: 'two spellings of one',
      undoneAt: null,
      undoneBy: null,
      undoneReason: null,
    });
    const location = String(answer.headers.get('location'));
    expect(location).toBe(`/v1/merges/${String(answer.body.id)}`);
    expect((await asEditor(location)).text).toBe(answer.text);
  });

  it('has everything that named the one name the other, with a revision each, at one instant', async () => {
    const [kept, duplicate] = await two();
    const faction = await buildFaction(accord);
    const mergerId = (await buildMerger(accord)).id;
    const personId = duplicate.id;
    const member = await buildMember(accord, { personId, factionId: faction.id });
    const motion = await buildMotion(accord, { mergerId, factionId: faction.id });
    const voteEvent = await buildVoteEvent(accord, { motionId: motion.id });
    const naming = [
      ['members', member],
      ['votes', await buildVote(accord, { voteEventId: voteEvent.id, personId })],
      ['participants', await buildParticipant(accord, { mergerId, personId, role: 'broker' })],
      ['attendance', await buildAttendance(accord, { personId })],
      ['mandates', await buildMandate(accord, { mergerId, holderId: personId })],
      ['mandates', await buildMandate(accord, { mergerId, grantorPersonId: personId })],
      ['predictions', await buildPrediction(accord, { mergerId, statedById: personId })],
      ['citations', await buildCitation(accord, { recordType: 'people', recordId: personId })],
      ['citations', await buildCitation(accord, { speakerId: personId })],
    ] as const;
    const { moved, createdAt } = await merged(accord, 'people', kept.id, duplicate.id);
    const expected = naming.map(([recordType, { id }]) => ({ recordType, recordId: id }));
    expect(sorted(moved.map(({ recordType, recordId }) => ({ recordType, recordId })))).toEqual(
      sorted(expected),
    );
    for (const [type, before] of naming) {
      const { body } = await asEditor(`/v1/${type}/${before.id}/revisions`);
      const [latest, ...earlier] = body.data;
      expect(JSON.stringify(latest.after)).not.toContain(duplicate.id);
      expect(latest).toMatchObject({
        operation: 'update',
        recordedAt: createdAt,
        actor: 'the editor',
        reason: 'two spellings of one',
        before,
      });
      expect(earlier).toHaveLength(1);
    }
  });

  it('gives the kept one the names and identifiers that it lacks, and search finds it by them', async () => {
    const q = [
      { scheme: 'wikidata', identifier: 'Q1' },
      { scheme: 'wikidata', identifier: 'Q2' },
    ];
    const urdu = { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' };
    const kept = await buildPerson(accord, {
      name: 'Zulfiqar Mirza',
      otherNames: [{ name: 'Mirza' }],
      identifiers: q.slice(0, 1),
    });
    const duplicate = await buildPerson(accord, {
      name: 'Xulfikar Mirsa',
      otherNames: [{ name: 'Mirza', kind: 'former' }, urdu],
      identifiers: q,
    });
    await merged(accord, 'people', kept.id, duplicate.id);
    const { body } = await accord.get(`/v1/people/${kept.id}`);
    expect(body).toMatchObject({
      otherNames: [{ name: 'Mirza' }, { name: 'Xulfikar Mirsa', kind: 'alias' }, urdu],
      identifiers: q,
      version: 2,
    });
    expect(await idsListed(accord, '/v1/people?q=Xulfikar%20Mirsa')).toEqual([kept.id]);
    const encoded = encodeURIComponent('کامران');
    // Others have the name in Latin letters.
    expect((await idsListed(accord, `/v1/people?q=${encoded}`))[0]).toBe(kept.id);
  });

  it('leaves alone what names a record of another kind, be its id the same', async () => {
    const [kept, duplicate] = await two();
    const row = [duplicate.id, 'An id of two', 'party'];
    await accord.database.read(
      `INSERT INTO factions (id, slug, name, classification) VALUES ($1, 'of-two', $2, $3::faction_classification)`,
      row,
    );
    const about = { recordType: 'factions', recordId: duplicate.id };
    const citation = await buildCitation(accord, about);
    expect((await merged(accord, 'people', kept.id, duplicate.id)).moved).toEqual([]);
    expect((await accord.get(`/v1/citations/${citation.id}`)).body).toMatchObject(about);
  });

  it('changes nothing of a kept one that has all the names', async () => {
    const kept = await buildPerson(accord, { name: 'One name' });
    const duplicate = await buildPerson(accord, { name: 'One name' });
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    expect((await accord.get(`/v1/people/${kept.id}`)).body).toEqual(kept);
    await undo(accord, id);
    expect((await accord.get(`/v1/people/${kept.id}`)).body).toEqual(kept);
  });

  it('is an edit of the kept one: it says why, and which version was seen', async () => {
    const [kept, duplicate] = await two();
    await accord.patch(`/v1/people/${kept.id}`, { summary: 'Of Karachi.' });
    const path = `/v1/people/${kept.id}/merges`;
    const body = { duplicateId: duplicate.id };
    const post =
      (headers: Readonly<Record<string, string>>, sent: object = body) =>
      () =>
        accord.send('POST', path, { body: sent, headers }, 'editor');
    const reason = { 'x-reason': 'one' };
    await expectRefusal(accord, post(reason), [428, 'precondition_required']);
    await expectRefusal(accord, post({ 'if-match': '"v2"' }), [400, 'reason_required']);
    const refusal = [400, 'validation_failed', '/duplicateId'] as const;
    for (const sent of [{}, { duplicateId: 1 }, { duplicateId: '' }])
      await expectRefusal(accord, post({ ...reason, 'if-match': '"v2"' }, sent), refusal);
    const stale = await expectRefusal(accord, post({ ...reason, 'if-match': '"v1"' }), [
      412,
      'stale',
    ]);
    expect(stale.body.conflicts).toEqual([
      { pointer: '/summary', base: null, theirs: 'Of Karachi.' },
    ]);
    expect((await post({ ...reason, 'if-match': '"v2"' })()).status).toBe(201);
  });

  it('is refused when there is no such record, or it is gone already', async () => {
    const [kept, duplicate] = await two();
    const faction = await buildFaction(accord);
    const field = '/duplicateId';
    for (const id of [NOBODY, 'no-such-slug', faction.id])
      await expectRefusal(accord, () => merge(accord, 'people', kept.id, id), [
        422,
        'reference_not_found',
        field,
      ]);
    for (const id of [NOBODY, faction.id])
      await expectRefusal(accord, () => merge(accord, 'people', id, duplicate.id), [
        404,
        'not_found',
      ]);
    await merged(accord, 'people', kept.id, duplicate.id);
    await expectRefusal(accord, () => merge(accord, 'people', kept.id, duplicate.id), [
      422,
      'reference_retracted',
      field,
    ]);
    await expectRefusal(accord, () => merge(accord, 'people', duplicate.id, kept.id), [
      410,
      'retracted',
    ]);
  });
});

describe('undoing a merge', () => {
  it('gives back what moved and still names the kept one, and takes off the names', async () => {
    const [kept, duplicate] = await two({ otherNames: [{ name: 'Of both' }] });
    const going = await buildMember(accord, { personId: duplicate.id });
    const changed = await buildMember(accord, { personId: duplicate.id });
    const away = await buildMember(accord, { personId: duplicate.id });
    const own = await buildMember(accord, { personId: kept.id });
    const retracted = await buildMember(accord, { personId: duplicate.id });
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    await accord.patch(`/v1/members/${changed.id}`, { role: 'convener' });
    const third = await buildPerson(accord);
    await accord.patch(`/v1/members/${away.id}`, { personId: third.id });
    await accord.retract(`/v1/members/${retracted.id}`);
    const late = await buildMember(accord, { personId: kept.id });
    await accord.patch(`/v1/people/${kept.id}`, {
      otherNames: [{ name: 'Kamran Tesori', kind: 'alias' }, { name: 'Since then' }],
    });
    const answer = await undo(accord, id);
    expect([answer.status, answer.text]).toEqual([204, '']);
    const personOf = async (member: Stored) =>
      (await asEditor(`/v1/members/${member.id}`)).body.personId;
    expect(await personOf(going)).toBe(duplicate.id);
    expect((await accord.get(`/v1/members/${changed.id}`)).body).toMatchObject({
      personId: duplicate.id,
      role: 'convener',
    });
    expect(await personOf(away)).toBe(third.id);
    expect(await personOf(own)).toBe(kept.id);
    expect(await personOf(late)).toBe(kept.id);
    const [last] = await listed(accord, `/v1/members/${retracted.id}/revisions`);
    expect(last).toMatchObject({ after: { personId: duplicate.id } });
    expect((await accord.get(`/v1/people/${kept.id}`)).body).toMatchObject({
      otherNames: [{ name: 'Since then' }],
    });
    expect((await accord.get(`/v1/people/${duplicate.id}`)).body).toEqual({
      ...duplicate,
      version: 3,
      updatedAt: expect.any(String),
    });
  });

  it('is told by the merge, which can be undone once', async () => {
    const [kept, duplicate] = await two();
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    const path = `/v1/merges/${id}`;
    const unexplained = () => accord.send('DELETE', path, {}, 'editor');
    await expectRefusal(accord, unexplained, [400, 'reason_required']);
    expect((await undo(accord, id)).status).toBe(204);
    expect((await asEditor(path)).body).toMatchObject({
      undoneAt: expect.any(String),
      undoneBy: 'the editor',
      undoneReason: 'they are two after all',
      reason: 'two spellings of one',
    });
    await expectRefusal(accord, () => undo(accord, id), [410, 'merge_undone']);
    for (const nothing of [NOBODY, 'no-id'])
      await expectRefusal(accord, () => undo(accord, nothing), [404, 'not_found']);
    const again = await merged(accord, 'people', kept.id, duplicate.id);
    expect(again.id).not.toBe(id);
    expect((await accord.get(`/v1/people/${duplicate.id}`)).status).toBe(307);
  });

  it('is refused when what it stood beneath is gone, or would stand beneath it', async () => {
    const party = await buildFaction(accord);
    const [kept, duplicate] = [
      await buildFaction(accord),
      await buildFaction(accord, { parentId: party.id }),
    ];
    const child = await buildFaction(accord, { parentId: duplicate.id });
    const { id } = await merged(accord, 'factions', kept.id, duplicate.id);
    await accord.patch(`/v1/factions/${party.id}`, { parentId: child.id });
    const circle = await expectRefusal(accord, () => undo(accord, id), [409, 'merge_clashes']);
    expect(rulesOf(circle)).toEqual(['circle_of_parents']);
    expect(circle.body.clashes[0].records).toEqual([
      { recordType: 'factions', recordId: child.id },
    ]);
    await accord.patch(`/v1/factions/${party.id}`, { parentId: null });
    await accord.retract(`/v1/factions/${party.id}`);
    const gone = await expectRefusal(accord, () => undo(accord, id), [409, 'merge_clashes']);
    expect(rulesOf(gone)).toEqual(['parent_retracted']);
  });
});

describe('merging two factions', () => {
  it('moves what they did, their committees and what came of them', async () => {
    const [kept, duplicate] = [await buildFaction(accord), await buildFaction(accord)];
    const factionId = duplicate.id;
    const committee = await buildFaction(accord, { parentId: factionId });
    const participant = await buildParticipant(accord, { factionId });
    const other = await buildFaction(accord);
    const succession = await buildSuccession(accord, {
      predecessorIds: [other.id, factionId],
    });
    const { moved } = await merged(accord, 'factions', kept.id, duplicate.id);
    expect(sorted(moved)).toEqual(
      sorted([
        { recordType: 'factions', recordId: committee.id, field: 'parentId' },
        { recordType: 'participants', recordId: participant.id, field: 'factionId' },
        { recordType: 'successions', recordId: succession.id, field: 'predecessorIds' },
      ]),
    );
    const after = await accord.get(`/v1/successions/${succession.id}`);
    expect(after.body).toMatchObject({ predecessorIds: [other.id, kept.id] });
    expect(after.body.version).toBe(2);
  });
});

describe('the list of merges', () => {
  it('is filtered by kind, record and whether it was undone, page by page', async () => {
    const [kept, one] = await two();
    const other = await buildPerson(accord);
    const first = await merged(accord, 'people', kept.id, one.id);
    const second = await merged(accord, 'people', kept.id, other.id);
    await undo(accord, second.id);
    const idsOf = async (query: string) =>
      (await asEditor(`/v1/merges?${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await idsOf(`keptId=${kept.id}`)).toEqual([first.id, second.id]);
    expect(await idsOf(`keptId=${kept.id}&undone=false`)).toEqual([first.id]);
    expect(await idsOf(`duplicateId=${one.id},${other.id}&undone=true`)).toEqual([second.id]);
    expect(await idsOf(`keptId=${kept.id}&recordType=factions`)).toEqual([]);
    const page = await asEditor(`/v1/merges?keptId=${kept.id}&limit=1`);
    const { next } = page.body.page;
    expect(page.headers.get('link')).toContain(next);
    expect(await idsOf(`keptId=${kept.id}&limit=1&cursor=${String(next)}`)).toEqual([second.id]);
    for (const [query, pointer] of [
      ['keptId=no-id', '?keptId'],
      ['undone=perhaps', '?undone'],
      ['recordType=votes', '?recordType'],
      ['nonsense=1', '?nonsense'],
    ])
      expectProblem(await asEditor(`/v1/merges?${String(query)}`), [
        400,
        'validation_failed',
        pointer,
      ]);
    const elsewhere = await asEditor(`/v1/merges?cursor=${String(next)}`);
    expectProblem(elsewhere, [400, 'invalid_cursor']);
  });
});

function sorted<Item extends { readonly recordId: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => one.recordId.localeCompare(other.recordId));
}
