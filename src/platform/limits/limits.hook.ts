import type { FastifyInstance } from 'fastify';
import type { Limits } from './limits.js';

/** Asked by those who look after the service, and never counted. */
const UNCOUNTED = ['/livez', '/readyz'];

/** Counts every request that reaches the server, whatever is at its address; preflights are answered before. */
export function addLimits(fastify: FastifyInstance, limits: Limits): void {
  if (!limits.areSet) return;
  fastify.addHook('onRequest', async (request, reply) => {
    if (UNCOUNTED.includes(request.routeOptions.url ?? '')) return;
    void reply.headers(await limits.admit(request));
  });
}
