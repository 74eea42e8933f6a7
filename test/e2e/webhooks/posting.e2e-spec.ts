import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { addressJudge } from '../../../src/features/webhooks/addresses.js';
import { post, type Posted } from '../../../src/features/webhooks/posting.js';
import type { Resolve } from '../../../src/features/webhooks/webhooks.settings.js';
import { Receiver } from '../../support/receiver.js';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());
afterEach(() => {
  receiver.forget();
});

const nowhere: Resolve = () => Promise.reject(new Error('no name is looked up here'));

interface World {
  readonly networks?: readonly string[];
  readonly resolve?: Resolve;
  readonly timeout?: number;
  readonly stop?: AbortSignal;
}

function posted(url: string, world: World = {}): Promise<Posted> {
  const { networks = ['loopback'], resolve = nowhere, timeout = 10_000 } = world;
  const { stop = new AbortController().signal } = world;
  const posting = { url, headers: { 'webhook-id': 'msg_1' }, body: '{"type":"record.changed"}' };
  return post(posting, { allows: addressJudge(networks), resolve, timeout }, stop);
}

const refused = { status: null, failure: 'address_refused' };

describe('a message', () => {
  it('is posted as it is, with its headers and nothing of a proxy', async () => {
    expect(await posted(receiver.url)).toMatchObject({ status: 204, failure: null });
    expect(receiver.received).toMatchObject([
      {
        path: '/hook',
        body: '{"type":"record.changed"}',
        headers: { 'webhook-id': 'msg_1', 'content-length': '25', connection: 'close' },
      },
    ]);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
    receiver.answer = (response) => {
      response.writeHead(status, { location: `${receiver.url}/elsewhere` }).end();
    };
    expect(await posted(receiver.url)).toMatchObject({ status, failure: 'status' });
    expect(receiver.received).toHaveLength(1);
  });

  it('tells what the receiver asks for', async () => {
    receiver.answer = (response) => {
      response
        .writeHead(503, { 'retry-after': '120', date: 'Wed, 21 Oct 2015 07:28:00 GMT' })
        .end();
    };
    expect(await posted(receiver.url)).toEqual({
      status: 503,
      failure: 'status',
      retryAfter: '120',
      date: 'Wed, 21 Oct 2015 07:28:00 GMT',
    });
  });

  it('waits no longer for an answer than it may', async () => {
    receiver.answer = () => undefined;
    expect(await posted(receiver.url, { timeout: 100 })).toMatchObject({
      status: null,
      failure: 'timeout',
    });
  });

  it('waits no longer for a name than it may', async () => {
    const resolve: Resolve = () => Promise.withResolvers<never>().promise;
    expect(await posted('http://slow.example/', { resolve, timeout: 50 })).toMatchObject({
      status: null,
      failure: 'timeout',
    });
  });

  it('waits no longer for the end of an answer than it may: it was taken', async () => {
    receiver.answer = (response) => {
      response.writeHead(200).write('and');
    };
    expect(await posted(receiver.url, { timeout: 300 })).toMatchObject({
      status: 200,
      failure: null,
    });
  });

  it('reads a little of an answer and no more', async () => {
    let written = 0;
    const ended = Promise.withResolvers<undefined>();
    receiver.answer = (response) => {
      response.writeHead(200);
      response.once('close', () => {
        ended.resolve(undefined);
      });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect(await posted(receiver.url)).toMatchObject({ status: 200, failure: null });
    await ended.promise;
    // What the system holds between the two counts as written.
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it('is given up when nobody waits for it any more', async () => {
    const stopping = new AbortController();
    receiver.answer = () => {
      stopping.abort();
    };
    await expect(posted(receiver.url, { stop: stopping.signal })).rejects.toThrow(/abort/);
  });

  it('finds nobody at a closed port', async () => {
    const closed = await Receiver.open();
    const { url } = closed;
    await closed.close();
    expect(await posted(url)).toMatchObject({ status: null, failure: 'connection' });
  });

  it('finds no name', async () => {
    expect(await posted('http://none.example/')).toMatchObject({
      status: null,
      failure: 'unresolved',
    });
  });

  it.each([
    ['that is no HTTP', 'http:', 'hello\r\n\r\n', 'connection'],
    ['without end', 'http:', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}`, 'connection'],
    ['that is no TLS', 'https:', 'hello\r\n\r\n', 'tls'],
  ])('takes no answer %s', async (_, scheme, text, failure) => {
    const [server, port] = await babbler(text);
    expect(await posted(`${scheme}//127.0.0.1:${String(port)}/`)).toMatchObject({
      status: null,
      failure,
    });
    server.close();
  });
});

/** A server that answers whatever comes with a text. */
async function babbler(text: string): Promise<readonly [Server, number]> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return [server, typeof address === 'string' || address === null ? 0 : address.port];
}

describe('an address', () => {
  const urlOf = (host: string): string => `http://${host}:${String(receiver.port)}/hook`;

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, short', '127.1'],
    ['loopback, as a number', '2130706433'],
    ['loopback, in octal', '0177.0.0.1'],
    ['loopback, in hexadecimal', '0x7f000001'],
    ['loopback, with a dot', '127.0.0.1.'],
    ['loopback, in wide digits', '１２７.０.０.１'],
    ['loopback, mapped', '[::ffff:127.0.0.1]'],
    ['loopback, mapped, in hexadecimal', '[::ffff:7f00:1]'],
    ['loopback of IPv6', '[::1]'],
    ['this host', '0.0.0.0'],
    ['metadata', '169.254.169.254'],
  ])('that is closed is not connected to: %s', async (_, host) => {
    const before = receiver.connections;
    expect(await posted(urlOf(host), { networks: [] })).toMatchObject(refused);
    expect(receiver.connections).toBe(before);
  });

  it.each([
    ['to which a name leads', ['127.0.0.1']],
    ['among others', ['8.8.8.8', '127.0.0.1']],
    ['that is mapped', ['::ffff:127.0.0.1']],
    ['that is mapped, in hexadecimal', ['::ffff:7f00:1']],
    ['of the metadata', ['169.254.169.254']],
  ])('that is closed is not connected to: one %s', async (_, addresses) => {
    const before = receiver.connections;
    const resolve: Resolve = () => Promise.resolve(addresses.map(withFamily));
    expect(await posted(urlOf('rebound.example'), { networks: [], resolve })).toMatchObject(
      refused,
    );
    expect(receiver.connections).toBe(before);
  });

  it('is looked up once, and the one that was judged is connected to: names that change gain nothing', async () => {
    const secret = await Receiver.open('127.0.0.2', receiver.port);
    const answers = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']];
    let asked = 0;
    const resolve: Resolve = () => {
      asked += 1;
      return Promise.resolve((answers.shift() ?? []).map(withFamily));
    };
    const world = { networks: ['127.0.0.1'], resolve };
    expect(await posted(urlOf('rebound.example'), world)).toMatchObject({ status: 204 });
    expect([asked, receiver.received.length]).toEqual([1, 1]);
    expect(receiver.received[0]?.headers.host).toBe(`rebound.example:${String(receiver.port)}`);
    expect(await posted(urlOf('rebound.example'), world)).toMatchObject(refused);
    expect(secret.connections).toBe(0);
    await secret.close();
  });
});

function withFamily(address: string): { readonly address: string; readonly family: number } {
  return { address, family: address.includes(':') ? 6 : 4 };
}
