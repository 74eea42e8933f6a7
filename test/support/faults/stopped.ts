import { once } from 'node:events';
import { request, Agent } from 'node:http';
import { SERVICE_KEY } from '../service/service.js';
import { openWire, requestText, type Wire } from '../sockets.js';

/** What became of a write, as its sender saw it: acknowledged, refused, or the connection did not bring an answer. */
export interface Fate {
  readonly name: string;
  readonly status: number | null;
  /** What the answer says of its connection; without an answer, what became of that. */
  readonly connection: string | undefined;
}

/** Somebody who records people, one after the other, until the service takes no more. */
export async function recordUntilRefused(url: string, prefix: string): Promise<readonly Fate[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const fates: Fate[] = [];
  for (let turn = 1; fates.at(-1)?.status === 201 || turn === 1; turn += 1)
    fates.push(await record(url, `${prefix}-${String(turn)}`, agent));
  agent.destroy();
  return fates;
}

/** Somebody who asks for many answers and reads none of them. */
export function readNothing(url: string, path: string): Wire {
  const wire = openWire(url, requestText(`GET ${path}`).repeat(60), { reads: false });
  wire.socket.pause();
  return wire;
}

/** Somebody who follows the stream: when it begins, when the first change is told, and all that was received in the end. */
export function follow(url: string): {
  readonly begun: Promise<unknown>;
  readonly told: Promise<unknown>;
  readonly received: Promise<string>;
} {
  const { socket, received } = openWire(url, requestText('GET /v1/stream'));
  const told = Promise.withResolvers<undefined>();
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('event: change')) told.resolve(undefined);
  });
  return { begun: once(socket, 'data'), told: told.promise, received };
}

function record(url: string, name: string, agent: Agent): Promise<Fate> {
  const body = JSON.stringify({ name });
  const headers = {
    authorization: `Bearer ${SERVICE_KEY}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/people`, { method: 'POST', headers, agent }, (answer) => {
      const { statusCode: status = null, headers: told } = answer;
      answer.resume();
      answer.on('end', () => {
        resolve({ name, status, connection: told.connection });
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ name, status: null, connection: error.code });
    });
    sent.end(body);
  });
}
