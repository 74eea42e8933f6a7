import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import type { KnownRequest } from '../auth/caller.js';

/** The configuration of a route whose body is read bit by bit, by whoever answers it, whatever its type and its size. */
export const STREAMED = { streamed: true } as const;

const STREAMED_TYPE = 'application/x-accord-streamed';

/** The connections on which such a body is on its way. */
const STREAMING = new WeakSet<Socket>();

/** Whether a body is read bit by bit on this connection: it may take longer than others. */
export function isStreaming(socket: Socket): boolean {
  return STREAMING.has(socket);
}

/** Leaves the bodies of some routes unread; they are with the request, as `streamed`. */
export function addStreamedBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _, payload, done) => {
    if ('streamed' in request.routeOptions.config)
      request.raw.headers['content-type'] = STREAMED_TYPE;
    done(null, payload);
  });
  fastify.addContentTypeParser(STREAMED_TYPE, (request, payload, done) => {
    (request as KnownRequest).streamed = payload;
    const { socket } = request.raw;
    STREAMING.add(socket);
    request.raw.once('close', () => STREAMING.delete(socket));
    done(null, undefined);
  });
}
