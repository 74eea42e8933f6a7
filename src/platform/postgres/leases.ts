import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { sessionAt } from './session.js';

/**
 * What this process is busy with, as others see it: a lock of its session for each, which is gone as soon as the process is,
 * however it ended. Whoever can take the lock knows that nobody is busy any more.
 */
export class Leases implements OnApplicationShutdown {
  private opening: Promise<pg.Client> | undefined;

  constructor(private readonly url: string) {}

  /** Takes the lease of a name. When the connection is lost, so are all leases. */
  async take(name: string): Promise<void> {
    await this.run('SELECT pg_advisory_lock(hashtextextended($1, 0))', name);
  }

  /** Gives a lease back; one that is lost stays so. */
  async give(name: string): Promise<void> {
    await this.run('SELECT pg_advisory_unlock(hashtextextended($1, 0))', name).catch(
      () => undefined,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    const client = await this.opening?.catch(() => undefined);
    await client?.end();
  }

  private async run(text: string, name: string): Promise<void> {
    const client = await (this.opening ??= this.connect());
    await client.query(text, [name]);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...sessionAt(this.url, '-c TimeZone=UTC'),
      application_name: 'accord leases',
      connectionTimeoutMillis: 2_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    // Without a listener, a lost connection would end the process.
    client.on('error', () => {
      this.opening = undefined;
    });
    try {
      await client.connect();
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
    return client;
  }
}
