import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';
import type { Sent } from '../snapshots/snapshot.js';
import { addressFor, type Keeping } from '../snapshots/serve.snapshots.js';
import { contentTag, matchesTag } from './etag.js';

/** How answers to reads are to be asked for again. */
export interface Polling {
  /** How long a dashboard should wait before it asks again, in seconds. */
  readonly pollInterval: number;
}

/** Headers that belong to one exchange, not to what is answered. */
const OF_THE_EXCHANGE: ReadonlySet<string> = new Set([
  'age',
  'connection',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'ratelimit',
  'ratelimit-policy',
  'x-request-id',
]);

/**
 * Every answer to a read has a strong ETag, and a caller who has it already gets 304 and no body. What may be given again is
 * kept; what cannot be made because the database is away is given out of date, with its age, if it was kept.
 */
export function addConditionalReads(
  fastify: FastifyInstance,
  keeping: Keeping,
  { pollInterval }: Polling,
): void {
  fastify.addHook('onRequest', (request: KnownRequest, _, done) => {
    request.made = keeping.head.touches.tick;
    done();
  });
  fastify.addHook('onSend', (request: KnownRequest, reply, payload, done) => {
    const isRead = ['GET', 'HEAD'].includes(request.method);
    const sent = isRead
      ? answerRead(request, reply, payload, { ...keeping, pollInterval })
      : payload;
    keeping.makings.end(request.raw, undefined);
    done(null, sent);
  });
}

/** What is sent of an answer to a read. */
function answerRead(
  request: KnownRequest,
  reply: FastifyReply,
  payload: unknown,
  keeping: Keeping & Polling,
): unknown {
  if (reply.statusCode === 503) return staleInstead(request, reply, keeping) ?? payload;
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const set = reply.getHeader('etag');
  const tag = typeof set === 'string' ? set : contentTag(payload);
  const isReader = isByReader(request);
  void reply
    .header('etag', tag)
    .header('cache-control', cacheControl(isReader, request.keep !== undefined))
    .header('vary', request.keep ? 'Authorization, Accept-Encoding' : 'Authorization')
    .header('x-poll-interval', String(keeping.pollInterval));
  if (request.keep) return kept(request, reply, { keeping, tag, payload, isReader });
  return matchesTag(request.headers['if-none-match'], tag) ? unchanged(request, reply) : payload;
}

function isByReader({ caller }: KnownRequest): boolean {
  return caller === undefined || caller.role === 'reader';
}

function unchanged(request: KnownRequest, reply: FastifyReply): Readable | null {
  void reply.code(304).removeHeader('content-length').removeHeader('content-type');
  // Of a HEAD, Fastify takes the length from the payload, unless it is a stream, and cannot do without one.
  return request.method === 'HEAD' ? Readable.from([]) : null;
}

/** A shared cache may hold what is kept for a second; with our own that is as old as anything gets. */
function cacheControl(isReader: boolean, isKept: boolean): string {
  if (!isReader) return 'private, no-cache';
  return isKept ? 'public, max-age=0, s-maxage=1' : 'public, no-cache';
}

interface Made {
  readonly keeping: Keeping;
  readonly tag: string;
  readonly payload: string;
  readonly isReader: boolean;
}

function kept(
  request: KnownRequest,
  reply: FastifyReply,
  { keeping, tag, payload, isReader }: Made,
): Buffer | Readable | null {
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    OF_THE_EXCHANGE.has(name) ? [] : [name, String(value)],
  );
  const address = addressFor(isReader, request.url);
  const route = request.routeOptions.url ?? 'none';
  const since = reply.elapsedTime;
  const basis = { scope: null, span: null, ...request.keep, made: request.made ?? 0, since };
  const answer = keeping.kept.keep(address, basis, {
    body: payload,
    tag,
    headers,
    route,
  });
  keeping.makings.end(request.raw, answer);
  keeping.counts.miss();
  const { headers: asked } = request;
  return send(request, reply, answer.answer(acceptEncodingOf(request), asked['if-none-match']));
}

/** The kept answer in the place of a 503, if it is not too old. Not while the service stops: whoever asks is to go elsewhere. */
function staleInstead(
  request: KnownRequest,
  reply: FastifyReply,
  { kept: answers, counts, isClosing }: Keeping,
): Buffer | Readable | null | undefined {
  if (isClosing()) return undefined;
  // An empty header is none, to the guard as well; who sends a key of which nothing is known gets nothing.
  const isReader = (request.headers.authorization ?? '') === '';
  if (!isReader && request.caller === undefined) return undefined;
  const stale = answers.stale(addressFor(isReader, request.url));
  if (stale === undefined) return undefined;
  counts.stale();
  void reply.removeHeader('retry-after').removeHeader('content-type').code(200);
  void reply.header('age', String(stale.age));
  return send(
    request,
    reply,
    stale.answer.answer(acceptEncodingOf(request), request.headers['if-none-match']),
  );
}

function send(request: KnownRequest, reply: FastifyReply, sent: Sent): Buffer | Readable | null {
  for (let at = 0; at < sent.headers.length; at += 2) {
    const [name = '', value = ''] = sent.headers.slice(at, at + 2);
    if (name !== 'content-length') void reply.header(name, value);
  }
  return sent.status === 200 ? sent.body : unchanged(request, reply);
}

function acceptEncodingOf(request: KnownRequest): string | undefined {
  const accepted: string | string[] | undefined = request.headers['accept-encoding'];
  return Array.isArray(accepted) ? accepted.join(', ') : accepted;
}
