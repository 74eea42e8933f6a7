/** Where a record was before it was merged: readers are led on, writers are told, and what is held back stays back. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildCitation,
  buildFaction,
  buildPerson,
  idsListed,
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
const draft = { visibility: 'draft' };

async function two(fields: object = {}): Promise<[Stored, Stored]> {
  return [
    await buildPerson(accord, { name: 'Kamran Tessori', ...fields }),
    await buildPerson(accord, { name: 'Kamran Tesori', ...fields }),
  ];
}

describe('the old address', () => {
  it('leads to the kept record, by id and by slug, asked in the same way', async () => {
    const [kept, duplicate] = await two();
    await merged(accord, 'people', kept.id, duplicate.id);
    for (const key of [duplicate.id, String(duplicate['slug'])]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await accord.send(method, `/v1/people/${key}`);
        expect([answer.status, answer.text]).toEqual([307, '']);
        expect(answer.headers.get('location')).toBe(`/v1/people/${kept.id}`);
        expect(answer.headers.get('cache-control')).toBe('no-cache');
      }
    }
    const asked = await asEditor(`/v1/people/${duplicate.id}?view=public&knownAt=2999`);
    expect(asked.headers.get('location')).toBe(`/v1/people/${kept.id}?view=public&knownAt=2999`);
    expect(await idsListed(accord, '/v1/people?limit=100')).not.toContain(duplicate.id);
  });

  it('keeps its history, and shows what was known before', async () => {
    const [kept, duplicate] = await two();
    const before = String(duplicate['updatedAt']);
    const { id, createdAt } = await merged(accord, 'people', kept.id, duplicate.id);
    const path = `/v1/people/${duplicate.id}`;
    const { body: history } = await accord.get(`${path}/revisions`);
    expect(history.data.map((each: any) => each.operation)).toEqual(['retract', 'create']);
    expect((await accord.get(`${path}?knownAt=${before}`)).body).toEqual(duplicate);
    await undo(accord, id);
    expect((await accord.get(`${path}?knownAt=${before}`)).body).toEqual(duplicate);
    expect((await accord.get(`${path}?knownAt=${String(createdAt)}`)).status).toBe(307);
    expect((await accord.get(path)).status).toBe(200);
    const member = `/v1/people/${kept.id}?knownAt=`;
    expect((await accord.get(member + String(createdAt))).body.otherNames).toHaveLength(1);
    expect((await accord.get(member + before)).body.otherNames).toEqual([]);
    expect((await accord.get(`/v1/people/${kept.id}`)).body.otherNames).toEqual([]);
  });

  it('leads to the end of a chain, and back along it', async () => {
    const [first, second] = await two();
    const third = await buildPerson(accord);
    const one = await merged(accord, 'people', second.id, first.id);
    const other = await merged(accord, 'people', third.id, second.id);
    const leadsTo = async (id: string) =>
      (await accord.get(`/v1/people/${id}`)).headers.get('location');
    expect(await leadsTo(first.id)).toBe(`/v1/people/${third.id}`);
    expect(await leadsTo(second.id)).toBe(`/v1/people/${third.id}`);
    const refused = await expectRefusal(accord, () => undo(accord, one.id), [409, 'merge_clashes']);
    expect(rulesOf(refused)).toEqual(['merged_again']);
    expect((await undo(accord, other.id)).status).toBe(204);
    expect(await leadsTo(first.id)).toBe(`/v1/people/${second.id}`);
    expect((await undo(accord, one.id)).status).toBe(204);
    expect((await accord.get(`/v1/people/${first.id}`)).status).toBe(200);
  });

  it('takes no writes, and names nothing any more: both say where to go', async () => {
    const [kept, duplicate] = await two();
    const plain = await buildPerson(accord);
    await accord.retract(`/v1/people/${plain.id}`);
    await merged(accord, 'people', kept.id, duplicate.id);
    for (const write of [
      () => accord.patch(`/v1/people/${duplicate.id}`, { name: 'Nobody' }),
      () => accord.retract(`/v1/people/${duplicate.id}`),
    ]) {
      const refused = await expectRefusal(accord, write, [410, 'retracted']);
      expect(refused.body).toMatchObject({ mergedInto: kept.id, reason: 'two spellings of one' });
    }
    const factionId = (await buildFaction(accord)).id;
    const refused = await expectRefusal(
      accord,
      () => accord.post('/v1/members', { personId: duplicate.id, factionId }),
      [422, 'reference_retracted', '/personId'],
    );
    expect(refused.body.detail).toContain(kept.id);
    const gone = await accord.get(`/v1/people/${plain.id}`);
    expectProblem(gone, [410, 'retracted']);
    expect(gone.body).not.toHaveProperty('mergedInto');
  });

  it('stays retracted until the merge is undone, in SQL too', async () => {
    const [kept, duplicate] = await two();
    await merged(accord, 'people', kept.id, duplicate.id);
    const restore = accord.database.read('UPDATE people SET retracted_at = NULL WHERE id = $1', [
      duplicate.id,
    ]);
    await expect(restore).rejects.toThrow('merged_stays_retracted');
  });
});

describe('what is held back', () => {
  afterEach(() => {
    accord.setInstant(null);
  });

  it('is merged only with what is held back as long', async () => {
    const hidden = await buildPerson(accord, draft);
    const open = await buildPerson(accord);
    const embargoed = await buildPerson(accord, { embargoUntil: '2051' });
    const over = await buildPerson(accord, { embargoUntil: '2020' });
    for (const [kept, duplicate] of [
      [hidden, open],
      [open, hidden],
      [embargoed, open],
      [hidden, embargoed],
    ] as const) {
      const refused = await expectRefusal(
        accord,
        () => merge(accord, 'people', kept.id, duplicate.id),
        [409, 'merge_clashes'],
      );
      expect(rulesOf(refused)).toEqual(['unequal_visibility']);
    }
    const same = await buildPerson(accord, { embargoUntil: '2051-12-31' });
    await merged(accord, 'people', embargoed.id, same.id);
    await merged(accord, 'people', open.id, over.id);
  });

  it('is absent at its old address, byte for byte', async () => {
    const [kept, duplicate] = await two(draft);
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    await expectAbsent(duplicate);
    expect((await asEditor(`/v1/people/${duplicate.id}`)).status).toBe(307);
    expectProblem(await asEditor(`/v1/people/${duplicate.id}?view=public`), [404, 'not_found']);
    expectProblem(await accord.get(`/v1/merges/${id}`), [401, 'unauthorized']);
    expectProblem(await accord.get('/v1/merges'), [401, 'unauthorized']);
  });

  it('is not told by the history of what was about it', async () => {
    const [kept, duplicate] = await two();
    const about = { recordType: 'people', recordId: duplicate.id };
    const { id, createdAt } = await buildCitation(accord, about);
    const citation = `/v1/citations/${id}`;
    for (const person of [kept, duplicate]) await accord.patch(`/v1/people/${person.id}`, draft);
    await merged(accord, 'people', kept.id, duplicate.id);
    await accord.patch(`/v1/people/${kept.id}`, { visibility: 'public' });
    expect((await accord.get(citation)).body).toMatchObject({ recordId: kept.id });
    expect((await accord.get(`${citation}/revisions`)).text).not.toContain(duplicate.id);
    const then = await accord.get(`${citation}?knownAt=${String(createdAt)}`);
    expectProblem(then, [404, 'not_found']);
  });

  it('once the kept one is held back again, hides the old address and its history with it', async () => {
    const [kept, duplicate] = await two();
    const { id, createdAt } = await merged(accord, 'people', kept.id, duplicate.id);
    expect((await accord.get(`/v1/people/${duplicate.id}`)).status).toBe(307);
    await accord.patch(`/v1/people/${kept.id}`, draft);
    await expectAbsent(duplicate);
    // As long as the one that was kept is held back, undoing shows nothing of the other.
    expect((await undo(accord, id)).status).toBe(204);
    expect((await asEditor(`/v1/people/${duplicate.id}`)).body).toMatchObject(draft);
    await expectAbsent(duplicate);
    await accord.patch(`/v1/people/${duplicate.id}`, { visibility: 'public' });
    expect((await accord.get(`/v1/people/${duplicate.id}`)).status).toBe(200);
    // What was known then leads to a record that is hidden now.
    const then = await accord.get(`/v1/people/${duplicate.id}?knownAt=${String(createdAt)}`);
    expectProblem(then, [404, 'not_found']);
  });

  it('under an embargo when it is merged stays absent when that is over: readers never had its address', async () => {
    const [kept, duplicate] = await two({ embargoUntil: '2051' });
    await merged(accord, 'people', kept.id, duplicate.id);
    accord.setInstant('2051-12-31T23:59:59.999Z');
    await expectAbsent(duplicate);
    accord.setInstant('2052-01-01T00:00:00.000Z');
    await expectAbsent(duplicate);
    expect((await accord.get(`/v1/people/${kept.id}`)).status).toBe(200);
    expect((await asEditor(`/v1/people/${duplicate.id}`)).status).toBe(307);
  });

  async function expectAbsent(person: Stored): Promise<void> {
    for (const path of ['', '/revisions']) {
      const absent = await accord.get(`/v1/people/${NOBODY}${path}`);
      for (const key of [person.id, String(person['slug'])]) {
        const hidden = await accord.get(`/v1/people/${key}${path}`);
        expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
        expect(comparable(hidden)).toEqual(comparable(absent));
      }
    }
  }
});

/** What of an answer must not tell one from another: all but its id, its date and its length. */
function comparable({ headers }: Answer): object {
  return [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
}
