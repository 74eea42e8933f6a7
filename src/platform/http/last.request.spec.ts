import { EventEmitter } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isIdle, rememberLast } from './last.request.js';

const socketWith = (writableLength: number): Socket => ({ writableLength }) as Socket;

function ask(socket: Socket, response: Partial<ServerResponse>): void {
  const server = new EventEmitter();
  rememberLast(server as Server);
  server.emit('request', { socket }, response);
}

describe('a connection', () => {
  it('is idle before the first request', () => {
    expect(isIdle(socketWith(0))).toBe(true);
  });

  it('is not idle until the answer is written', () => {
    const socket = socketWith(0);
    ask(socket, { writableFinished: false, closed: false });
    expect(isIdle(socket)).toBe(false);
    ask(socket, { writableFinished: true, closed: false });
    expect(isIdle(socket)).toBe(true);
  });

  it('is not idle while bytes are on their way, whoever gave the answer', () => {
    expect(isIdle(socketWith(1))).toBe(false);
  });
});
