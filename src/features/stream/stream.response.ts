import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { KnownRequest } from '../../platform/auth/caller.js';

/**
 * Begins an answer that goes on: with the headers that every answer has, past what waits for an answer's end. Of a HEAD it is
 * over with them.
 *
 * @returns null when there is nobody who listens
 */
export function beginStream(reply: FastifyReply, bytes: Buffer): ServerResponse | null {
  const { raw, request } = reply;
  const headers: OutgoingHttpHeaders = {
    ...Object.fromEntries(Object.entries(reply.getHeaders())),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    vary: 'Authorization',
    // Of nginx: what is sent is passed on at once.
    'x-accel-buffering': 'no',
  };
  (request as KnownRequest).isStream = true;
  reply.hijack();
  if (raw.destroyed) return null;
  raw.writeHead(200, headers);
  if (request.method === 'HEAD') {
    raw.end();
    return null;
  }
  raw.write(bytes);
  return raw;
}
