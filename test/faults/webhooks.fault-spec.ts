import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell, wholeFrom } from '../support/environment.js';
import { forgetDeliveries } from '../support/faults/kept.db.js';
import { World } from '../support/faults/world.js';
import { Writer } from '../support/faults/writer.js';
import { chanceOf } from '../support/fuzz/chance.js';
import { inShort, type Change } from '../support/feed.js';
import { Receiver, verified } from '../support/receiver.js';
import { SERVICE_KEY, serviceFolder } from '../support/service/service.js';

const SEED = wholeFrom('ACCORD_FAULTS_SEED', 20221228);
// Shows that the test can fail: what is on its way is forgotten after each kill.
const BROKEN = process.env['ACCORD_FAULTS_BREAK'] === 'deliveries';

const KILLS = 10;
const WRITERS = 4;
const PREFIX = 'told';
/** What was being sent when the service was killed is sent when its lease is over; in milliseconds, with some to spare. */
const LONGEST_WAIT = 90_000;

const chance = chanceOf(SEED);

describe('a webhook, while the service is killed between feed and delivery', () => {
  const world = new World(serviceFolder('webhooks'), {
    ACCORD_WEBHOOK_HTTP: 'on',
    ACCORD_WEBHOOK_NETWORKS: 'loopback',
  });
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.open();
    await world.serving();
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    await world.cluster.remove();
    await receiver.close();
  }, 120_000);

  it(
    'is told of every acknowledged change at least once, under one id, and of nothing else',
    async () => {
      tell(`ACCORD_FAULTS_SEED=${String(SEED)}`);
      const { id, secret, cursor } = await makeWebhook();
      // Slow now and then, so that kills find messages under way, answered or not.
      receiver.answer = (response) => {
        setTimeout(
          () => {
            response.writeHead(chance.sometimes(0.02) ? 500 : 204).end();
          },
          chance.whole(0, 40),
        );
      };
      let isOver = false;
      const writers = Array.from(
        { length: WRITERS },
        (_, at) => new Writer(world, `${PREFIX}${String(at + 1)}`),
      );
      const working = Promise.all(writers.map((writer) => writer.write(() => isOver)));
      for (let kill = 1; kill <= KILLS; kill += 1) {
        await sleep(chance.whole(200, 1_500));
        const before = receiver.received.length;
        await world.restart();
        await world.serving();
        if (BROKEN) await forgetDeliveries(world.cluster.databaseUrl);
        tell(`${String(kill)}. kill: ${String(before)} messages before`);
      }
      isOver = true;
      await working;
      await drained(id);
      const { messages, changes } = toldTo(receiver, secret);
      const expected = await feedAfter(cursor);
      tell(
        `${String(receiver.received.length)} messages of ${String(changes.size)} changes, ${String(expected.length)} in the feed`,
      );
      const acknowledged = writers.flatMap(({ people }) => [...people.values()]);
      expect(acknowledged.filter((person) => !changes.has(`${person} 1 create`))).toEqual([]);
      expect([...changes].toSorted()).toEqual(expected.toSorted());
      expect(messages.size).toBe(changes.size);
      expect(world.faults).toEqual([]);
    },
    5 * 60_000,
  );

  async function ask(method: string, path: string, body?: object): Promise<any> {
    const headers = { authorization: `Bearer ${SERVICE_KEY}`, 'content-type': 'application/json' };
    const init = { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const told = await world.ask(method, path, init);
    if (told === null || told.status >= 300)
      throw new Error(`${method} ${path} was answered ${JSON.stringify(told)}`);
    return told.body;
  }

  async function makeWebhook(): Promise<Readonly<Record<'id' | 'secret' | 'cursor', string>>> {
    return ask('POST', '/v1/webhooks', { url: receiver.url, audience: 'all' });
  }

  /** Waits until all is delivered; what was under way at a kill waits for its lease. */
  async function drained(id: string): Promise<void> {
    const until = Date.now() + LONGEST_WAIT;
    while (Date.now() < until) {
      const { pending, cursor } = await ask('GET', `/v1/webhooks/${id}`);
      const { data } = await ask('GET', `/v1/changes?after=${String(cursor)}`);
      if (pending === 0 && data.length === 0) return;
      await sleep(200);
    }
    throw new Error('there is still something on its way');
  }

  /** The feed after a cursor. */
  async function feedAfter(cursor: string): Promise<readonly string[]> {
    const seen: string[] = [];
    for (let after = cursor; ;) {
      const { data, page } = await ask('GET', `/v1/changes?limit=100&after=${after}`);
      if (data.length === 0) return seen;
      seen.push(...(data as Change[]).map(inShort));
      after = String(page.next);
    }
  }
});

/** The ids of the messages and the changes that they tell of, each of them verified. */
function toldTo(
  receiver: Receiver,
  secret: string,
): { readonly messages: ReadonlySet<unknown>; readonly changes: ReadonlySet<string> } {
  const messages = new Set<unknown>();
  const changes = new Set<string>();
  for (const received of receiver.received) {
    verified(received, secret);
    messages.add(received.headers['webhook-id']);
    changes.add(inShort(received.message.data));
  }
  return { messages, changes };
}
