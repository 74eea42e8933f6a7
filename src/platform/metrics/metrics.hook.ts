import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';
import type { Metrics } from './metrics.js';

// What a request may call its method is its sender's choice; what we keep of it is not.
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT'];

/** Measures every request that reaches the router; of a stream, which lasts as long as somebody listens, it counts the end. */
export function addMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    measure(metrics, request, reply, reply.elapsedTime);
    done();
  });
}

/** Measures a request that no hook sees, once its answer is sent. */
export function measureUnroutable(
  metrics: Metrics,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const since = performance.now();
  reply.raw.once('finish', () => {
    measure(metrics, request, reply, performance.now() - since);
  });
}

function measure(
  metrics: Metrics,
  request: KnownRequest,
  reply: FastifyReply,
  milliseconds: number,
): void {
  const method = METHODS.includes(request.method) ? request.method : 'other';
  const route = request.routeOptions.url ?? 'none';
  const answered = { method, route, status: reply.statusCode };
  if (request.isStream === true) metrics.tallyOf(answered).add();
  else metrics.answered(answered, milliseconds / 1_000);
}
