import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { sessionAt } from '../postgres/session.js';
import type { Read } from './database.js';

/** How many there may be at once: each keeps a connection, and keeps Postgres from tidying up behind it. */
export const MOST_LONG_READS = 4;

const SESSION = '-c TimeZone=UTC -c jit=off';

// Whoever takes nothing for a minute is cut off by the server; the database waits a little longer.
const LONGEST_PAUSE = 90_000;
const LONGEST_STATEMENT = 60_000;

// So much text is fetched at once, about, and so many rows at first, when nobody knows how long they are.
const PAGE_CHARACTERS = 256 * 1024;
const FIRST_PAGE = 50;
const LONGEST_PAGE = 2_000;

/** A row of a long read: a record as JSON text, perhaps with something beside it. */
export interface LongRow {
  readonly json: string;
}

/** What is asked of the database, with its values. */
interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Reads that take minutes, each of one moment: a transaction of its own, on connections beside those that all others wait for. */
@Injectable()
export class LongReads implements OnApplicationShutdown {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      ...sessionAt(url, SESSION),
      max: MOST_LONG_READS,
      connectionTimeoutMillis: 2_000,
      statement_timeout: LONGEST_STATEMENT,
      query_timeout: LONGEST_STATEMENT + 1_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: LONGEST_PAUSE,
      keepAlive: true,
    });
    this.pool.on('error', ignore);
  }

  /** Begins one: all that it reads is as it was when it read first. It is to be ended, whatever happens. */
  async begin(): Promise<LongRead> {
    const client = await this.pool.connect();
    // What breaks the connection fails the statement that waits for it, and nothing else.
    client.on('error', ignore);
    const read = new LongRead(client);
    try {
      await read.read('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY', []);
      return read;
    } catch (error) {
      await read.end();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** One moment of the database, read bit by bit. */
export class LongRead {
  private cursors = 0;
  private busy = 0;

  constructor(private readonly client: pg.PoolClient) {}

  /** The rows of a statement. */
  readonly read: Read = async <Row extends object>(text: string, values: readonly unknown[]) => {
    this.busy += 1;
    try {
      const { rows } = await this.client.query<Row>({ text, values: [...values] });
      return rows;
    } finally {
      this.busy -= 1;
    }
  };

  /**
   * The rows of a query, some at a time, through a cursor of the database: of so much text about, whatever a row holds. The next are
   * fetched while somebody is busy with these; never more.
   */
  async *pages<Row extends LongRow>(query: Question): AsyncGenerator<readonly Row[], undefined> {
    const cursor = `page_${String((this.cursors += 1))}`;
    await this.read(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${query.text}`, query.values);
    let length = FIRST_PAGE;
    let next = this.fetch<Row>(cursor, length);
    for (;;) {
      const rows = await next;
      if (rows.length === 0) break;
      length = lengthAfter(rows);
      next = this.fetch<Row>(cursor, length);
      // Nobody waits for it when the rest is not wanted any more.
      next.catch(ignore);
      yield rows;
    }
    await this.read(`CLOSE ${cursor}`, []);
  }

  /** Gives the connection to others; what it is busy with is broken off. */
  async end(): Promise<void> {
    const isClean =
      this.busy === 0 &&
      (await this.read('ROLLBACK', []).then(
        () => true,
        () => false,
      ));
    this.client.off('error', ignore);
    this.client.release(!isClean);
  }

  private fetch<Row extends object>(cursor: string, length: number): Promise<readonly Row[]> {
    return this.read<Row>(`FETCH ${String(length)} FROM ${cursor}`, []);
  }
}

function lengthAfter(rows: readonly LongRow[]): number {
  const characters = rows.reduce((sum, { json }) => sum + json.length, 0);
  const length = Math.floor((PAGE_CHARACTERS * rows.length) / Math.max(characters, 1));
  return Math.min(Math.max(length, 1), LONGEST_PAGE);
}

function ignore(): void {
  // The statement that waited has failed with it.
}
