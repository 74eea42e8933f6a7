import type { FastifyInstance } from 'fastify';
import { contentTag, matchesTag } from './etag.js';

/** Every answer to a read has a strong ETag, and a caller who has it already gets 304 and no body. */
export function addConditionalReads(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { method } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string') {
      done(null, payload);
      return;
    }
    const set = reply.getHeader('etag');
    const tag = typeof set === 'string' ? set : contentTag(payload);
    void reply
      .header('etag', tag)
      .header('cache-control', 'no-cache')
      .header('vary', 'Authorization');
    if (!matchesTag(request.headers['if-none-match'], tag)) {
      done(null, payload);
      return;
    }
    void reply.code(304).removeHeader('content-length').removeHeader('content-type');
    // Of a HEAD, Fastify takes the length from the payload and sends none of it.
    done(null, method === 'HEAD' ? payload : null);
  });
}
