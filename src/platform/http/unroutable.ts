import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CORS } from './cors.js';
import { lastOn, rememberLast } from './last.request.js';
import { isStreaming } from './streamed.bodies.js';
import { Problem, statusOf } from '../errors/problem.js';
import { problemText, sendProblem } from '../errors/problem.filter.js';
import type { Limits } from '../limits/limits.js';

/** How long somebody may go on writing after their answer, in milliseconds. */
const LINGER = 2_000;

/**
 * Answers a request that the router cannot even read: half an escape, an id as long as no id is. No hook has seen it.
 *
 * @param limits counts it; undefined before the application is there
 */
export async function answerUnroutable(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  limits: Limits | undefined,
): Promise<void> {
  void reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .header('access-control-allow-origin', CORS.origin)
    .header('access-control-expose-headers', CORS.exposedHeaders.join(', '));
  let refusal: unknown = error;
  try {
    if (limits?.areSet === true) void reply.headers(await limits.admit(request));
  } catch (limited) {
    // One too many: that is its answer then.
    refusal = limited;
  }
  sendProblem(reply, refusal, (bug) => {
    request.log.error(bug);
  });
}

/**
 * Answers bytes that are no HTTP request, too many of them before the body, or a request that does not come to its end in
 * time; the connection is of no use then. A request that came whole before them gets its own answer first, else a write that
 * was stored would seem to be refused.
 */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (mayGoOn(error, socket)) return;
  if (error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'bad_request';
  const { request, response } = lastOn(socket) ?? {};
  if (response === undefined || response.closed) refuseConnection(socket, code);
  else if (request?.complete === true)
    response.once('close', () => {
      refuseConnection(socket, code);
    });
  // Half an answer is on its way already, and a second one would only spoil it.
  else if (response.headersSent) socket.destroy();
  else refuseConnection(socket, code);
}

/** A body that is read bit by bit takes as long as it takes; silence still ends it. */
function mayGoOn({ code }: ConnectionError, socket: Socket): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' && isStreaming(socket);
}

/**
 * Has problems answer what Node would answer by itself, with no body or not at all: a request without a host, one that
 * expects what nobody here knows, one for a tunnel.
 */
export function addRefusals(fastify: FastifyInstance): void {
  const { server } = fastify;
  rememberLast(server);
  // An expectation that is not understood may be passed over (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_: IncomingMessage, socket: Socket) => {
    refuseConnection(socket, 'bad_request');
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
function refuseConnection(socket: Socket, code: 'bad_request' | 'request_timeout'): void {
  if (!socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const body = problemText(code);
  const status = statusOf(code);
  socket.end(
    [
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
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
