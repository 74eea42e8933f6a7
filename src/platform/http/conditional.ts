import type { FastifyInstance } from 'fastify';
import { contentTag, matchesTag } from './etag.js';

/** Every answer to a read has a strong ETag, and a caller who has it already gets 304 and no body. */
export function addConditionalReads(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (
      !['GET', 'HEAD'].includes(request.method) ||
      reply.statusCode !== 200 ||
      typeof payload !== 'string'
    ) {
      return payload;
    }
    const set = reply.getHeader('etag');
    const tag = typeof set === 'string' ? set : contentTag(payload);
    void reply
      .header('etag', tag)
      .header('cache-control', 'no-cache')
      .header('vary', 'Authorization');
    if (!matchesTag(request.headers['if-none-match'], tag)) return payload;
    void reply.code(304).removeHeader('content-length').removeHeader('content-type');
    // Of a HEAD, Fastify takes the length from the payload and sends none of it.
    return request.method === 'HEAD' ? payload : null;
  });
}
