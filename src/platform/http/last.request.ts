import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request with its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The last exchange of each connection: those before it are answered before it. */
const LAST = new WeakMap<Socket, Exchange>();

/** Keeps in mind what was last asked on each connection of a server, from before anybody else hears of it. */
export function rememberLast(server: Server): void {
  server.prependListener('request', noteLast);
}

/** Keeps in mind what was asked, of one whom nobody hears of for a while. */
export function noteLast(request: IncomingMessage, response: ServerResponse): void {
  LAST.set(request.socket, { request, response });
}

/** What was last asked on a connection; undefined when nothing was so far. */
export function lastOn(socket: Socket): Exchange | undefined {
  return LAST.get(socket);
}

/** Whether nobody on this connection waits for an answer, or for the rest of one. */
export function isIdle(socket: Socket): boolean {
  // What is kept is given without being noted here, and may still be on its way.
  if (socket.writableLength > 0) return false;
  const response = LAST.get(socket)?.response;
  return response === undefined || response.writableFinished || response.closed;
}
