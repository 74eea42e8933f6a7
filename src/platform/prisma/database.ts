import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client.js';
import type { Author } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import type { PoolName, PoolState } from '../metrics/metrics.js';
import { keepResult, openKept } from '../once/answer.once.js';
import { findAnswer } from '../once/kept.answers.db.js';
import { sessionAt } from '../postgres/session.js';
import { StatementNames } from './statement.names.js';
import { OpenTransaction, QUERY_TIMEOUT, type Transaction } from './transaction.js';

const ATTEMPTS = 4;

const CONNECTIONS = 10;

// More would wait longer for a connection than they may: they are refused at once.
const MOST_WAITING = 100;

// A serialization failure and a deadlock: another transaction won, and there may be no other the next time.
const CONFLICTS: ReadonlySet<unknown> = new Set(['40001', '40P01']);

// Instants in UTC, and a search that first takes what resembles a little and then looks closer; what sounds alike it takes.
// No statement here runs long enough for its compilation to pay.
const SESSION =
  '-c TimeZone=UTC -c pg_trgm.word_similarity_threshold=0.2 -c pg_trgm.strict_word_similarity_threshold=0.4 -c jit=off';

// The facts of a merger: planning takes several times as long as reading them. A few connections plan them once each.
const PLANNED_CONNECTIONS = 3;
const PLANNED_SESSION = `${SESSION} -c plan_cache_mode=force_generic_plan`;

/** Runs a query and returns its rows: on the pool, or within a transaction. */
export type Read = <Row extends object>(
  text: string,
  values: readonly unknown[],
) => Promise<readonly Row[]>;

/** Reads within a transaction. */
export function readWithin(tx: Transaction): Read {
  return (text, values) => tx.query(text, values);
}

/** Who watches over what is written. */
export interface Watch {
  /** Whether the database is known to give no answer: nothing is read or written then. */
  isAway(): boolean;
  /** Told before a write returns: it was committed, or may have been. `mayHide` when somebody may see less than before. */
  committed(mayHide: boolean): void;
}

/** How a write is done. */
export interface WriteOptions {
  /** How long the whole of it may take, in milliseconds; 10 s unless told otherwise. */
  readonly timeout?: number;
  /** Whether somebody may see less after it than before; false only if that cannot be. */
  readonly mayHide?: boolean;
  /** How long one statement of it may run, and wait for a lock, in milliseconds; 10 s and 5 s unless told otherwise. */
  readonly patience?: number;
}

/**
 * The database: a pool, read by prepared statements and written by transactions of ours; Prisma's client is on it too. A
 * smaller one is for the large statement behind every status, which so waits for nobody else.
 *
 * Waiting is bounded everywhere: 2 s for a connection, 5 s for a lock, 10 s for a statement, 11 s for a server that has
 * stopped answering altogether. When more than a hundred wait for a connection of a pool, the next one is refused at once.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly prisma: PrismaClient;
  /** Who is told of every write; null: nobody. */
  watch: Watch | null = null;
  private readonly pool: pg.Pool;
  private readonly planned: pg.Pool;
  private readonly names = new StatementNames();

  constructor(url: string) {
    // What a transaction sends together goes out together.
    this.pool = poolOf({ ...sessionAt(url, SESSION), max: CONNECTIONS, pipeline: true });
    this.planned = poolOf({ ...sessionAt(url, PLANNED_SESSION), max: PLANNED_CONNECTIONS });
    const adapter = new PrismaPg(this.pool, {
      statementNameGenerator: ({ sql }) => this.names.nameOf(sql),
    });
    this.prisma = new PrismaClient({ adapter });
  }

  /** The connections of each pool, and who waits for one. */
  get poolStates(): Readonly<Record<PoolName, PoolState>> {
    return { shared: stateOf(this.pool), facts: stateOf(this.planned) };
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
    this.refuseWhenAway();
    refuseWhenFull(this.pool);
    const result = await this.pool.query<Row>({
      name: this.names.nameOf(text),
      text,
      values: [...values],
    });
    return result.rows;
  };

  /** The same for a statement that changes something beside the records, of which nobody has to be told. */
  readonly beside: Read = (text, values) => this.read(text, values);

  /** The rows of a large statement, planned once on each of a few connections, whatever it is asked with. */
  readonly readPlanned: Read = async <Row extends object>(
    text: string,
    values: readonly unknown[],
  ) => {
    this.refuseWhenAway();
    refuseWhenFull(this.planned);
    const name = this.names.nameOf(text);
    const { rows } = await this.planned.query<Row>({ name, text, values: [...values] });
    return rows;
  };

  /**
   * Runs a transaction in the author's name: every revision it writes bears the actor and the reason. Tried again when it
   * loses to another one (a serialization conflict, a deadlock), with a growing random pause. One that the author asks to be
   * done once is done once, and its result given again: see `answer.once.ts`.
   *
   * @throws Problem `unavailable` when the database is away, or too many wait for it
   */
  async write<Result>(
    author: Author,
    work: (tx: Transaction) => Promise<Result>,
    { timeout = 10_000, mayHide = true, patience = 0 }: WriteOptions = {},
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      this.refuseWhenAway();
      try {
        return await this.attempt(author, work, { timeout, mayHide, patience });
      } catch (error) {
        if (attempt === ATTEMPTS || !isConflict(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
  }

  private async attempt<Result>(
    author: Author,
    work: (tx: Transaction) => Promise<Result>,
    { timeout, mayHide, patience }: Required<WriteOptions>,
  ): Promise<Result> {
    refuseWhenFull(this.pool);
    const client = await this.pool.connect();
    // What breaks the connection fails the statement that waits for it, and nothing else.
    client.on('error', ignore);
    const tx = new OpenTransaction(client, this.names, timeout, patience);
    try {
      const { once } = author;
      const [, isFree, , found] = await Promise.all([
        tx.begin(),
        signAs(tx, author),
        patience > 0 && bePatient(tx, patience),
        once && findAnswer(tx, once.address),
      ]);
      const kept = once && openKept(once, isFree, found);
      const result = kept ? (kept.result as Result) : await work(tx);
      const keeping = once && !kept ? keepResult(tx, once, result) : undefined;
      await Promise.all([keeping, tx.commit().finally(() => this.watch?.committed(mayHide))]);
      return result;
    } catch (error) {
      await tx.rollBack();
      throw error;
    } finally {
      client.off('error', ignore);
    }
  }

  /** Nobody waits for what gives no answer: who watches tells when it does again. */
  private refuseWhenAway(): void {
    if (this.watch?.isAway() === true) throw unavailable('The database gives no answer.');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await Promise.all([this.pool.end(), this.planned.end()]);
  }
}

/** Whoever comes when too many wait is refused at once. */
function refuseWhenFull({ waitingCount, idleCount, totalCount, options }: pg.Pool): void {
  // Of those that wait, some are about to get a connection.
  const free = idleCount + options.max - totalCount;
  if (waitingCount - free < MOST_WAITING) return;
  throw unavailable('Too many requests wait for the database.');
}

function stateOf({
  totalCount: total,
  idleCount: idle,
  waitingCount: waiting,
}: pg.Pool): PoolState {
  return { total, idle, waiting };
}

function poolOf(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 10_000,
    query_timeout: QUERY_TIMEOUT,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  });
  // An idle connection that dies is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Says in whose name a transaction writes. Takes the address of what is done once until the transaction ends, at once or not
 * at all: whether it was free.
 */
async function signAs(tx: Transaction, author: Author): Promise<boolean> {
  const { name, keyId, reason, requestId, instant, once } = author;
  const [row] = await tx.query<{ isFree: boolean }>(
    `SELECT set_config('accord.actor', $1, true), set_config('accord.key_id', $2, true), set_config('accord.reason', $3, true),
       set_config('accord.request_id', $4, true), set_config('accord.instant', $5, true),
       COALESCE(pg_try_advisory_xact_lock(hashtextextended('once:' || encode($6::bytea, 'hex'), 0)), true) AS "isFree"`,
    [name, keyId, reason ?? '', requestId ?? '', instant ?? '', once?.address ?? null],
  );
  return row?.isFree === true;
}

/** Lets the statements of a transaction run, and wait for locks, for so long. */
async function bePatient(tx: Transaction, patience: number): Promise<void> {
  await tx.query(
    `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)`,
    [String(patience)],
  );
}

/** Has a transaction record what follows at an instant, ISO. */
export async function recordAt(tx: Transaction, instant: string): Promise<void> {
  await tx.query(`SELECT set_config('accord.instant', $1, true)`, [instant]);
}

function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && CONFLICTS.has(error.code);
}

function unavailable(detail: string): Problem {
  return new Problem('unavailable', detail);
}

function ignore(): void {
  // The statement that waited has failed with it.
}
