import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { beginAnswer } from '../../platform/http/streamed.answer.js';

/**
 * Begins an answer that goes on.
 *
 * @returns null when there is nobody who listens
 */
export function beginStream(reply: FastifyReply, bytes: Buffer): ServerResponse | null {
  const response = beginAnswer(reply, {
    'content-type': 'text/event-stream',
    // Of nginx: what is sent is passed on at once.
    'x-accel-buffering': 'no',
  });
  response?.write(bytes);
  return response;
}
