import type pg from 'pg';
import type { StatementNames } from './statement.names.js';

/** The longest that a statement of ours is waited for, in milliseconds: a little longer than Postgres lets it run. */
export const QUERY_TIMEOUT = 11_000;

/** What the work of a transaction may do with it. */
export interface Transaction {
  /**
   * Runs a statement and returns its rows; prepared when it is used often. Statements are sent as they come, without
   * waiting for the answers to earlier ones, and run in their order, each with a snapshot of its own. Once one has failed,
   * so do all that follow, with the error of the first.
   */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;

  /**
   * Does work that may fail: then nothing of it was done, and the transaction goes on. Nothing else is to be asked meanwhile.
   *
   * @throws what the work throws
   */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>;
}

const OVER = { error: new Error('the transaction is over') };

/** A transaction on a connection of its own, from its beginning to its end. */
export class OpenTransaction implements Transaction {
  private readonly deadline: number;
  private failure: { readonly error: unknown } | null = null;

  /**
   * @param timeout how long it may take until it is committed, in milliseconds
   * @param patience how long one statement may run, where it is longer than otherwise
   */
  constructor(
    private readonly client: pg.PoolClient,
    private readonly names: StatementNames,
    timeout: number,
    private readonly patience = 0,
  ) {
    this.deadline = performance.now() + timeout;
  }

  async begin(): Promise<void> {
    await this.send('BEGIN');
  }

  async query<Row extends object>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const { rows } = await this.send<Row>(text, values);
    return rows;
  }

  async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.send('SAVEPOINT attempted');
    try {
      const result = await work();
      await this.send('RELEASE SAVEPOINT attempted');
      return result;
    } catch (error) {
      if (this.failure === OVER) throw error;
      this.failure = null;
      // On a broken connection this fails in turn, and all that follows with it.
      await this.send('ROLLBACK TO SAVEPOINT attempted');
      throw error;
    }
  }

  /** Commits, and gives the connection to others. Whoever gets no answer cannot know what became of it. */
  async commit(): Promise<void> {
    const { command } = await this.send('COMMIT');
    // Postgres answers so, and not with an error, when a statement before has failed.
    if (command !== 'COMMIT') throw new Error('the transaction was not committed');
    this.failure = OVER;
    this.client.release();
  }

  /** Takes everything back, and gives the connection to others or, if it is broken, to nobody. */
  async rollBack(): Promise<void> {
    if (this.failure === OVER) return;
    // Work that asks several things at once may go on asking: not on a connection that is somebody else's by then.
    this.failure ??= OVER;
    await this.client.query('ROLLBACK').then(
      () => {
        this.client.release();
      },
      () => {
        this.client.release(true);
      },
    );
  }

  private async send<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    if (this.failure) throw this.failure.error;
    const left = Math.ceil(this.deadline - performance.now());
    try {
      if (left <= 0) throw new Error('the transaction timed out');
      this.gather();
      return await this.client.query<Row>(this.statement(text, values, left));
    } catch (error) {
      this.failure ??= { error };
      throw this.failure.error;
    }
  }

  /** Has all that is sent in one turn go out in one packet: each costs as much as a small statement itself. */
  private gather(): void {
    const { stream } = this.client.connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => {
      stream.uncork();
    });
  }

  /** A command of the transaction's own has no values, and is sent as plain text. */
  private statement(text: string, values: readonly unknown[], left: number): pg.QueryConfig {
    const longest = Math.max(QUERY_TIMEOUT, this.patience);
    const statement = { text, query_timeout: Math.min(left, longest) };
    if (values.length === 0) return statement;
    return { ...statement, name: this.names.nameOf(text), values: [...values] };
  }
}
