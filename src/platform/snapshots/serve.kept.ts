/**
 * Answers that are kept are given before Fastify and Nest see the request: by its exact address, and only if nothing about
 * it is out of the ordinary. Whatever else comes is theirs, and they give the same answer.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/authenticator.js';
import type { Head } from './head.js';
import type { KeptAnswer } from './kept.answer.js';
import type { KeptAnswers } from './kept.answers.js';
import { Makings } from './makings.js';

/** Counts what is answered from what is kept. */
export interface KeptCounts {
  hit(status: number): void;
  stale(): void;
}

/** What is needed to give an answer again. */
export interface Keeping {
  readonly kept: KeptAnswers;
  readonly head: Head;
  readonly authenticator: Authenticator;
  readonly makings: Makings;
  readonly counts: KeptCounts;
}

/** How often one waits for somebody else's answer before one makes one's own. */
const MOST_WAITS = 3;

/** Puts the kept answers before what the server does with a request; nothing more once it is closing. */
export function serveKept(server: Server, keeping: Keeping, isClosing: () => boolean): void {
  const passes = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const pass = (): void => {
      for (const each of passes) each.call(server, request, response);
    };
    const asked = isClosing() ? undefined : askedOf(request, keeping.authenticator);
    if (asked === undefined) {
      pass();
      return;
    }
    const answer = keeping.kept.holding(asked.address);
    if (answer === undefined) void answerLater({ request, response, asked, pass }, keeping);
    else give(response, asked, answer, keeping.counts);
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
  readonly pass: () => void;
}

/** What a plain read asks for; undefined when anything about it is out of the ordinary. */
function askedOf(request: IncomingMessage, authenticator: Authenticator): Asked | undefined {
  const { method, url = '', rawHeaders } = request;
  const isHead = method === 'HEAD';
  if ((method !== 'GET' && !isHead) || !url.startsWith('/v1/')) return undefined;
  if (request.httpVersionMinor !== 1) return undefined;
  let [hosts, authorization, acceptEncoding, ifNoneMatch] = [0, '', '', ''];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1] ?? '';
    switch (rawHeaders[at]?.toLowerCase()) {
      case 'host':
        hosts += 1;
        break;
      case 'authorization':
        if (authorization !== '' || value === '') return undefined;
        authorization = value;
        break;
      case 'accept-encoding':
        if (acceptEncoding !== '') return undefined;
        acceptEncoding = value;
        break;
      case 'if-none-match':
        if (ifNoneMatch !== '') return undefined;
        ifNoneMatch = value;
        break;
      case 'expect':
      case 'upgrade':
      case 'content-length':
      case 'transfer-encoding':
        return undefined;
    }
  }
  if (hosts !== 1) return undefined;
  if (authorization !== '' && !authenticator.knows(authorization)) return undefined;
  return {
    address: addressFor(authorization === '', url),
    isHead,
    acceptEncoding: acceptEncoding === '' ? undefined : acceptEncoding,
    ifNoneMatch: ifNoneMatch === '' ? undefined : ifNoneMatch,
  };
}

/** Asks the ledger, or waits for who is making the same answer; else it is made, and whoever asks meanwhile waits. */
async function answerLater(exchange: Exchange, keeping: Keeping): Promise<void> {
  const { response, asked, pass } = exchange;
  const { kept, head, makings, counts } = keeping;
  for (let wait = 0; wait < MOST_WAITS; wait += 1) {
    if (kept.knows(asked.address) && !head.isConfirmed()) {
      if (head.isAway() && giveStale(exchange, keeping)) return;
      if (!(await head.confirm())) break;
    }
    if (response.destroyed) return;
    const answer = kept.justConfirmed(asked.address);
    if (answer !== undefined) {
      give(response, asked, answer, counts);
      return;
    }
    const making = makings.at(asked.address);
    if (making === undefined) {
      makings.begin(asked.address, exchange.request, response);
      break;
    }
    await making;
    if (response.destroyed) return;
  }
  pass();
}

function giveStale({ response, asked }: Exchange, { kept, counts }: Keeping): boolean {
  const stale = kept.stale(asked.address);
  if (stale === undefined) return false;
  counts.stale();
  give(response, asked, stale.answer, counts, ['age', String(stale.age)]);
  return true;
}

// eslint-disable-next-line max-params -- the hot path makes no object for it
function give(
  response: ServerResponse,
  { acceptEncoding, ifNoneMatch, isHead }: Asked,
  answer: KeptAnswer,
  counts: KeptCounts,
  more: readonly string[] = [],
): void {
  const { status, headers, body } = answer.answer(acceptEncoding, ifNoneMatch);
  response.writeHead(status, [...headers, 'x-request-id', randomUUID(), ...more]);
  response.end(isHead ? null : body);
  counts.hit(status);
}
