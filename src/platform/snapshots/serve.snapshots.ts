/**
 * Answers that are kept are given before Fastify and Nest see the request: by its exact address, and only if nothing about
 * it is out of the ordinary. Whatever else comes is theirs, and they give the same answer.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/authenticator.js';
import { noteLast } from '../http/last.request.js';
import { limitTaking, type ServerLimits } from '../http/server.limits.js';
import type { Head } from './head.js';
import type { Snapshot, Sent } from './snapshot.js';
import type { Snapshots } from './snapshots.js';
import { Makings } from './makings.js';

/** Counts what is answered from what is kept, and what had to be made. */
export interface SnapshotCounts {
  /** One that holds was given. */
  hit(): void;
  miss(): void;
  /** One was given of which nobody knows whether it holds. */
  stale(): void;
  /** One was given before anybody else could count it. */
  given(route: string, method: 'GET' | 'HEAD', status: number): void;
}

/** What is needed to give an answer again. */
export interface Keeping {
  readonly kept: Snapshots;
  readonly head: Head;
  readonly authenticator: Authenticator;
  readonly makings: Makings;
  readonly counts: SnapshotCounts;
  readonly limits: ServerLimits;
  /** Whether the service is being stopped. */
  readonly isClosing: () => boolean;
}

/** How often the ledger is asked for an answer: by then it has come, or the database is known to be away. */
const MOST_QUESTIONS = 6;

/** Who was refused within so long, in milliseconds, need not wait to know that others will be. */
const AT_ONCE = 100;

/** Puts the kept answers before what the server does with a request; nothing more once it is closing. */
export function serveSnapshots(server: Server, keeping: Keeping): void {
  const passes = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners('request');
  const passOn = (request: IncomingMessage, response: ServerResponse): void => {
    for (const each of passes) each.call(server, request, response);
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const asked = keeping.isClosing() ? undefined : askedOf(request, keeping.authenticator);
    if (asked === undefined) {
      passOn(request, response);
      return;
    }
    const answer = keeping.kept.holding(asked.address);
    if (answer === undefined) {
      noteLast(request, response);
      void answerLater({ request, response, asked, passOn }, keeping);
    } else {
      giveHeld(response, asked, answer, keeping);
    }
  });
}

/** Where an answer is kept: those of key holders apart. */
export function addressFor(isReader: boolean, url: string): string {
  return isReader ? url : `*${url}`;
}

interface Asked {
  readonly address: string;
  readonly isHead: boolean;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: Asked;
  readonly passOn: (request: IncomingMessage, response: ServerResponse) => void;
}

/** What a plain read asks for; undefined when anything about it is out of the ordinary. */
function askedOf(request: IncomingMessage, authenticator: Authenticator): Asked | undefined {
  const { url = '', method, headers } = request;
  if (!isPlainRead(request) || headers.host === undefined) return undefined;
  const { authorization = '' } = headers;
  if (authorization !== '' && !authenticator.knows(authorization)) return undefined;
  return {
    address: addressFor(authorization === '', url),
    isHead: method === 'HEAD',
    // Node joins what comes more than once, as Fastify gets to see it.
    acceptEncoding: headers['accept-encoding'],
    ifNoneMatch: headers['if-none-match'],
  };
}

function isPlainRead({ method, url = '', httpVersionMinor, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    url.startsWith('/v1/') &&
    httpVersionMinor === 1 &&
    headers.expect === undefined &&
    headers.upgrade === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/** Asks the ledger, or waits for who is making the same answer; else it is made, and whoever asks meanwhile waits. */
async function answerLater(exchange: Exchange, keeping: Keeping): Promise<void> {
  const { request, response, asked, passOn } = exchange;
  const isGone = (): boolean => response.closed;
  const known = await knowledgeFor(exchange, keeping);
  if (known === 'answered' || isGone()) return;
  const answer = known === 'known' ? await answerOf(exchange, keeping) : undefined;
  if (isGone()) return;
  if (answer === undefined) {
    passOn(request, response);
    return;
  }
  if (keeping.isClosing()) response.setHeader('connection', 'close');
  giveHeld(response, asked, answer, keeping);
}

/**
 * The answer that is kept, or that somebody else makes; undefined: one makes it oneself. What began to be made after a request
 * came is its answer, whatever changes until it is made, so that nobody waits for more than two.
 */
async function answerOf(
  { request, response, asked: { address } }: Exchange,
  { kept, head, makings }: Keeping,
): Promise<Snapshot | undefined> {
  const came = head.touches.tick;
  while (!response.closed) {
    const making = makings.at(address);
    if (making === undefined) {
      const held = kept.justConfirmed(address);
      if (held === undefined) makings.begin(address, request, response);
      return held;
    }
    const made = await making;
    // What is not kept, each makes by itself.
    if (made === undefined || kept.isSince(made, came)) return made;
  }
  return undefined;
}

/**
 * Has the ledger asked, if something is kept about which it is not known whether it holds; or if this instance has committed
 * something since: an answer that was made before that is known would be made once more.
 */
async function knowledgeFor(
  exchange: Exchange,
  keeping: Keeping,
): Promise<'known' | 'none' | 'answered'> {
  const { kept, head } = keeping;
  if (head.isConfirmed()) return 'known';
  // After a commit of one's own the ledger is asked at once, whoever reads.
  if (head.hasCommitted() && head.isHeard()) await head.answered();
  if (head.isConfirmed()) return 'known';
  if (!head.hasCommitted() && !kept.knows(exchange.asked.address)) return 'known';
  if (await isAnswered(head)) return 'known';
  return head.isAway() && giveStale(exchange, keeping) ? 'answered' : 'none';
}

/** Asks the ledger until it answers, or nobody knows. */
async function isAnswered(head: Head): Promise<boolean> {
  for (let question = 0; question < MOST_QUESTIONS && !head.isAway(); question += 1) {
    const since = performance.now();
    // By the listener it may be known as well.
    if ((await head.confirm()) || head.isConfirmed()) return true;
    // Where there is no answer at all, an answer that is made would come no sooner than the pool gives up.
    if (performance.now() - since < AT_ONCE) return false;
  }
  return false;
}

function giveStale({ response, asked }: Exchange, { kept, counts, limits }: Keeping): boolean {
  const stale = kept.stale(asked.address);
  if (stale === undefined) return false;
  const sent = stale.answer.answer(asked.acceptEncoding, asked.ifNoneMatch);
  const withRequestId = ['age', String(stale.age), ...sent.withRequestId];
  limitTaking(response, sent.body?.length ?? 0, limits);
  give(response, asked, { ...sent, withRequestId });
  counts.stale();
  counts.given(stale.answer.route, asked.isHead ? 'HEAD' : 'GET', sent.status);
  return true;
}

function giveHeld(
  response: ServerResponse,
  asked: Asked,
  answer: Snapshot,
  { counts, limits }: Keeping,
): void {
  const sent = answer.answer(asked.acceptEncoding, asked.ifNoneMatch);
  limitTaking(response, sent.body?.length ?? 0, limits);
  give(response, asked, sent);
  counts.hit();
  counts.given(answer.route, asked.isHead ? 'HEAD' : 'GET', sent.status);
}

/** Told from others by what this process begins with, and from each other by their number: no random bytes for each. */
const PROCESS = randomUUID().slice(0, 23);
let answers = 0;

function give(
  response: ServerResponse,
  { isHead }: Asked,
  { status, withRequestId, body }: Sent,
): void {
  answers += 1;
  // Node writes the headers at once, and keeps nothing of the array.
  withRequestId[withRequestId.length - 1] = `${PROCESS}-${answers.toString(16).padStart(12, '0')}`;
  response.writeHead(status, withRequestId);
  response.end(isHead ? null : body);
}
