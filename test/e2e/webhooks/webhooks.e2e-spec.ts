/** Webhooks as admins make, change and remove them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { NOBODY, buildMerger, buildPerson } from '../../support/factories.js';
import { expectProblem } from '../../support/refusals.js';
import { Hooks, LOCAL, type ShownWebhook } from '../../support/webhooks.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

let accord: TestApp;
let hooks: Hooks;
beforeAll(async () => {
  accord = await startTestApp(undefined, { webhooks: LOCAL });
  hooks = new Hooks(accord);
  // What is made here leads nowhere.
  hooks.settings.resolve = () => Promise.resolve([]);
});
afterAll(() => accord.stop());
afterEach(() => hooks.removeAll());

const url = 'https://example.org/hook';
const make = (fields: unknown): Promise<Answer> => hooks.send('POST', '/v1/webhooks', fields);

/** All that is stored of webhooks, as text. */
async function rows(): Promise<string> {
  const [row] = await accord.database.read<{ all: string }>(
    `SELECT COALESCE(string_agg(webhook::text || encode(webhook.secret, 'escape'), ''), '') AS all FROM webhooks AS webhook`,
    [],
  );
  return row?.all ?? '';
}

describe('a webhook', () => {
  it('is made with its secret, which is shown this once and stored sealed', async () => {
    const made = await make({ url });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(UUID),
      url,
      description: null,
      mergerIds: [],
      audience: 'public',
      enabled: true,
      cursor: expect.any(String),
      pending: 0,
      dead: 0,
      waitsUntil: null,
      goneAt: null,
      previousUntil: null,
      createdBy: expect.any(String),
      createdAt: expect.stringMatching(INSTANT),
      updatedAt: expect.stringMatching(INSTANT),
      secret: expect.stringMatching(SECRET),
    });
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { secret, ...shown } = made.body as ShownWebhook & { secret: string };
    expect(made.headers.get('location')).toBe(`/v1/webhooks/${shown.id}`);
    const read = await hooks.send('GET', `/v1/webhooks/${shown.id}`);
    expect(read.body).toEqual(shown);
    expect((await hooks.list()).map(({ id }) => id)).toEqual([shown.id]);
    const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const [row] = await accord.database.read<{ secret: Buffer }>(
      'SELECT webhook.secret AS secret FROM webhooks AS webhook',
      [],
    );
    expect(row?.secret.includes(bytes)).toBe(false);
    expect(row?.secret).toHaveLength(1 + 12 + 16 + 32);
  });

  it('is made once under one Idempotency-Key, with the same secret', async () => {
    const headers = { 'idempotency-key': 'a webhook' };
    const once = (): Promise<Answer> =>
      accord.send('POST', '/v1/webhooks', { body: { url }, headers }, 'admin');
    const [one, other] = [await once(), await once()];
    expect(other.body).toEqual(one.body);
    expect(await hooks.list()).toHaveLength(1);
  });

  it('stands at the end of the feed, as a cursor of it says', async () => {
    const merger = await buildMerger(accord);
    const { cursor } = await hooks.make({ url, mergerIds: [merger.id], enabled: false });
    const { id } = await buildMerger(accord);
    const own = await accord.patch(`/v1/mergers/${merger.id}`, { title: 'Another title' });
    expect(own.status).toBe(200);
    const path = `/v1/changes?mergerId=${merger.id}&after=${cursor}`;
    const { data } = (await accord.get(path)).body as { data: { recordId: string }[] };
    expect(data.map(({ recordId }) => recordId)).toEqual([merger.id]);
    expect(data.map(({ recordId }) => recordId)).not.toContain(id);
  });

  it('is changed by a merge patch: null is what it would be if it were left out', async () => {
    const merger = await buildMerger(accord);
    const { id } = await hooks.make({
      url,
      description: 'the desk',
      mergerIds: [merger.id.toUpperCase()],
      audience: 'all',
    });
    expect(await hooks.patch(id, { description: 'the other desk', enabled: false })).toMatchObject({
      description: 'the other desk',
      mergerIds: [merger.id],
      audience: 'all',
      enabled: false,
    });
    const patch = { description: null, mergerIds: null, audience: null, enabled: null };
    expect(await hooks.patch(id, patch)).toMatchObject({
      url,
      description: null,
      mergerIds: [],
      audience: 'public',
      enabled: true,
    });
  });

  it('gets a new secret, and keeps the old one for a while', async () => {
    const { id, secret } = await hooks.make({ url });
    accord.setInstant('2030-01-01T00:00:00Z');
    const rotated = await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours: 48 });
    accord.setInstant(null);
    expect(rotated.status).toBe(201);
    expect(rotated.body).toEqual({
      secret: expect.stringMatching(SECRET),
      previousUntil: '2030-01-03T00:00:00.000Z',
    });
    expect(rotated.headers.get('cache-control')).toBe('no-store');
    expect((rotated.body as { secret: string }).secret).not.toBe(secret);
    expect((await hooks.read(id)).previousUntil).toBe('2030-01-03T00:00:00.000Z');
    expect((await hooks.send('POST', `/v1/webhooks/${id}/secrets`)).status).toBe(201);
  });

  it('is removed for good', async () => {
    const { id } = await hooks.make({ url });
    await hooks.remove(id);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/deliveries'],
      ['POST', '/replay'],
      ['POST', '/secrets'],
    ] as const)
      for (const each of [id, NOBODY, 'no-id'])
        expectProblem(
          await hooks.send(
            method,
            `/v1/webhooks/${each}${path}`,
            method === 'PATCH' ? {} : undefined,
          ),
          [404, 'not_found'],
        );
    expectProblem(await hooks.send('POST', `/v1/deliveries/${NOBODY}/retry`), [404, 'not_found']);
    expectProblem(await hooks.send('POST', '/v1/deliveries/no-id/retry'), [404, 'not_found']);
  });

  it('is listed page by page', async () => {
    for (let count = 0; count < 3; count += 1) await hooks.make({ url: `${url}/${String(count)}` });
    const first = await hooks.send('GET', '/v1/webhooks?limit=2');
    const { next } = (first.body as { page: { next: string } }).page;
    const second = await hooks.send('GET', `/v1/webhooks?limit=2&cursor=${next}`);
    const urls = [first, second].flatMap(({ body }) =>
      (body.data as ShownWebhook[]).map((each) => each.url),
    );
    expect(urls).toEqual([0, 1, 2].map((count) => `${url}/${String(count)}`));
    expect(second.body.page.next).toBeNull();
  });

  it.each([
    ['nothing', undefined, ''],
    ['no object', [], ''],
    ['no url', {}, '/url'],
    ['no url but a text', { url: 'somewhere' }, '/url'],
    ['another scheme', { url: 'ftp://example.org/' }, '/url'],
    ['a password', { url: 'https://me:hunter2@example.org/' }, '/url'],
    ['a fragment', { url: 'https://example.org/#there' }, '/url'],
    ['a private address', { url: 'https://10.0.0.1/' }, '/url'],
    ['the metadata', { url: 'http://169.254.169.254/latest/' }, '/url'],
    ['the metadata, as a number', { url: 'http://2852039166/latest/' }, '/url'],
    ['a private address, mapped', { url: 'https://[::ffff:10.0.0.1]/' }, '/url'],
    ['an unknown field', { url, events: ['all'] }, '/events'],
    ['a position', { url, position: 0 }, '/position'],
    ['another audience', { url, audience: 'editors' }, '/audience'],
    ['no flag', { url, enabled: 'yes' }, '/enabled'],
    ['no id of a merger', { url, mergerIds: ['mqm-unification'] }, '/mergerIds'],
    ['a merger twice', { url, mergerIds: [NOBODY, NOBODY] }, '/mergerIds'],
    ['a long description', { url, description: 'x'.repeat(501) }, '/description'],
  ])('is not made of %s', async (_, fields, pointer) => {
    const before = await rows();
    const answer = await make(fields);
    expectProblem(answer, [400, 'validation_failed', pointer]);
    expect(answer.text).not.toContain('hunter2');
    expect(await rows()).toBe(before);
  });

  it('is neither made nor changed with a merger that there is not', async () => {
    expectProblem(await make({ url, mergerIds: [NOBODY] }), [
      422,
      'reference_not_found',
      '/mergerIds',
    ]);
    const { id } = await hooks.make({ url });
    const before = await rows();
    const patch = (fields: unknown): Promise<Answer> =>
      hooks.send('PATCH', `/v1/webhooks/${id}`, fields);
    expectProblem(await patch({ mergerIds: [NOBODY] }), [422, 'reference_not_found', '/mergerIds']);
    expectProblem(await patch({ url: 'https://127.0.0.2:1/#x' }), [
      400,
      'validation_failed',
      '/url',
    ]);
    expectProblem(await patch({ url: null }), [400, 'validation_failed', '/url']);
    expectProblem(await patch({ id: NOBODY }), [400, 'validation_failed', '/id']);
    expectProblem(await patch([]), [400, 'validation_failed', '']);
    for (const overlapHours of [-1, 169, 1.5, 'long'])
      expectProblem(await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours }), [
        400,
        'validation_failed',
        '/overlapHours',
      ]);
    expect(await rows()).toBe(before);
  });

  it('is no record: it is in no feed and writes no revision', async () => {
    await buildPerson(accord);
    const count = (): Promise<readonly object[]> =>
      accord.database.read('SELECT count(*) AS revisions FROM revisions', []);
    const before = await count();
    const { id } = await hooks.make({ url });
    await hooks.patch(id, { description: 'the desk' });
    await hooks.send('POST', `/v1/webhooks/${id}/secrets`, {});
    expect(await count()).toEqual(before);
  });
});

describe('without leave of the operator', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp();
  });
  afterAll(() => strict.stop());

  it.each(['http://example.org/', 'https://127.0.0.1/', 'https://[::1]/', 'https://[fd00::1]/'])(
    'nothing is sent to %s',
    async (each) => {
      const answer = await new Hooks(strict).send('POST', '/v1/webhooks', { url: each });
      expectProblem(answer, [400, 'validation_failed', '/url']);
    },
  );

  it('a secret is stored as it is', async () => {
    const { secret } = await new Hooks(strict).make({ url, enabled: false });
    const [row] = await strict.database.read<{ secret: Buffer }>(
      'SELECT webhook.secret AS secret FROM webhooks AS webhook',
      [],
    );
    expect(`whsec_${String(row?.secret.subarray(1).toString('base64'))}`).toBe(secret);
  });
});
