/** That no webhook holds up another, and that what nobody needs any more goes, bit by bit. */
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
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Feed } from '../../../src/features/changes/changes.module.js';
import { queueDeliveries } from '../../../src/features/webhooks/deliveries.db.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { Receiver, type Received } from '../../support/receiver.js';
import { expectProblem } from '../../support/refusals.js';
import { Hooks, LOCAL, at } from '../../support/webhooks.js';

const DAY = 86_400_000;

let accord: TestApp;
let hooks: Hooks;
let receiver: Receiver;
let usual: Record<string, unknown>;
beforeAll(async () => {
  accord = await startTestApp(undefined, { webhooks: LOCAL });
  hooks = new Hooks(accord);
  receiver = await Receiver.open();
  usual = Object.fromEntries(Object.entries(hooks.settings));
});
beforeEach(() => {
  hooks.settings.chance = () => 0;
  hooks.setInstant(at(0));
});
afterEach(async () => {
  jest.restoreAllMocks();
  Object.assign(hooks.settings, usual);
  await hooks.removeAll();
  receiver.forget();
});
afterAll(async () => {
  await accord.stop();
  await receiver.close();
});

async function buildPeople(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await buildPerson(accord);
}

const breakOff = (response: ServerResponse): void => {
  response.destroy();
};

const come = (word: string): readonly Received[] =>
  receiver.received.filter(({ path }) => path.endsWith(word));

describe('a webhook whose receiver does not answer', () => {
  it('leaves room at its host for others, however much is due for it', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response, { path }) => {
      if (path.endsWith('silent')) held.push(response);
      else response.writeHead(204).end();
    };
    await hooks.make({ url: `${receiver.url}?silent` });
    await buildPeople(10);
    await receiver.until(4);
    hooks.setInstant(at(1_000));
    await hooks.make({ url: `${receiver.url}?good` });
    await buildPerson(accord);
    held.forEach(breakOff);
    await receiver.until(5);
    expect([come('silent').length, come('good').length]).toEqual([4, 1]);
  });

  it('is left alone for a while, longer each time, until it answers', async () => {
    receiver.answer = breakOff;
    const { id } = await hooks.make({ url: receiver.url });
    await buildPerson(accord);
    await receiver.until(1);
    await hooks.settled();
    expect((await hooks.read(id)).waitsUntil).toBe(at(5_000));
    await buildPerson(accord);
    await hooks.settled();
    expect(receiver.received).toHaveLength(1);
    hooks.setInstant(at(5_000));
    await receiver.until(2);
    await hooks.settled();
    expect((await hooks.read(id)).waitsUntil).toBe(at(15_000));
    expect(receiver.received).toHaveLength(2);
    receiver.forget();
    hooks.setInstant(at(15_000));
    await receiver.until(1);
  });

  it('is sent one message at a time after any failure', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response) => {
      held.push(response);
    };
    await hooks.make({ url: receiver.url });
    await buildPeople(8);
    await receiver.until(4);
    let atOnce = 0;
    let most = 0;
    receiver.answer = (response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      void nextTurn().then(() => {
        atOnce -= 1;
        response.writeHead(500).end();
      });
    };
    for (const response of held) response.writeHead(500).end();
    await receiver.until(8);
    expect(most).toBe(1);
  });

  it('has its host looked up once for all that is sent there', async () => {
    let atOnce = 0;
    let most = 0;
    hooks.settings.resolve = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      // As long as others take to come to their own.
      for (let turn = 0; turn < 20; turn += 1) await accord.database.ping();
      atOnce -= 1;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    await hooks.make({ url: `http://slow.example:${String(receiver.port)}/hook`, enabled: true });
    await buildPeople(8);
    await receiver.until(8);
    expect(most).toBe(1);
  });
});

describe('sending again', () => {
  it('is at once, also when the webhook waits', async () => {
    receiver.answer = (response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
    };
    const { id } = await hooks.make({ url: receiver.url });
    await buildPerson(accord);
    await receiver.until(1);
    await hooks.settled();
    receiver.forget();
    const [delivery] = await hooks.deliveries(id);
    const retried = await hooks.send('POST', `/v1/deliveries/${String(delivery?.id)}/retry`);
    expect(retried.status).toBe(202);
    await receiver.until(1);
    expect((await hooks.read(id)).waitsUntil).toBeNull();
  });

  it('is refused while the webhook is disabled', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    await buildPerson(accord);
    await hooks.until(id, ([first]) => first?.state === 'delivered');
    await hooks.patch(id, { enabled: false });
    const before = await hooks.deliveries(id);
    const retried = await hooks.send('POST', `/v1/deliveries/${String(before[0]?.id)}/retry`);
    expectProblem(retried, [409, 'webhook_disabled']);
    expect(await hooks.deliveries(id)).toEqual(before);
  });
});

describe('the feed on its way', () => {
  it('is queued for what a webhook is told of, not for what it was told of when that was read', async () => {
    const merger = await buildMerger(accord);
    const { id } = await hooks.make({ url: receiver.url, enabled: false });
    await hooks.replay(id, { after: 'latest' });
    const [row] = await accord.database.read<{ position: number }>(
      'UPDATE webhooks SET enabled = true WHERE id = $1::uuid RETURNING position::float8 AS position',
      [id],
    );
    const from = row?.position ?? 0;
    const stretch = { webhookId: id, from, to: from + 1, positions: [], instant: null };
    const queue = (audience: 'public' | 'all', mergerIds: readonly string[]): Promise<boolean> =>
      queueDeliveries(accord.database.read, { ...stretch, audience, mergerIds });
    expect(await queue('all', [])).toBe(false);
    expect(await queue('public', [merger.id])).toBe(false);
    expect(await queue('public', [])).toBe(true);
  });

  it('reaches others when it cannot be read for one, which is told when it can', async () => {
    const feed = accord.app.get(Feed);
    const entries = feed.entries.bind(feed);
    const reading = jest.spyOn(feed, 'entries').mockImplementation(async (view, stretch) => {
      if (view === 'all') throw new Error('too slow');
      return entries(view, stretch);
    });
    hooks.settings.pause = 10;
    await hooks.make({ url: `${receiver.url}?one`, audience: 'all' });
    await buildPerson(accord);
    await hooks.make({ url: `${receiver.url}?other` });
    await buildPerson(accord);
    await receiver.until(1);
    expect(come('other')).toHaveLength(1);
    reading.mockRestore();
    await receiver.until(3);
    expect(come('one')).toHaveLength(2);
  });

  it('is read in stretches of which each is stored', async () => {
    const merger = await buildMerger(accord);
    const { id } = await hooks.make({ url: receiver.url, mergerIds: [merger.id], enabled: false });
    await buildPeople(5);
    await accord.patch(`/v1/mergers/${merger.id}`, { title: 'Another title' });
    hooks.settings.stretch = 2;
    const reading = jest.spyOn(accord.app.get(Feed), 'entries');
    await hooks.patch(id, { enabled: true });
    await receiver.until(1);
    const lengths = reading.mock.calls.map(([, { after, until }]) => (until ?? Infinity) - after);
    expect(Math.max(...lengths)).toBe(2);
  });
});

describe('what is over', () => {
  it('is forgotten to its end, so much at once', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    await buildPeople(5);
    await hooks.until(id, (all) => all.filter(({ state }) => state === 'delivered').length === 5);
    Object.assign(hooks.settings, { sweep: 0, sweptAtOnce: 2 });
    hooks.setInstant(at(8 * DAY));
    expect(await hooks.until(id, (all) => all.length === 0)).toEqual([]);
  });

  it('goes with its webhook, so much at once, while nothing is sent', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    await buildPeople(5);
    await receiver.until(5);
    await hooks.settled();
    hooks.settings.sweptAtOnce = 2;
    const { beside } = accord.database;
    const seen: (readonly [boolean, number])[] = [];
    const besides = async (...asked: Parameters<typeof beside>): Promise<readonly object[]> => {
      const { enabled } = await hooks.read(id);
      const rows = await beside(...asked);
      seen.push([enabled, rows.length]);
      return rows;
    };
    jest.spyOn(accord.database, 'beside').mockImplementation(besides);
    await hooks.remove(id);
    expect(seen).toEqual([
      [false, 2],
      [false, 2],
      [false, 1],
    ]);
    expectProblem(await hooks.send('GET', `/v1/webhooks/${id}`), [404, 'not_found']);
  });

  it('is erased of a secret: at once without an overlap, else when that has passed', async () => {
    const { id } = await hooks.make({ url: receiver.url });
    const isKept = async (): Promise<boolean> => {
      const [row] = await accord.database.read<{ kept: boolean }>(
        'SELECT webhook.previous_secret IS NOT NULL AS kept FROM webhooks AS webhook WHERE webhook.id = $1::uuid',
        [id],
      );
      return row?.kept === true;
    };
    await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours: 1 });
    expect(await isKept()).toBe(true);
    hooks.settings.sweep = 0;
    hooks.setInstant(at(3_600_000));
    for (const until = Date.now() + 30_000; (await isKept()) && Date.now() < until;);
    expect(await hooks.read(id)).toMatchObject({ previousUntil: null });
    await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours: 1 });
    await hooks.send('POST', `/v1/webhooks/${id}/secrets`, { overlapHours: 0 });
    expect(await isKept()).toBe(false);
  });
});
