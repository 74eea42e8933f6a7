import type { FastifyInstance } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';

/** Says of an answer that it was given before: the request was not done again. */
export function markReplays(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request: KnownRequest, reply, payload, done) => {
    if (request.isReplayed === true) void reply.header('idempotent-replayed', 'true');
    done(null, payload);
  });
}
