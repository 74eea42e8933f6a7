/** By whose leave anything is sent: the operator's settings, and the key of whoever made the webhook; and who is told of what is not taken. */
import { Logger } from '@nestjs/common';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { post } from '../../../src/features/webhooks/posting.js';
import { holdKey } from '../../../src/features/webhooks/webhooks.db.js';
import type { WebhookOptions } from '../../../src/features/webhooks/webhooks.settings.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildPerson } from '../../support/factories.js';
import { Receiver, type Answering } from '../../support/receiver.js';
import { expectProblem } from '../../support/refusals.js';
import { Hooks, LOCAL, type ShownWebhook } from '../../support/webhooks.js';

let database: TestDatabase;
let receiver: Receiver;
const services: TestApp[] = [];

async function start(options: Partial<WebhookOptions> = {}): Promise<readonly [TestApp, Hooks]> {
  const service = await startTestApp(database, { webhooks: { ...LOCAL, ...options } });
  services.push(service);
  return [service, new Hooks(service)];
}

async function stop(): Promise<void> {
  for (const service of services.splice(0)) await service.stop();
}

beforeAll(async () => {
  receiver = await Receiver.open();
});
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stop();
  await database.drop();
  receiver.forget();
});
afterAll(() => receiver.close());

describe('the operator', () => {
  it('may have nothing sent: it waits until somebody may send it', async () => {
    const [off, waiting] = await start({ sends: false });
    const { id } = await waiting.make({ url: receiver.url });
    const person = await buildPerson(off);
    const [delivery] = await waiting.until(id, (all) => all.length === 1);
    expect(delivery).toMatchObject({ state: 'pending', attempts: 0 });
    waiting.wake();
    await stop();
    expect(receiver.received).toHaveLength(0);
    await start();
    await receiver.until(1);
    expect(receiver.received[0]?.message.data.recordId).toBe(person.id);
  });

  it('may take back that messages go over http, also to webhooks that are there', async () => {
    const [, before] = await start();
    const { id } = await before.make({ url: receiver.url });
    await stop();
    const [strict, hooks] = await start({ http: false });
    await buildPerson(strict);
    const [delivery] = await hooks.until(id, ([first]) => first?.attempts === 1);
    expect(delivery).toMatchObject({ state: 'pending', failure: 'scheme_refused' });
    expect(receiver.received).toHaveLength(0);
    expect(await hooks.patch(id, { enabled: false })).toMatchObject({ enabled: false });
    const elsewhere = { url: `${receiver.url}/elsewhere` };
    expectProblem(await hooks.send('PATCH', `/v1/webhooks/${id}`, elsewhere), [
      400,
      'validation_failed',
      '/url',
    ]);
  });

  it('is told once of what is given up, of each webhook that is disabled, and how many there are', async () => {
    const [accord, hooks] = await start();
    const said = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { id } = await hooks.make({ url: receiver.url });
    const { id: gone } = await hooks.make({ url: `${receiver.url}?gone` });
    const held: Parameters<Answering>[0][] = [];
    receiver.answer = (response, { path }) => {
      if (path.endsWith('gone')) held.push(response);
      else response.writeHead(500).end();
    };
    // Two that are at their last attempt, and two that are on their way at once.
    for (const count of [1, 2]) {
      await buildPerson(accord);
      await hooks.until(id, (all) => all.length === count && all.at(-1)?.attempts === 1);
    }
    await receiver.until(4);
    for (const response of held) response.writeHead(410).end();
    await accord.database.read(
      'UPDATE deliveries SET attempts = 9, due_at = now() WHERE webhook_id = $1::uuid',
      [id],
    );
    hooks.wake();
    await hooks.until(id, (all) => all.every(({ state }) => state === 'dead'));
    await hooks.until(gone, (all) => all.every(({ state }) => state === 'dead'));
    expect(said.mock.calls.map(([line]) => String(line)).toSorted()).toEqual(
      [
        `${id} has not taken a message, which is given up.`,
        `${gone} answered 410 and is disabled.`,
      ].toSorted(),
    );
    hooks.settings.look = 20;
    hooks.wake();
    const metrics = async (): Promise<readonly string[]> => {
      const text = await accord.app.get(Metrics).text();
      return text.split('\n').filter((line) => line.startsWith('accord_webhook'));
    };
    for (const until = Date.now() + 30_000; Date.now() < until;) {
      await hooks.read(id);
      if ((await metrics()).at(-1)?.endsWith(' 4') === true) break;
    }
    expect(await metrics()).toEqual([
      'accord_webhooks{state="enabled"} 1',
      'accord_webhooks{state="disabled"} 1',
      'accord_webhook_deliveries{state="pending"} 0',
      'accord_webhook_deliveries{state="dead"} 4',
    ]);
  });
});

describe('a scheme in capitals', () => {
  const { signal } = new AbortController();
  const world = { allows: () => true, resolve: () => Promise.resolve([]), timeout: 10_000 };
  const posting = { headers: {}, body: '{}' };

  it('is the same scheme', async () => {
    const url = receiver.url.replace('http:', 'HTTP:');
    expect(await post({ ...posting, url }, world, signal)).toMatchObject({ status: 204 });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('no TLS'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const spoken = await post(
      { ...posting, url: `HTTPS://127.0.0.1:${String(port)}/` },
      world,
      signal,
    );
    server.close();
    expect(spoken).toMatchObject({ status: null, failure: 'tls' });
  });
});

describe('a key that is revoked', () => {
  let accord: TestApp;
  let hooks: Hooks;
  let key: { readonly id: string; readonly key: string };
  beforeEach(async () => {
    [accord, hooks] = await start();
    key = (await hooks.send('POST', '/v1/keys', { name: 'another', role: 'admin' })).body;
  });

  /** Makes or changes a webhook by the other key. */
  async function say(method: string, path: string, body: object): Promise<ShownWebhook> {
    const headers = { authorization: `Bearer ${key.key}` };
    const answer: Answer = await accord.send(method, `/v1/webhooks${path}`, { body, headers });
    if (answer.status >= 300) throw new Error(answer.text);
    return answer.body as ShownWebhook;
  }

  const revoke = async (): Promise<number> =>
    (await hooks.send('DELETE', `/v1/keys/${key.id}`)).status;

  const isEnabled = async ({ id }: { readonly id: string }): Promise<boolean> =>
    (await hooks.read(id)).enabled;

  it('takes with it what tells of everything: drafts are told no more', async () => {
    const url = `${receiver.url}?theirs`;
    const theirs = await say('POST', '', { url, audience: 'all' });
    const open = await say('POST', '', { url: `${receiver.url}?open` });
    const ours = await hooks.make({ url: `${receiver.url}?ours`, audience: 'all' });
    expect(await revoke()).toBe(204);
    expect(await Promise.all([theirs, open, ours].map(isEnabled))).toEqual([false, true, true]);
    await buildPerson(accord, { visibility: 'draft' });
    await receiver.until(1);
    await hooks.settled();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook?ours']);
  });

  it('takes also what it has changed, and not what another one answers for since', async () => {
    const all = { audience: 'all' };
    const widened = await hooks.make({ url: receiver.url });
    await say('PATCH', `/${widened.id}`, all);
    const described = await say('POST', '', { url: receiver.url, ...all });
    await hooks.patch(described.id, { description: 'whoever it is' });
    const moved = await say('POST', '', { url: receiver.url, ...all });
    await hooks.patch(moved.id, { url: `${receiver.url}?moved` });
    await revoke();
    expect(await Promise.all([widened, described, moved].map(isEnabled))).toEqual([
      false,
      false,
      true,
    ]);
    expect(await hooks.patch(widened.id, { enabled: true })).toMatchObject({ enabled: true });
  });

  it('makes nothing while it is being revoked', async () => {
    const author = { name: 'another', keyId: key.id, reason: null, requestId: null };
    const hold = (): Promise<boolean> =>
      accord.database.write(author, (tx) => holdKey(tx, key.id), { mayHide: false });
    expect(await hold()).toBe(true);
    await revoke();
    expect(await hold()).toBe(false);
  });
});
