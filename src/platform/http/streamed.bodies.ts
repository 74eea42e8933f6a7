import type { FastifyInstance } from 'fastify';
import type { Readable } from 'node:stream';
import type { KnownRequest } from '../auth/caller.js';

/** The configuration of a route whose body is read bit by bit, by whoever answers it, whatever its type and its size. */
export const STREAMED = { streamed: true } as const;

const STREAMED_TYPE = 'application/x-accord-streamed';

/** Leaves the bodies of some routes unread; they are with the request, as `streamed`. */
export function addStreamedBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _, payload, done) => {
    if ('streamed' in request.routeOptions.config)
      request.raw.headers['content-type'] = STREAMED_TYPE;
    done(null, payload);
  });
  fastify.addContentTypeParser(STREAMED_TYPE, (request, payload, done) => {
    (request as KnownRequest).streamed = payload as unknown as Readable;
    done(null, undefined);
  });
}
