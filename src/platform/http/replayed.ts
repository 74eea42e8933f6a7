import type { FastifyInstance } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';

/** Says of an answer that it was given before: the request was not done again. */
export function markReplays(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request: KnownRequest, reply) => {
    if (request.isReplayed === true) void reply.header('idempotent-replayed', 'true');
  });
}
