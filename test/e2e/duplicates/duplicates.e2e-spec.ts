/** Likely duplicates: which pairs are listed and why, and what is decided about them. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildFaction, buildPerson, NOBODY, type Stored } from '../../support/factories.js';
import { merged, undo } from '../../support/merging.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';
import { columnsHolding } from '../../support/words.js';

let accord: TestApp;
beforeEach(async () => {
  accord = await startTestApp();
});
afterEach(() => accord.stop());

/** A pair as it is listed. */
interface Duplicate {
  readonly of: string;
  readonly ids: readonly [string, string];
  readonly names: readonly [string, string];
  readonly score: number;
  readonly reason: string;
}

const asEditor = (path: string): Promise<Answer> => accord.send('GET', path, {}, 'editor');

async function duplicates(of = 'people'): Promise<readonly Duplicate[]> {
  const answer = await asEditor(`/v1/duplicates?of=${of}&limit=100`);
  expect([answer.status, answer.body.page.next]).toEqual([200, null]);
  return answer.body.data as readonly Duplicate[];
}

async function pairsListed(of = 'people'): Promise<readonly (readonly [string, string])[]> {
  return (await duplicates(of)).map(({ names }) => names);
}

function decide(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return accord.send('POST', '/v1/duplicates/decisions', { body, headers }, 'editor');
}

const WHY = { 'x-reason': 'they never met' };

/** People by these names, in this order. */
async function people(...names: readonly string[]): Promise<readonly Stored[]> {
  const made: Stored[] = [];
  for (const name of names) made.push(await buildPerson(accord, { name }));
  return made;
}

/** The ids of two people who are listed. */
async function twoTessoris(): Promise<readonly [string, string]> {
  const [one, other] = await people('Kamran Tessori', 'Kamran Tesori');
  if (!one || !other) throw new Error('two were to be made');
  return [one.id, other.id];
}

describe('the list of likely duplicates', () => {
  it('has each pair with its score and the reason, the likeliest first', async () => {
    await people('Kamran Tessori', 'Amir Khan', 'Kamran Tesori', 'کامران ٹیسوری', 'Nasreen Jalil');
    await people('Dr. Arif Alvi', 'Arif Alvi', 'Khalid Maqbool', 'Khalid Maqbool');
    const listed = await duplicates();
    expect(listed.map(({ names, reason }) => [...names, reason])).toEqual(
      expect.arrayContaining([
        ['Khalid Maqbool', 'Khalid Maqbool', 'Both are called “khalid maqbool”.'],
        [
          'Kamran Tessori',
          'Kamran Tesori',
          'The consonants of “kamran tessori” and “kamran tesori” are the same.',
        ],
        [
          'Dr. Arif Alvi',
          'Arif Alvi',
          'Of “dr arif alvi” and “arif alvi”, one has every word of the other.',
        ],
      ]),
    );
    expect(listed.filter(({ names }) => names.includes('کامران ٹیسوری'))).toHaveLength(2);
    expect(listed[0]).toMatchObject({
      of: 'people',
      names: ['Khalid Maqbool', 'Khalid Maqbool'],
      score: 1,
    });
    expect(listed).toHaveLength(5);
    const scores = listed.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    for (const { ids } of listed) expect(ids).toEqual(ids.toSorted());
  });

  it('knows other names too, and tells kinds apart', async () => {
    const otherNames = [{ name: 'Pak Sarzameen Party', kind: 'alias' }];
    await buildFaction(accord, { name: 'PSP', otherNames });
    await buildFaction(accord, { name: 'Pak Sar Zameen Party' });
    await people('PSP');
    expect(await pairsListed('factions')).toEqual([['PSP', 'Pak Sar Zameen Party']]);
    expect(await pairsListed()).toEqual([]);
  });

  it('leaves out what was retracted, what was merged, and what only numbers tell apart', async () => {
    const [kept, duplicate] = await twoTessoris();
    await people('Ward Member 1', 'Ward Member 2');
    expect(await pairsListed()).toEqual([['Kamran Tessori', 'Kamran Tesori']]);
    const merge = await merged(accord, 'people', kept, duplicate);
    expect(await pairsListed()).toEqual([]);
    await undo(accord, merge.id);
    expect(await pairsListed()).toEqual([['Kamran Tessori', 'Kamran Tesori']]);
    await accord.retract(`/v1/people/${duplicate}`);
    expect(await pairsListed()).toEqual([]);
  });

  it('says nothing of a name that more than twenty have', async () => {
    for (let at = 0; at < 20; at += 1) await people('Ali Khan');
    expect((await asEditor('/v1/duplicates?of=people&limit=1')).body.data).toHaveLength(1);
    await people('Ali Khan');
    expect(await pairsListed()).toEqual([]);
  });

  it('is paged: each pair once, in the order of the whole', async () => {
    await people('Nasreen Jalil', 'Nasrin Jaleel', 'Nasreen Jaleel', 'Nasrin Jalil');
    const whole = (await duplicates()).map(({ ids }) => ids);
    expect(whole).toHaveLength(6);
    const paged: (readonly [string, string])[] = [];
    let path: string | undefined = '/v1/duplicates?of=people&limit=1';
    while (path !== undefined) {
      const answer: Answer = await asEditor(path);
      paged.push(...(answer.body.data as readonly Duplicate[]).map(({ ids }) => ids));
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(whole);
    const { next } = (await asEditor('/v1/duplicates?of=people&limit=1')).body.page;
    const elsewhere = await asEditor(`/v1/duplicates?of=factions&cursor=${String(next)}`);
    expectProblem(elsewhere, [400, 'invalid_cursor']);
  });

  it('refuses what it does not know, and whoever has no key', async () => {
    for (const [query, pointer] of [
      ['', '?of'],
      ['of=mergers', '?of'],
      ['of=people&limit=0', '?limit'],
      ['of=people&asOf=2022', '?asOf'],
    ])
      expectProblem(await asEditor(`/v1/duplicates?${String(query)}`), [
        400,
        'validation_failed',
        pointer,
      ]);
    expectProblem(await accord.get('/v1/duplicates?of=people'), [401, 'unauthorized']);
    expectProblem(await accord.get('/v1/duplicates/decisions'), [401, 'unauthorized']);
  });
});

describe('that two are the same', () => {
  it('merges them into the one that was recorded first, and can be undone', async () => {
    const [first, second] = await twoTessoris();
    const headers = { 'x-reason': 'one man' };
    const answer = await decide({ of: 'people', ids: [second, first], decision: 'same' }, headers);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ids: [first, second],
      decision: 'same',
      reason: 'one man',
    });
    const merge = await asEditor(String(answer.headers.get('location')));
    expect(merge.body).toMatchObject({ id: answer.body.id, keptId: first, duplicateId: second });
    await undo(accord, String(answer.body.id));
    expect((await accord.get(`/v1/people/${second}`)).status).toBe(200);
    expect(await pairsListed()).toHaveLength(1);
  });

  it('keeps the one that it is told to', async () => {
    const ids = await twoTessoris();
    const same = { of: 'people', ids, decision: 'same', keep: ids[1] };
    expect((await decide(same, { 'x-reason': 'one man' })).status).toBe(201);
    expect((await accord.get(`/v1/people/${ids[1]}`)).status).toBe(200);
    expect((await accord.get(`/v1/people/${ids[0]}`)).status).toBe(307);
  });

  it('is refused as the merge is, and changes nothing', async () => {
    const ids = await twoTessoris();
    const same = { of: 'people', ids, decision: 'same' };
    await expectRefusal(accord, () => decide(same), [400, 'reason_required']);
    await accord.patch(`/v1/people/${ids[0]}`, { visibility: 'draft' });
    await expectRefusal(accord, () => decide(same, WHY), [409, 'merge_clashes']);
    await accord.retract(`/v1/people/${ids[1]}`);
    await expectRefusal(accord, () => decide(same, WHY), [422, 'reference_retracted']);
    await expectRefusal(accord, () => decide({ ...same, of: 'factions' }, WHY), [404, 'not_found']);
  });
});

describe('that two are different', () => {
  it('is remembered: the pair is not listed, until that is taken back', async () => {
    const ids = await twoTessoris();
    const different = { of: 'people', ids: ids.toReversed(), decision: 'different' };
    const answer = await decide(different, WHY);
    expect(answer.status).toBe(201);
    const decision = {
      id: answer.body.id,
      of: 'people',
      ids,
      decision: 'different',
      actor: 'the editor',
      reason: 'they never met',
      takenBackAt: null,
      takenBackBy: null,
    };
    expect(answer.body).toMatchObject(decision);
    expect(await pairsListed()).toEqual([]);
    const path = String(answer.headers.get('location'));
    expect((await asEditor(path)).body).toEqual(answer.body);
    await accord.patch(`/v1/people/${ids[0]}`, { otherNames: [{ name: 'K. Tessori' }] });
    expect(await pairsListed()).toEqual([]);

    expect((await accord.send('DELETE', path, {}, 'editor')).status).toBe(204);
    expect(await pairsListed()).toHaveLength(1);
    const { body } = await asEditor(path);
    expect(body).toMatchObject({ takenBackAt: expect.any(String), takenBackBy: 'the editor' });
    expect((await accord.send('DELETE', path, {}, 'editor')).status).toBe(204);
    expect((await asEditor(path)).body).toEqual(body);
    expect((await decide(different)).body.id).not.toBe(decision.id);
    expect((await asEditor('/v1/duplicates/decisions')).body.data).toHaveLength(2);
  });

  it('is decided once, however often it is sent', async () => {
    const ids = await twoTessoris();
    const different = { of: 'people', ids, decision: 'different' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => decide(different, WHY)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => String(body.id))).size).toBe(1);
  });

  it('does not stand in the way of a merge by hand, and holds again when that is undone', async () => {
    const ids = await twoTessoris();
    await decide({ of: 'people', ids, decision: 'different' });
    const merge = await merged(accord, 'people', ...ids);
    await undo(accord, merge.id);
    expect(await pairsListed()).toEqual([]);
  });

  it('holds for the record that one of them is merged into, as long as it is', async () => {
    const [one, other, third, fourth] = (
      await people('Kamran Tessori', 'Kamran Tesori', 'Kamran Tessory', 'Kamran Tissori')
    ).map(({ id }) => id);
    const ids = [one, other].map(String);
    await decide({ of: 'people', ids, decision: 'different' });
    const listedIds = async (): Promise<readonly string[]> =>
      (await duplicates()).map((pair) => pair.ids.join());
    const before = await listedIds();
    expect(before).toHaveLength(5);
    const merge = await merged(accord, 'people', String(third), String(other));
    expect(await listedIds()).toEqual(
      before.filter(
        (pair) => !pair.includes(String(other)) && pair !== `${String(one)},${String(third)}`,
      ),
    );
    const second = await merged(accord, 'people', String(fourth), String(third));
    expect(await listedIds()).toEqual([]);
    await undo(accord, second.id);
    await undo(accord, merge.id);
    expect((await listedIds()).toSorted()).toEqual(before.toSorted());
  });

  it('goes with a record that is purged, and with it the kept answer', async () => {
    const ids = await twoTessoris();
    const headers = { ...WHY, 'idempotency-key': 'once' };
    const again = (): Promise<Answer> =>
      decide({ of: 'people', ids, decision: 'different' }, headers);
    const { id } = (await again()).body as Stored;
    expect((await again()).headers.get('idempotent-replayed')).toBe('true');
    await accord.retract(`/v1/people/${ids[1]}`);
    const body = { recordType: 'people', recordId: ids[1] };
    const reason = { 'x-reason': 'typed in by mistake' };
    const purged = await accord.send('POST', '/v1/purges', { body, headers: reason }, 'admin');
    expect(purged.status).toBe(201);
    expect(await columnsHolding(accord, id)).toEqual([]);
    expect(await columnsHolding(accord, ids[1])).toEqual(['purges.record_id']);
    expectProblem(await again(), [409, 'idempotency_key_spent']);
  });

  it('is refused of what is not there, not two, or not of the kind', async () => {
    const [one, other] = await twoTessoris();
    const body = { of: 'people', ids: [one, other], decision: 'different' };
    for (const [wrong, refusal] of [
      [{ ids: [one] }, [400, 'validation_failed', '/ids']],
      [{ ids: [one, one] }, [400, 'validation_failed', '/ids']],
      [{ ids: [one, other, NOBODY] }, [400, 'validation_failed', '/ids']],
      [{ ids: ['kamran-tessori', other] }, [400, 'validation_failed', '/ids']],
      [{ of: 'mergers' }, [400, 'validation_failed', '/of']],
      [{ decision: 'perhaps' }, [400, 'validation_failed', '/decision']],
      [{ keep: one }, [400, 'validation_failed', '/keep']],
      [{ decision: 'same', keep: NOBODY }, [400, 'validation_failed', '/keep']],
      [{ ids: [one, NOBODY] }, [422, 'reference_not_found', '/ids']],
      [{ of: 'factions' }, [422, 'reference_not_found', '/ids']],
    ] as const)
      await expectRefusal(accord, () => decide({ ...body, ...wrong }), [...refusal]);
    await accord.retract(`/v1/people/${other}`);
    await expectRefusal(accord, () => decide(body), [422, 'reference_retracted', '/ids']);
    expect((await asEditor('/v1/duplicates/decisions')).body.data).toEqual([]);
    for (const id of [NOBODY, 'x'])
      for (const method of ['GET', 'DELETE']) {
        const answer = await accord.send(method, `/v1/duplicates/decisions/${id}`, {}, 'editor');
        expectProblem(answer, [404, 'not_found']);
      }
  });
});
