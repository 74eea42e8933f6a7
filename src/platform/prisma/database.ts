import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import type { Author } from '../auth/caller.js';
import type { PoolState } from '../metrics/metrics.js';
import { answerOnce } from '../once/answer.once.js';
import { StatementNames } from './statement.names.js';

const ATTEMPTS = 4;

// Instants in UTC, and a search that first takes what resembles a little and then looks closer.
const SESSION = '-c TimeZone=UTC -c pg_trgm.word_similarity_threshold=0.2';

/** Runs a query and returns its rows: on the pool, or within a transaction. */
export type Read = <Row extends object>(
  text: string,
  values: readonly unknown[],
) => Promise<readonly Row[]>;

/** Reads within a transaction. */
export function readWithin(tx: Prisma.TransactionClient): Read {
  return (text, values) => tx.$queryRawUnsafe(text, ...values);
}

/**
 * The database: one pool, read by prepared statements and written by Prisma's transactions.
 *
 * Waiting is bounded everywhere: 2 s for a connection, 5 s for a lock, 10 s for a statement, 11 s for a server that has
 * stopped answering altogether.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;
  private readonly names = new StatementNames();

  constructor(url: string) {
    this.pool = new pg.Pool({
      ...addressOf(url),
      max: 10,
      connectionTimeoutMillis: 2_000,
      statement_timeout: 10_000,
      query_timeout: 11_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    });
    // An idle connection that dies is replaced at the next query; without a listener it would end the process.
    this.pool.on('error', () => undefined);
    const adapter = new PrismaPg(this.pool, {
      statementNameGenerator: ({ sql }) => this.names.nameOf(sql),
    });
    this.prisma = new PrismaClient({ adapter });
  }

  /** The connections of the pool, and who waits for one. */
  get poolState(): PoolState {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.pool;
    return { total, idle, waiting };
  }

  /** Asks the server for an answer within 2 s. */
  async ping(): Promise<void> {
    const question: pg.QueryConfig & { readonly query_timeout: number } = {
      text: 'SELECT 1 AS one',
      query_timeout: 2_000,
    };
    await this.pool.query(question);
  }

  /** The rows of a statement, outside any transaction; prepared when it is used often. */
  readonly read: Read = async <Row extends object>(text: string, values: readonly unknown[]) => {
    const result = await this.pool.query<Row>({
      name: this.names.nameOf(text),
      text,
      values: [...values],
    });
    return result.rows;
  };

  /**
   * Runs a transaction in the author's name: every revision it writes bears the actor and the reason. Tried again when it
   * loses to another one (a serialization conflict, a deadlock), with a growing random pause. One that the author asks to be
   * done once is done once, and its result given again: see `answer.once.ts`.
   *
   * @param timeout how long the whole of it may take, in milliseconds
   */
  async write<Result>(
    author: Author,
    work: (tx: Prisma.TransactionClient) => Promise<Result>,
    timeout = 10_000,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.prisma.$transaction(
          async (tx) => {
            await signAs(tx, author);
            return author.once ? answerOnce(tx, author.once, () => work(tx)) : work(tx);
          },
          { maxWait: 2_000, timeout },
        );
      } catch (error) {
        if (attempt === ATTEMPTS || !isConflict(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }
}

/** The operator's address, with our session settings beside those that it may have. */
function addressOf(url: string): Pick<pg.PoolConfig, 'connectionString' | 'options'> {
  const address = new URL(url);
  const theirs = address.searchParams.get('options');
  address.searchParams.delete('options');
  const options = [...(theirs === null ? [] : [theirs]), SESSION].join(' ');
  return { connectionString: address.href, options };
}

async function signAs(tx: Prisma.TransactionClient, author: Author): Promise<void> {
  await tx.$queryRaw`SELECT set_config('accord.actor', ${author.name}, true), set_config('accord.key_id', ${author.keyId}, true),
    set_config('accord.reason', ${author.reason ?? ''}, true), set_config('accord.request_id', ${author.requestId ?? ''}, true), set_config('accord.instant', ${author.instant ?? ''}, true)`;
}

/** Has a transaction record what follows at an instant, ISO. */
export async function recordAt(tx: Prisma.TransactionClient, instant: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('accord.instant', ${instant}, true)`;
}

/** Prisma reports a conflict as P2034, in a raw query as P2010 with the adapter's kind. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return (
    error.code === 'P2034' || JSON.stringify(error.meta ?? {}).includes('TransactionWriteConflict')
  );
}
