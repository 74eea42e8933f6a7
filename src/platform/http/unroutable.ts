import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CORS } from './cors.js';
import { Problem } from '../errors/problem.js';
import { problemText, sendProblem } from '../errors/problem.filter.js';

/** How long somebody may go on writing after their answer, in milliseconds. */
const LINGER = 2_000;

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

/** The last request of each connection, with its answer. */
const LAST = new WeakMap<Socket, readonly [IncomingMessage, ServerResponse]>();

/**
 * Answers bytes that are no HTTP request, or too many of them before the body; the connection is of no use then. A request
 * that came whole before them gets its own answer first, else a write that was stored would seem to be refused.
 */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [request, response] = LAST.get(socket) ?? [];
  if (request?.complete !== true || response === undefined || response.closed) {
    refuseConnection(socket);
    return;
  }
  response.once('close', () => {
    refuseConnection(socket);
  });
}

/**
 * Has problems answer what Node would answer by itself, with no body or not at all: a request without a host, one that
 * expects what nobody here knows, one for a tunnel.
 */
export function addRefusals(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
    LAST.set(request.socket, [request, response]),
  );
  // An expectation that is not understood may be passed over (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_: IncomingMessage, socket: Socket) => {
    refuseConnection(socket);
  });
  fastify.addHook('onRequest', ({ raw }, _, done) => {
    const lacksHost = raw.httpVersion === '1.1' && raw.headers.host === undefined;
    done(lacksHost ? new Problem('bad_request', 'HTTP/1.1 asks for a Host header.') : undefined);
  });
}

/**
 * Answers on the bare connection and ends it. What is still being written is read for a while, and forgotten: closed at
 * once, the connection would break, and the answer be lost with it.
 */
function refuseConnection(socket: Socket): void {
  if (!socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const body = problemText('bad_request');
  socket.end(
    [
      'HTTP/1.1 400 Bad Request',
      'Connection: close',
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      '',
      body,
    ].join('\r\n'),
  );
  const late = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => {
    clearTimeout(late);
  });
  socket.on('error', () => socket.destroy());
  socket.resume();
}
