/** Nonsense for a running service: requests made from its own document, and a judgement of every answer. */
import { readContract } from '../contract.js';
import { chanceOf } from './chance.js';
import type { Role } from './draft.js';
import { parsed } from './judge.js';
import type { Ledger } from './ledger.db.js';
import { emptyPool } from './pool.js';
import { makeRequest, type FuzzRequest } from './requests.js';
import type { Maker } from './sound.js';
import { surfaceOf } from './surface.js';
import { Verdict, type Exchange } from './verdict.js';
import { openLane, type Lane } from './wire.js';

/** Whom to ask, with which key, and how much. */
export interface FuzzPlan {
  readonly url: string;
  readonly adminKey: string;
  readonly ledger: Ledger;
  readonly seed: number;
  readonly count: number;
  /** Told after every batch how many requests there were. */
  readonly onBatch?: (sent: number) => Promise<void>;
}

export interface FuzzResult {
  /** Each with the request, so that it can be repeated. */
  readonly faults: readonly string[];
  /** In a line: how often each status was answered. */
  readonly summary: string;
  /** The operations of the document that were never answered with success. */
  readonly unreached: readonly string[];
  readonly revisions: number;
}

// Fewer than the service has connections to its database: nobody is refused for want of one.
const LANES = 8;
const BATCH = 200;
const ENOUGH_FAULTS = 10;

/** Sends it all and judges it. Ends early once there are ten faults. */
export async function fuzz(plan: FuzzPlan): Promise<FuzzResult> {
  const { url, adminKey, ledger, seed, count } = plan;
  const contract = readContract(await (await fetch(`${url}/v1/openapi.json`)).text());
  const editor = await askForKey(url, adminKey);
  const keys = await keyIds(url, adminKey);
  const surface = surfaceOf(contract);
  const maker: Maker = { surface, pool: emptyPool(new Set(keys)), chance: chanceOf(seed) };
  const { host, hostname, port } = new URL(url);
  const bearing: Record<Role, string> = {
    nobody: '',
    editor,
    admin: adminKey,
    stranger: 'accord_nobody',
  };
  await learnLists(maker, url, adminKey);
  await ledger.written();
  const verdict = new Verdict(contract, ledger, keys.length);
  const lanes = Array.from({ length: LANES }, () => openLane(hostname, Number(port)));
  for (let sent = 0; sent < count && verdict.faults.length < ENOUGH_FAULTS;) {
    const size = Math.min(BATCH, count - sent);
    const requests = Array.from({ length: size }, (_, at) =>
      makeRequest(maker, sent + at, { host, keys: bearing }),
    );
    const batch = await exchangeAll(lanes, requests);
    await verdict.take(batch);
    for (const exchange of batch) learn(maker, exchange);
    sent += size;
    await plan.onBatch?.(sent);
  }
  for (const lane of lanes) lane.close();
  return present(verdict, maker);
}

/** Sends a batch over all lanes; the exchanges are in the order of the requests, whichever was answered first. */
async function exchangeAll(
  lanes: readonly Lane[],
  requests: readonly FuzzRequest[],
): Promise<readonly Exchange[]> {
  const waiting = requests.entries();
  const done: Exchange[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const [at, request] of waiting) done[at] = { request, answer: await lane.ask(request) };
    }),
  );
  return done;
}

function learn({ pool, surface }: Maker, { request, answer }: Exchange): void {
  if (typeof answer === 'string' || answer.status >= 300 || answer.text === '') return;
  const etag = answer.headers.get('etag');
  if (etag !== undefined) pool.learn({ etag }, undefined);
  pool.learn(parsed(answer.text), surface.segmentOf(surface.answers(request.operation) ?? ''));
}

/** Learns what is there already, from every list that has no parameter in its address. */
async function learnLists({ pool, surface }: Maker, url: string, adminKey: string): Promise<void> {
  const lists = surface.operations.filter(
    ({ method, path, responses }) =>
      method === 'GET' &&
      /^\/v1\/[^{]+$/.test(path) &&
      responses['200']?.content?.['application/json'] !== undefined,
  );
  for (const operation of lists) {
    const body = await ask(url + operation.path, adminKey);
    pool.learn(body, surface.segmentOf(surface.answers(operation) ?? ''));
  }
}

async function askForKey(url: string, adminKey: string): Promise<string> {
  const body = JSON.stringify({ name: 'the fuzz', role: 'editor' });
  const { key } = (await ask(`${url}/v1/keys`, adminKey, { method: 'POST', body })) as {
    readonly key: string;
  };
  return key;
}

/** The keys that there are, which no request may be made to revoke. */
async function keyIds(url: string, adminKey: string): Promise<readonly string[]> {
  const { data } = (await ask(`${url}/v1/keys?limit=100`, adminKey)) as {
    readonly data: readonly { readonly id: string }[];
  };
  return data.map(({ id }) => id);
}

async function ask(address: string, key: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return (await fetch(address, { ...init, headers })).json();
}

function present(verdict: Verdict, { surface }: Maker): FuzzResult {
  const counts = [...verdict.statuses].sort(([one], [other]) => one - other);
  return {
    faults: verdict.faults,
    summary: counts.map(([status, times]) => `${String(times)} of ${String(status)}`).join(', '),
    unreached: surface.operations
      .filter(({ operationId }) => !verdict.reached.has(operationId))
      .map(({ operationId }) => operationId),
    revisions: verdict.revisions,
  };
}
