/** Several instances on one database, how one goes on after another, how it stops, and what it costs without webhooks. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookSender } from '../../../src/features/webhooks/webhook.sender.js';
import type { Answering } from '../../support/receiver.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { buildPerson } from '../../support/factories.js';
import { Receiver } from '../../support/receiver.js';
import { Hooks, LOCAL } from '../../support/webhooks.js';

let database: TestDatabase;
let receiver: Receiver;
let one: TestApp;
let other: TestApp;
const services: TestApp[] = [];

async function startOne(): Promise<TestApp> {
  const service = await startTestApp(database, { webhooks: LOCAL });
  services.push(service);
  return service;
}

beforeAll(async () => {
  receiver = await Receiver.open();
});
beforeEach(async () => {
  database = await createTestDatabase();
  [one, other] = [await startOne(), await startOne()];
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  await database.drop();
  receiver.forget();
});
afterAll(() => receiver.close());

/** Stops a service that is not stopped later once more. */
async function stop(service: TestApp): Promise<void> {
  services.splice(services.indexOf(service), 1);
  await service.stop();
}

const idsIn = ({ received }: Receiver): readonly string[] =>
  received.map(({ message }) => message.data.recordId);

describe('two instances', () => {
  it('share the work: every change is told once, and no more at once than one host is sent', async () => {
    const hooks = [new Hooks(one), new Hooks(other)];
    let atOnce = 0;
    let most = 0;
    receiver.answer = (response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      // In a later turn, so that others come meanwhile.
      setImmediate(() => {
        atOnce -= 1;
        response.writeHead(204).end();
      });
    };
    const { id } = await new Hooks(one).make({ url: receiver.url });
    // The other instance looks for itself: nobody tells it.
    new Hooks(other).wake();
    const people: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const made = Array.from({ length: 5 }, (_, at) => buildPerson(at % 2 === 0 ? one : other));
      people.push(...(await Promise.all(made)).map((person) => person.id));
    }
    await receiver.until(100);
    for (const each of hooks) await each.settled();
    expect(idsIn(receiver).toSorted()).toEqual(people.toSorted());
    expect(most).toBeLessThanOrEqual(2 * 4);
    const states = (await new Hooks(one).deliveries(id, 'delivered')).length;
    expect(states).toBe(100);
  });

  it('go on for each other: what one began to send and never ended is sent when its lease is over', async () => {
    const hooks = new Hooks(other);
    const begin = Date.now() + 3_600_000;
    hooks.setInstant(new Date(begin).toISOString());
    receiver.answer = (response) => {
      response.writeHead(500).end();
    };
    const { id } = await hooks.make({ url: receiver.url });
    await stop(one);
    await buildPerson(other);
    await hooks.until(id, ([first]) => first?.attempts === 1);
    receiver.forget();
    // As it is left by who was killed after it was claimed.
    await other.database.read(
      `UPDATE deliveries SET lease = gen_random_uuid(), due_at = $1::timestamptz + interval '30 seconds'`,
      [new Date(begin).toISOString()],
    );
    hooks.setInstant(new Date(begin + 29_999).toISOString());
    await hooks.until(id, ([first]) => first?.state === 'pending');
    expect(receiver.received).toHaveLength(0);
    hooks.setInstant(new Date(begin + 30_000).toISOString());
    await receiver.until(1);
    await hooks.until(id, ([first]) => first?.state === 'delivered');
  });

  it('do not undo each other: an answer that comes when the lease is over changes nothing', async () => {
    const held = Promise.withResolvers<Parameters<Answering>[0]>();
    receiver.answer = held.resolve;
    const { id } = await new Hooks(one).make({ url: receiver.url });
    await buildPerson(one);
    const late = await held.promise;
    receiver.forget();
    const hooks = new Hooks(other);
    hooks.setInstant(new Date(Date.now() + 3_600_000).toISOString());
    await hooks.until(id, ([first]) => first?.state === 'delivered');
    expect(receiver.received).toHaveLength(1);
    late.writeHead(500).end();
    // It waits for what it is sending.
    await stop(one);
    expect(await hooks.deliveries(id)).toMatchObject([
      { state: 'delivered', attempts: 1, status: 204, failure: null },
    ]);
  });

  it('learn from the database of a webhook that is told of what happened while nobody ran', async () => {
    const { id } = await new Hooks(one).make({ url: receiver.url, enabled: false });
    const person = await buildPerson(one);
    await new Hooks(one).patch(id, { description: 'still not enabled' });
    await one.database.read('UPDATE webhooks SET enabled = true WHERE id = $1::uuid', [id]);
    await stop(one);
    await stop(other);
    expect(receiver.received).toHaveLength(0);
    await startOne();
    await receiver.until(1);
    expect(idsIn(receiver)).toEqual([person.id]);
  });
});

describe('a stop', () => {
  it('waits a moment for what is being sent, and leaves the rest to others at once', async () => {
    await stop(other);
    const hooks = new Hooks(one);
    const held: Parameters<Answering>[0][] = [];
    receiver.answer = (response) => {
      held.push(response);
    };
    const { id } = await hooks.make({ url: receiver.url });
    const people: string[] = [];
    for (let count = 0; count < 6; count += 1) people.push((await buildPerson(one)).id);
    await receiver.until(4);
    // Two are answered while it stops; two never are, and two were never sent.
    const sender = one.app.get(WebhookSender);
    const stopSending = sender.stop.bind(sender);
    sender.stop = () => {
      // A round is under way.
      sender.wake();
      const stopped = stopSending();
      for (const response of held.slice(0, 2)) response.writeHead(204).end();
      return stopped;
    };
    hooks.settings.lastAttempts = 3_000;
    await stop(one);
    expect(receiver.received).toHaveLength(4);
    const answered = idsIn(receiver).slice(0, 2);
    receiver.forget();
    const next = new Hooks(await startOne());
    await receiver.until(4);
    await next.settled();
    expect(idsIn(receiver).toSorted()).toEqual(
      people.filter((person) => !answered.includes(person)).toSorted(),
    );
    expect((await next.deliveries(id)).map(({ state, attempts }) => [state, attempts])).toEqual(
      people.map(() => ['delivered', 1]),
    );
  });
});

describe('without a webhook', () => {
  it('changes have nothing read or written: nothing is numbered that nobody asks for', async () => {
    await buildPerson(one);
    await one.get('/v1/people');
    const asked = async (): Promise<readonly object[]> =>
      one.database.read('SELECT count(*)::int AS pending FROM pending_changes', []);
    const before = await asked();
    const { id } = await buildPerson(one);
    await one.get(`/v1/people/${id}`);
    expect([before, await asked()]).toEqual([[{ pending: 1 }], [{ pending: 2 }]]);
  });
});

describe('many changes', () => {
  it('wait in the feed while as much is pending as may be, and are told in the end', async () => {
    const hooks = new Hooks(one);
    for (const service of [one, other]) {
      new Hooks(service).settings.mostPending = 3;
      new Hooks(service).settings.look = 20;
    }
    const held: Parameters<Answering>[0][] = [];
    receiver.answer = (response) => {
      held.push(response);
    };
    const { id } = await hooks.make({ url: receiver.url });
    const people: string[] = [];
    for (let count = 0; count < 10; count += 1) people.push((await buildPerson(one)).id);
    await receiver.until(3);
    expect(await hooks.read(id)).toMatchObject({ pending: 3 });
    receiver.answer = (response) => {
      response.writeHead(204).end();
    };
    for (const response of held) response.writeHead(204).end();
    await receiver.until(10);
    expect(idsIn(receiver).toSorted()).toEqual(people.toSorted());
  });
});
