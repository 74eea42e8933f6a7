/** What a purge reaches beyond the record: answers that were kept, and merges. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildPerson, type Stored } from '../../support/factories.js';
import { merged, undo } from '../../support/merging.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';
import { columnsHolding } from '../../support/words.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const purge = (recordId: string): Promise<Answer> => {
  const headers = { 'x-reason': 'typed in by mistake' };
  const body = { recordType: 'people', recordId };
  return accord.send('POST', '/v1/purges', { body, headers }, 'admin');
};

describe('a purge', () => {
  it('empties the kept answer: the same key makes nothing again', async () => {
    const headers = { 'idempotency-key': 'once' };
    const make = (): Promise<Answer> =>
      accord.send('POST', '/v1/people', { body: { name: 'Somebody' }, headers }, 'editor');
    const { id } = (await make()).body as Stored;
    expect((await make()).body).toMatchObject({ id });
    expect(await columnsHolding(accord, id)).toContain('kept_answers.record_id');
    expect((await purge(id)).status).toBe(201);
    expect(await columnsHolding(accord, id)).toEqual(['purges.record_id']);
    await expectRefusal(accord, make, [409, 'idempotency_key_spent']);
  });

  it('of a duplicate takes the merge along; what others are merged into stays until then', async () => {
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    await expectRefusal(accord, () => purge(kept.id), [409, 'still_merged']);
    expect((await accord.get(`/v1/people/${duplicate.id}`)).status).toBe(307);
    expect((await purge(duplicate.id)).status).toBe(201);
    expectProblem(await accord.get(`/v1/people/${duplicate.id}`), [404, 'not_found']);
    expectProblem(await accord.send('GET', `/v1/merges/${id}`, {}, 'editor'), [404, 'not_found']);
    expect((await purge(kept.id)).status).toBe(201);
  });

  it('of a duplicate takes the answer to its merge along, which bears its reason', async () => {
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const headers = { 'idempotency-key': 'merge once', 'if-match': '*', 'x-reason': 'a secret' };
    const body = { duplicateId: duplicate.id };
    const merge = (): Promise<Answer> =>
      accord.send('POST', `/v1/people/${kept.id}/merges`, { body, headers }, 'editor');
    const { id } = (await merge()).body as Stored;
    expect((await merge()).headers.get('idempotent-replayed')).toBe('true');
    expect((await purge(duplicate.id)).status).toBe(201);
    expect(await columnsHolding(accord, id)).toEqual([]);
    expectProblem(await merge(), [409, 'idempotency_key_spent']);
  });

  it('takes merges along that were undone', async () => {
    const [kept, duplicate] = [await buildPerson(accord), await buildPerson(accord)];
    const { id } = await merged(accord, 'people', kept.id, duplicate.id);
    await undo(accord, id);
    expect((await purge(kept.id)).status).toBe(201);
    expectProblem(await accord.send('GET', `/v1/merges/${id}`, {}, 'editor'), [404, 'not_found']);
    expect((await accord.get(`/v1/people/${duplicate.id}`)).status).toBe(200);
  });
});
