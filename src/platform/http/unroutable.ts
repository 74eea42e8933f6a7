import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { CORS } from './cors.js';
import { problemText, sendProblem } from '../errors/problem.filter.js';

/** Answers a request that the router cannot even read: half an escape, an id as long as no id is. No hook has seen it. */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .header('access-control-allow-origin', CORS.origin)
    .header('access-control-expose-headers', CORS.exposedHeaders.join(', '));
  sendProblem(reply, error, (bug) => {
    request.log.error(bug);
  });
}

/** Answers bytes that are no HTTP request, or too many of them before the body; the connection is of no use then. */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = problemText('bad_request');
  if (socket.writable) {
    socket.write(
      [
        'HTTP/1.1 400 Bad Request',
        'Connection: close',
        'Content-Type: application/problem+json; charset=utf-8',
        `Content-Length: ${String(Buffer.byteLength(body))}`,
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroy(error);
}
