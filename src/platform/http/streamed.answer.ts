import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';

/**
 * Begins an answer that is sent bit by bit: with the headers that every answer has, past what waits for an answer's end. Of a HEAD
 * it is over with them.
 *
 * @returns null when there is nobody who listens
 */
export function beginAnswer(
  reply: FastifyReply,
  headers: OutgoingHttpHeaders,
): ServerResponse | null {
  const { raw, request } = reply;
  const all: OutgoingHttpHeaders = {
    ...Object.fromEntries(Object.entries(reply.getHeaders())),
    'cache-control': 'no-store',
    vary: 'Authorization',
    ...headers,
  };
  (request as KnownRequest).isStream = true;
  reply.hijack();
  if (raw.destroyed) return null;
  raw.writeHead(200, all);
  if (request.method !== 'HEAD') return raw;
  raw.end();
  return null;
}

/** Over when what was sent is on its way, or the client gone. */
export async function drained(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
