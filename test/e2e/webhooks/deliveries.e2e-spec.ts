/** What webhooks are told, and what becomes of it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sweepDeliveries } from '../../../src/features/webhooks/deliveries.db.js';
import { PAUSES } from '../../../src/features/webhooks/retries.js';
import { SecretStore } from '../../../src/features/webhooks/secrets.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { wholeFeed } from '../../support/feed.js';
import { Receiver, verified } from '../../support/receiver.js';
import { expectProblem } from '../../support/refusals.js';
import { Hooks, LOCAL, at, type ShownDelivery } from '../../support/webhooks.js';

const DAY = 86_400_000;

let accord: TestApp;
let hooks: Hooks;
let receiver: Receiver;
beforeAll(async () => {
  accord = await startTestApp(undefined, { webhooks: LOCAL });
  hooks = new Hooks(accord);
  receiver = await Receiver.open();
});
beforeEach(() => {
  hooks.settings.chance = () => 0;
  hooks.setInstant(at(0));
});
afterEach(async () => {
  await hooks.removeAll();
  receiver.forget();
});
afterAll(async () => {
  await accord.stop();
  await receiver.close();
});

function refuseWith(status: number, headers: Record<string, string> = {}): void {
  receiver.answer = (response) => {
    response.writeHead(status, headers).end();
  };
}

const told = (): readonly string[] =>
  receiver.received.map(
    ({ message: { data } }) => `${data.recordId} ${String(data.version)} ${data.operation}`,
  );

const isOver = ([first]: readonly ShownDelivery[]): boolean =>
  first !== undefined && first.state !== 'pending';

describe('a change', () => {
  it('is told as the feed tells it, signed, with a cursor to go on from', async () => {
    const { id, secret } = await hooks.make({ url: receiver.url });
    const person = await buildPerson(accord);
    const [received] = await receiver.until(1);
    expect(received && verified(received, secret)).toEqual(received?.message);
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f-]{36}$/),
    });
    expect(received?.message).toEqual({
      type: 'record.changed',
      timestamp: person['createdAt'],
      data: {
        recordType: 'people',
        recordId: person.id,
        mergerId: null,
        version: 1,
        operation: 'create',
        recordedAt: person['createdAt'],
      },
      cursor: expect.any(String),
    });
    const [delivery] = await hooks.until(id, isOver);
    expect(delivery).toEqual({
      id: expect.any(String),
      webhookId: id,
      messageId: received?.headers['webhook-id'],
      state: 'delivered',
      attempts: 1,
      attemptedAt: at(0),
      nextAttemptAt: null,
      status: 204,
      failure: null,
      endedAt: at(0),
      createdAt: expect.any(String),
      change: { ...received?.message.data, actor: 'the editor', reason: null },
    });
    await buildPerson(accord);
    const after = `/v1/changes?after=${String(received?.message.cursor)}`;
    expect((await accord.get(after)).body.data).toHaveLength(1);
    // Nothing is on its way to the next.
    await receiver.until(2);
  });

  it('tells key holders who and why, and readers neither', async () => {
    await hooks.make({ url: receiver.url, audience: 'all' });
    const { id } = await buildPerson(accord, { visibility: 'draft' });
    await receiver.until(1);
    expect(receiver.received[0]?.message.data).toMatchObject({
      recordId: id,
      actor: 'the editor',
      reason: null,
    });
  });

  it('is told of the mergers that were asked for, and of no other', async () => {
    const [mine, other] = [await buildMerger(accord), await buildMerger(accord)];
    await hooks.make({ url: receiver.url, mergerIds: [mine.id] });
    for (const { id } of [other, mine, other])
      await accord.patch(`/v1/mergers/${id}`, { title: 'Another title' });
    await buildPerson(accord);
    await hooks.settled();
    expect(told()).toEqual([`${mine.id} 2 update`]);
  });

  it('is told by every webhook for itself', async () => {
    const [one, other] = [
      await hooks.make({ url: `${receiver.url}?one` }),
      await hooks.make({ url: `${receiver.url}?other` }),
    ];
    await buildPerson(accord);
    const received = await receiver.until(2);
    for (const each of received) {
      const [own, foreign] = each.path.endsWith('one') ? [one, other] : [other, one];
      expect(verified(each, own.secret)).toEqual(each.message);
      expect(() => verified(each, foreign.secret)).toThrow('No matching signature');
    }
  });
});

describe('visibility', () => {
  it('of drafts: nothing, until one is published', async () => {
    await hooks.make({ url: receiver.url });
    hooks.setInstant(null);
    const { id } = await buildPerson(accord, { visibility: 'draft' });
    await accord.patch(`/v1/people/${id}`, { name: 'Somebody else' });
    await hooks.settled();
    expect(told()).toEqual([]);
    await accord.patch(`/v1/people/${id}`, { visibility: 'public' });
    await receiver.until(1);
    await hooks.settled();
    expect(told()).toEqual([`${id} 3 published`]);
  });

  it('of embargoes: told when they are over, by whatever clock', async () => {
    await hooks.make({ url: receiver.url });
    const { id } = await buildPerson(accord, { embargoUntil: '2031-01-01' });
    await hooks.settled();
    expect(told()).toEqual([]);
    hooks.setInstant('2031-01-02T00:00:00Z');
    await receiver.until(1);
    expect(told()).toEqual([`${id} 1 published`]);
  });

  it('is judged when it is sent: what is held back by then is not told, nor tried again', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    refuseWith(500);
    const person = await buildPerson(accord, { name: 'A secret' });
    await receiver.until(1);
    await hooks.settled();
    hooks.setInstant(null);
    await accord.patch(`/v1/people/${person.id}`, { visibility: 'draft' });
    receiver.forget();
    hooks.setInstant(at(5_000));
    await hooks.settled();
    expect(told()).toEqual([]);
    expect(await hooks.deliveries(id)).toEqual([]);
    await accord.patch(`/v1/people/${person.id}`, { visibility: 'public' });
    await receiver.until(1);
    expect(told()).toEqual([`${person.id} 3 published`]);
  });

  it('of what is purged: only that it was', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    refuseWith(500);
    const person = await buildPerson(accord);
    await receiver.until(1);
    await hooks.settled();
    receiver.forget();
    const purge = {
      body: { recordType: 'people', recordId: person.id },
      headers: { 'x-reason': 'x' },
    };
    expect((await accord.send('POST', '/v1/purges', purge, 'admin')).status).toBe(201);
    hooks.setInstant(at(5_000));
    await receiver.until(1);
    await hooks.settled();
    expect(told()).toEqual([`${person.id} null purged`]);
    expect(await hooks.deliveries(id)).toHaveLength(1);
  });
});

describe('a message that is not taken', () => {
  it('is sent ten times on schedule, under one id and freshly signed, then given up, and sent again when asked', async () => {
    const { id, secret } = await hooks.make({ url: receiver.url });
    refuseWith(500);
    await buildPerson(accord);
    let time = 0;
    for (const [done, pause] of PAUSES.entries()) {
      await receiver.until(done + 1);
      await hooks.settled();
      const [delivery] = await hooks.deliveries(id, 'pending');
      expect(delivery).toMatchObject({
        attempts: done + 1,
        status: 500,
        failure: 'status',
        attemptedAt: at(time),
        nextAttemptAt: at(time + pause),
      });
      hooks.setInstant(at(time + pause - 1));
      await hooks.settled();
      expect(receiver.received).toHaveLength(done + 1);
      time += pause;
      hooks.setInstant(at(time));
    }
    await receiver.until(10);
    const [dead] = await hooks.until(id, isOver);
    expect(dead).toMatchObject({ state: 'dead', attempts: 10, nextAttemptAt: null });
    expect(await hooks.deliveries(id, 'dead')).toEqual([dead]);
    expect((await hooks.read(id)).dead).toBe(1);
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    expect([...ids]).toEqual([dead?.messageId]);
    receiver.forget();
    const retried = await hooks.send('POST', `/v1/deliveries/${String(dead?.id)}/retry`);
    expect([retried.status, retried.body.attempts]).toEqual([202, 0]);
    const [received] = await receiver.until(1);
    expect(received && verified(received, secret)).toEqual(received?.message);
    expect(received?.headers['webhook-id']).toBe(dead?.messageId);
    const [delivered] = await hooks.until(id, isOver);
    expect(delivered).toMatchObject({ state: 'delivered', attempts: 1, failure: null });
  });

  it('disables the webhook with 410, which enabled again goes on where it stood', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    refuseWith(410);
    await buildPerson(accord);
    const [dead] = await hooks.until(id, isOver);
    expect(dead).toMatchObject({ state: 'dead', attempts: 1, status: 410 });
    expect(await hooks.read(id)).toMatchObject({ enabled: false, goneAt: at(0) });
    receiver.forget();
    const { id: missed } = await buildPerson(accord);
    await hooks.settled();
    expect(told()).toEqual([]);
    expect(await hooks.patch(id, { enabled: true })).toMatchObject({ enabled: true, goneAt: null });
    await receiver.until(1);
    await hooks.settled();
    expect(told()).toEqual([`${missed} 1 create`]);
  });

  it('has the whole webhook wait for as long as its receiver asks', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    refuseWith(429, { 'retry-after': '3600' });
    await buildPerson(accord);
    await receiver.until(1);
    await hooks.settled();
    expect(await hooks.deliveries(id)).toMatchObject([
      { status: 429, nextAttemptAt: at(3_600_000) },
    ]);
    expect(await hooks.read(id)).toMatchObject({ waitsUntil: at(3_600_000), pending: 1 });
    receiver.forget();
    await buildPerson(accord);
    hooks.setInstant(at(3_599_999));
    await hooks.settled();
    expect(told()).toEqual([]);
    hooks.setInstant(at(3_600_000));
    await receiver.until(2);
  });

  it.each([
    ['that nobody takes', (): void => undefined, 'timeout'],
    ['that leads elsewhere', refuseWith.bind(null, 307, { location: '/' }), 'status'],
  ])('is tried again: one %s', async (_, prepare, failure) => {
    hooks.settings.timeout = 200;
    receiver.answer = () => undefined;
    prepare();
    const { id } = await hooks.make({ url: receiver.url });
    await buildPerson(accord);
    const [delivery] = await hooks.until(id, ([first]) => first?.attempts === 1);
    expect(delivery).toMatchObject({ state: 'pending', failure, nextAttemptAt: at(5_000) });
    hooks.settings.timeout = 15_000;
  });

  it('is not sent when its secret cannot be opened: a new one mends it', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    const store = new SecretStore('another key');
    await accord.database.read('UPDATE webhooks SET secret = $1::bytea WHERE id = $2::uuid', [
      store.close(new Uint8Array(32), id),
      id,
    ]);
    await buildPerson(accord);
    const [delivery] = await hooks.until(id, ([first]) => first?.attempts === 1);
    expect(delivery).toMatchObject({ state: 'pending', failure: 'secret_unreadable' });
    const rotated = await hooks.send('POST', `/v1/webhooks/${id}/secrets`, {});
    hooks.setInstant(at(5_000));
    const [received] = await receiver.until(1);
    expect(received && verified(received, rotated.body.secret)).toEqual(received?.message);
  });
});

describe('a new secret', () => {
  it('signs at once, and the one before as well until its time is over', async () => {
    const { id, secret } = await hooks.make({ url: receiver.url });
    const rotated = await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours: 1 });
    const { secret: next } = rotated.body as { secret: string };
    hooks.setInstant(at(3_599_999));
    await buildPerson(accord);
    const [both] = await receiver.until(1);
    if (both === undefined) throw new Error('nothing came');
    expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect([verified(both, secret), verified(both, next)]).toEqual([both.message, both.message]);
    hooks.setInstant(at(3_600_000));
    await buildPerson(accord);
    const [, one] = await receiver.until(2);
    if (one === undefined) throw new Error('nothing came');
    expect(verified(one, next)).toEqual(one.message);
    expect(() => verified(one, secret)).toThrow('No matching signature');
  });
});

describe('a replay', () => {
  it('sends again what came after a message, under the same ids', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    for (let count = 0; count < 3; count += 1) {
      await buildPerson(accord);
      await receiver.until(count + 1);
    }
    await hooks.settled();
    const first = receiver.received.map(({ headers }) => headers['webhook-id']);
    const after = receiver.received[0]?.message.cursor;
    receiver.forget();
    await hooks.replay(id, { after });
    await receiver.until(2);
    await hooks.settled();
    const again = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(again.toSorted()).toEqual(first.slice(1).toSorted());
    expect(await hooks.deliveries(id)).toHaveLength(3);
  });

  it('begins at the beginning, or ends at the end: what is on its way stays so', async () => {
    const { id } = await hooks.make({ url: receiver.url, enabled: false });
    await buildPerson(accord);
    await hooks.replay(id, { after: 'latest' });
    await hooks.patch(id, { enabled: true });
    await hooks.settled();
    expect(told()).toEqual([]);
    await hooks.replay(id, {});
    const feed = await wholeFeed(accord, 'reader');
    await receiver.until(feed.length);
    await hooks.settled();
    expect(told().toSorted()).toEqual(
      feed
        .map(({ recordId, version, operation }) => `${recordId} ${String(version)} ${operation}`)
        .toSorted(),
    );
  });

  it('takes no cursor but of the feed as the webhook is told it', async () => {
    const { id, cursor } = await hooks.make({ url: receiver.url });
    const { cursor: foreign } = await hooks.make({ url: receiver.url, audience: 'all' });
    const replay = (after: unknown): ReturnType<Hooks['send']> =>
      hooks.send('POST', `/v1/webhooks/${id}/replay`, { after });
    expectProblem(await replay('nonsense'), [400, 'invalid_cursor']);
    expectProblem(await replay(foreign), [400, 'invalid_cursor']);
    expectProblem(await replay(5), [400, 'validation_failed', '/after']);
    expect((await replay(cursor)).status).toBe(202);
  });
});

describe('deliveries', () => {
  it('are listed in the order of the feed, page by page, and by their state', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    const people: string[] = [];
    for (let count = 0; count < 3; count += 1) people.push((await buildPerson(accord)).id);
    await receiver.until(3);
    await hooks.settled();
    const page = async (query: string): Promise<any> =>
      (await hooks.send('GET', `/v1/webhooks/${id}/deliveries?${query}`)).body;
    const first = await page('limit=2&state=delivered');
    const second = await page(`limit=2&state=delivered&cursor=${String(first.page.next)}`);
    const all: ShownDelivery[] = [...first.data, ...second.data];
    expect(all.map(({ change }) => change?.recordId)).toEqual(people);
    expect(second.page.next).toBeNull();
    expect((await page('state=dead')).data).toEqual([]);
    expectProblem(await hooks.send('GET', `/v1/webhooks/${id}/deliveries?state=late`), [
      400,
      'validation_failed',
      '?state',
    ]);
  });

  it('are forgotten when they are old: delivered ones after 7 days, dead ones after 30', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    await buildPerson(accord);
    await receiver.until(1);
    await hooks.settled();
    refuseWith(410);
    await buildPerson(accord);
    await hooks.until(
      id,
      (all) => all.length === 2 && all.every(({ state }) => state !== 'pending'),
    );
    const left = async (days: number): Promise<readonly string[]> => {
      await sweepDeliveries(accord.database.read, 10, at(days * DAY));
      return (await hooks.deliveries(id)).map(({ state }) => state);
    };
    expect(await left(6.99)).toEqual(['delivered', 'dead']);
    expect(await left(7.01)).toEqual(['dead']);
    expect(await left(29.99)).toEqual(['dead']);
    hooks.settings.sweep = 0;
    hooks.setInstant(at(30.01 * DAY));
    expect(await hooks.until(id, (all) => all.length === 0)).toEqual([]);
    hooks.settings.sweep = 3_600_000;
  });
});
