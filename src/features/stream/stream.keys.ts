import { Injectable } from '@nestjs/common';
import { Authenticator } from '../../platform/auth/authenticator.js';
import { Problem } from '../../platform/errors/problem.js';
import type { StreamClient } from './stream.client.js';

/** Sees to it that nobody is told of anything by a key that was revoked. */
@Injectable()
export class StreamKeys {
  private readonly holders = new Map<string, Set<StreamClient>>();

  constructor(private readonly authenticator: Authenticator) {}

  /** Takes in a client who came with a key. */
  enter(client: StreamClient): void {
    const { authorization } = client;
    if (authorization === undefined) return;
    const clients = this.holders.get(authorization) ?? new Set();
    this.holders.set(authorization, clients.add(client));
  }

  leave(client: StreamClient): void {
    const { authorization = '' } = client;
    const clients = this.holders.get(authorization);
    clients?.delete(client);
    if (clients?.size === 0) this.holders.delete(authorization);
  }

  /** Ends the streams of keys that are good no longer. Fails when that cannot be found out. */
  async judge(): Promise<void> {
    for (const [authorization, clients] of [...this.holders]) {
      if (!(await this.isGood(authorization))) for (const client of clients) client.end();
    }
  }

  private async isGood(authorization: string): Promise<boolean> {
    try {
      await this.authenticator.identify(authorization);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthorized') return false;
      throw error;
    }
  }
}
