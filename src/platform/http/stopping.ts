import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { Problem } from '../errors/problem.js';
import { isIdle, lastOn } from './last.request.js';

/** How long a stop may wait for clients, in milliseconds. */
export interface StopLimits {
  /** In which an idle connection stays open, so that a request that is on its way to us finds it so and is refused. */
  readonly linger: number;
  /** After which every connection is broken, whatever is still going on. */
  readonly grace: number;
}

/** Nobody is on their way to an application under test. */
export const STOP_LIMITS: StopLimits = { linger: 0, grace: 7_000 };

const LOOK = 25;

/**
 * The end of the service, in an order that leaves nobody in doubt: no connection is taken any more, a request that comes on an
 * open one is refused with 503, and what was being answered is answered. Every answer says `Connection: close`.
 */
@Injectable()
export class Stopping implements BeforeApplicationShutdown {
  private readonly sockets = new Set<Socket>();
  private isOn = false;

  constructor(
    private readonly limits: StopLimits,
    private readonly host: HttpAdapterHost,
  ) {}

  get hasBegun(): boolean {
    return this.isOn;
  }

  /** Has the server's answers and its connections follow the order. */
  addTo(fastify: FastifyInstance): void {
    fastify.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    fastify.server.prependListener('request', (_, response) => {
      if (this.isOn) response.setHeader('connection', 'close');
    });
    fastify.addHook('onRequest', (_, __, done) => {
      if (!this.isOn) {
        done();
        return;
      }
      done(new Problem('unavailable', 'The service is being stopped.'));
    });
    fastify.addHook('onSend', (request, reply, _, done) => {
      // Closed by an answer before the last, the connection would keep the others from whoever waits for them.
      if (this.isOn && lastOn(request.raw.socket)?.request === request.raw)
        void reply.header('connection', 'close');
      done();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isOn = true;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    if (server.listening) await this.drain(server);
  }

  private async drain(server: Server): Promise<void> {
    const closed = once(server, 'close');
    // The close of an HTTP server would first break all idle connections: this takes no new ones, and no more.
    NetServer.prototype.close.call(server);
    const since = performance.now();
    const look = setInterval(() => {
      if (performance.now() - since < this.limits.linger) return;
      for (const socket of this.sockets) if (isIdle(socket)) socket.destroy();
    }, LOOK);
    const late = setTimeout(() => {
      server.closeAllConnections();
    }, this.limits.grace);
    await closed;
    clearInterval(look);
    clearTimeout(late);
  }
}
