import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { ended, ndjson } from '../../support/importing.js';
import { expectProblem } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const file = ndjson([{ recordType: 'people', name: 'Once' }]);

function send(key: string, body: string, query = 'format=ndjson'): Promise<Answer> {
  const headers = { 'idempotency-key': key };
  return accord.send('POST', `/v1/imports?${query}`, { body, headers }, 'editor');
}

async function latest(): Promise<{ readonly id: string; readonly state: string } | undefined> {
  const { body } = await accord.send('GET', '/v1/imports?limit=1', {}, 'editor');
  return body.data[0] as { readonly id: string; readonly state: string } | undefined;
}

describe('a file that is sent again with its Idempotency-Key', () => {
  it('is the import that it was', async () => {
    const first = await send('again', file);
    expect(first.status).toBe(202);
    const done = await ended(accord, String(first.headers.get('location')));
    const again = await send('again', file);
    expect(again).toMatchObject({ status: 202, body: { id: done.id, state: 'done' } });
  });

  it('is refused when it is another file, or when something else is asked of it', async () => {
    expect((await send('other', file)).status).toBe(202);
    const another = await send('other', `${file}${file}`);
    expectProblem(another, [422, 'idempotency_key_reused']);
    const asked = await send('other', file, 'format=ndjson&dryRun=true');
    expectProblem(asked, [422, 'idempotency_key_reused']);
  });

  it('is taken anew when its connection broke, and when it could not be read', async () => {
    const sending = request(`${accord.baseUrl}/v1/imports?format=ndjson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accord.editorKey}`, 'idempotency-key': 'broken' },
    });
    sending.on('error', () => undefined);
    const before = (await latest())?.id;
    sending.write(file);
    let last = await latest();
    while (last?.id === before) last = await latest();
    expect(last?.state).toBe('staged');
    expectProblem(await send('broken', file), [409, 'idempotency_key_in_use']);
    sending.destroy();
    while (last?.state === 'staged') last = await latest();
    expect(last?.state).toBe('failed');
    const again = await send('broken', file);
    expect(again.status).toBe(202);
    expect(again.body.id).not.toBe(last?.id);
    expect(await ended(accord, String(again.headers.get('location')))).toMatchObject({
      state: 'done',
    });
    expectProblem(await send('unread', '{"recordType"'), [400, 'unreadable_file']);
    expect((await send('unread', file)).status).toBe(202);
  });
});
