import { Socket } from 'node:net';
import pg from 'pg';
import { sessionAt } from '../postgres/session.js';

// What is written here, a notification, need not reach the disk.
const SESSION = '-c TimeZone=UTC -c synchronous_commit=off -c plan_cache_mode=force_generic_plan';

/** A statement, prepared under its name. */
export interface Question {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Told of what others say on the channel, and by which backend. */
export type OnNotification = (backend: number, payload: string) => void;

/**
 * A connection to the database beside the pool, for what must not wait for others. It is opened when it is needed; what does
 * not answer in time is cut off, and the next question opens another.
 */
export class LedgerConnection {
  private opening: Promise<Open> | undefined;
  private open: Open | undefined;
  private isClosed = false;

  /** @param channel what it listens to; undefined: nothing */
  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly channel?: string,
    private readonly onNotification: OnNotification = () => undefined,
  ) {}

  /** The number of the backend, while there is one. */
  get backend(): number | undefined {
    return this.open?.backend;
  }

  /**
   * Runs a statement.
   *
   * @param question told whether it is the first on its connection
   * @param timeout for all of it, the opening too, in milliseconds
   * @throws Error when there is no answer in time
   */
  async run(question: (isFirst: boolean) => Question, timeout: number): Promise<readonly object[]> {
    if (this.isClosed) throw new Error('The connection was closed.');
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      // Where we were late ourselves, the answer may have come: it is read before it is given up.
      setImmediate(() =>
        setImmediate(() => {
          late.reject(new Error(`${this.name}: connection timeout`));
        }),
      );
    }, timeout);
    try {
      return await Promise.race([this.ask(question), late.promise]);
    } catch (error) {
      this.drop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.isClosed = true;
    this.drop();
  }

  private async ask(question: (isFirst: boolean) => Question): Promise<readonly object[]> {
    const open = await (this.opening ??= this.connect());
    const isFirst = !open.isUsed;
    open.isUsed = true;
    const { rows } = await open.client.query<object>(question(isFirst));
    return rows;
  }

  private async connect(): Promise<Open> {
    const socket = new Socket();
    const client = new pg.Client({
      ...sessionAt(this.url, SESSION),
      application_name: this.name,
      keepAlive: true,
      stream: () => socket,
    });
    const open: Open = { client, socket, backend: 0, isUsed: false };
    this.open = open;
    // Without a listener, a lost connection would end the process.
    client.on('error', () => {
      if (this.open === open) this.drop();
    });
    client.on('notification', ({ processId, payload = '' }) => {
      this.onNotification(processId, payload);
    });
    await client.connect();
    if (this.channel !== undefined) await client.query(`LISTEN ${this.channel}`);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    open.backend = rows[0]?.pid ?? 0;
    return open;
  }

  /** Without a farewell: whoever does not answer would not hear it. */
  private drop(): void {
    this.open?.socket.destroy();
    this.open = undefined;
    this.opening?.catch(() => undefined);
    this.opening = undefined;
  }
}

interface Open {
  readonly client: pg.Client;
  readonly socket: Socket;
  backend: number;
  /** Whether anything was asked on it. */
  isUsed: boolean;
}
