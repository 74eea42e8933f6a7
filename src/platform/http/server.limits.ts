import type { FastifyInstance } from 'fastify';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';

/** How long a client may take for what, in milliseconds, and how many there may be. */
export interface ServerLimits {
  /** From the connection, or the first byte of a request, to the end of its head. */
  readonly head: number;
  /** To the end of its body. */
  readonly request: number;
  /** Between an answer and the next request. Longer than the minute after which proxies give up: they, not we, end it. */
  readonly keepAlive: number;
  /** Without a byte in either direction while an answer is due or being sent. Longer than any request takes here. */
  readonly silence: number;
  /** To take an answer that is too large to be handed to the system at once. */
  readonly taking: number;
  /** How often heads and requests are looked after. */
  readonly check: number;
  /** Connections at a time; further ones are broken off. */
  readonly connections: number;
}

export const SERVER_LIMITS: ServerLimits = {
  head: 10_000,
  request: 60_000,
  keepAlive: 72_000,
  silence: 60_000,
  taking: 120_000,
  check: 2_000,
  connections: 10_000,
};

/** Below it, the system takes an answer whole, whether or not the client reads. In bytes. */
const LARGE = 64 * 1024;

/** The server of the service: who is too slow is cut off, with a 408 while an answer can still be sent. */
export function createBoundServer(limits: ServerLimits, handler: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: limits.head,
      requestTimeout: limits.request,
      keepAliveTimeout: limits.keepAlive,
      connectionsCheckingInterval: limits.check,
      // We refuse a request without a host ourselves, with a problem.
      requireHostHeader: false,
    },
    handler,
  );
  server.setTimeout(limits.silence);
  server.maxConnections = limits.connections;
  return server;
}

/** Cuts off whoever takes a large answer bit by bit, so slowly that it is never silent. */
export function addAnswerLimit(fastify: FastifyInstance, limits: ServerLimits): void {
  fastify.addHook('onSend', (_, reply, payload, done) => {
    const isSmall = payload === null || (typeof payload === 'string' && payload.length * 3 < LARGE);
    limitTaking(reply.raw, isSmall ? 0 : LARGE, limits);
    done();
  });
}

/** Breaks the connection of an answer of so many bytes, if it is large, that is not taken in time. */
export function limitTaking(response: ServerResponse, bytes: number, limits: ServerLimits): void {
  if (bytes < LARGE) return;
  const late = setTimeout(() => response.destroy(), limits.taking);
  response.once('close', () => {
    clearTimeout(late);
  });
}
