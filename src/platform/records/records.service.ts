import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Author, Edit } from '../auth/caller.js';
import type { Precondition } from '../http/etag.js';
import { Database, readWithin, recordAt, type WriteOptions } from '../prisma/database.js';
import { patchedBody, wholeBody } from './record.body.js';
import { admitBody, parseBody, storeChange, withSlug } from './record.changes.js';
import {
  DEFINITIONS,
  requireNested,
  type Definitions,
  type RecordDefinition,
  type RuleContext,
} from './record.definition.js';
import {
  findSeen,
  requireLive,
  requireNoConflict,
  requireReason,
  requireUnchanged,
} from './record.preconditions.js';
import { findRecord, insertRecord, lockRecord, rowOf, setRetracted } from './records.db.js';
import { definitionOf, requireUnreferenced } from './references.db.js';
import type { Reading } from './reading.js';
import { Readings } from './readings.js';
import type { StoredRecord } from './stored.record.js';
import { mayHide } from './visible.js';

type Body = Readonly<Record<string, unknown>>;

/** How long several records together may take, in milliseconds: a story on a slow machine. */
const TOGETHER_TIMEOUT = 60_000;

/** A new record may be hidden itself, and hides nothing that was there. */
const HIDES_NOTHING: WriteOptions = { mayHide: false };

/** What can be done within one transaction. */
export interface Together {
  readonly tx: Transaction;
  /** Stores a record and returns its id; `above` is what its nested path would give. */
  readonly create: (type: RecordType, sent: Body, above?: Body) => Promise<string>;
  /** Changes a record, whatever its version. */
  readonly patch: (type: RecordType, key: string, sent: Body) => Promise<void>;
  /** What follows is recorded at an instant, ISO: not in the future, and not before the last change of what is changed. */
  readonly recordedAt: (instant: string) => Promise<void>;
}

/** What can be done with a record of any kind: each method one use case, each write one transaction. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly database: Database,
    private readonly readings: Readings,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * The record.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async read(type: RecordType, key: string, reading: Reading): Promise<StoredRecord> {
    const definition = definitionOf(this.definitions, type);
    const read = this.readings.of(reading);
    const record = await findRecord(read, definition, key);
    return requireLive(read, definition, record, reading.knownAt);
  }

  /**
   * Stores a new record.
   *
   * @throws Problem `validation_failed`, what its references and rules refuse
   */
  async create(type: RecordType, sent: unknown, author: Author): Promise<StoredRecord> {
    const definition = definitionOf(this.definitions, type);
    const body = await wholeBody(definition, sent);
    return this.database.write(
      author,
      (tx) => this.createWithin(tx, definition, body),
      HIDES_NOTHING,
    );
  }

  /**
   * Stores a new record beneath another one, which must be there.
   *
   * @throws Problem `not_found` or `retracted` for the one above; else as {@link create}
   */
  async createBeneath(
    type: RecordType,
    key: string,
    sent: unknown,
    author: Author,
  ): Promise<StoredRecord> {
    const definition = definitionOf(this.definitions, type);
    const nestedIn = requireNested(definition);
    const parent = definitionOf(this.definitions, nestedIn.type);
    const body = await wholeBody(definition, sent);
    return this.database.write(
      author,
      async (tx) => {
        const read = readWithin(tx);
        const above = await requireLive(read, parent, await findRecord(read, parent, key));
        return this.createWithin(tx, definition, { ...body, [nestedIn.field]: above.id });
      },
      HIDES_NOTHING,
    );
  }

  /** Stores and changes several records in one transaction: all or none, each as if it came alone. */
  async together<Result>(
    author: Author,
    work: (records: Together) => Promise<Result>,
  ): Promise<Result> {
    return this.database.write(
      author,
      (tx) =>
        work({
          tx,
          create: async (type, sent, above = {}) => {
            const definition = definitionOf(this.definitions, type);
            const body = { ...(await wholeBody(definition, sent)), ...above };
            return (await this.createWithin(tx, definition, body)).id;
          },
          patch: async (type, key, sent) => {
            await this.patchWithin(tx, { type, key }, sent, 'any');
          },
          recordedAt: (instant) => recordAt(tx, instant),
        }),
      { timeout: TOGETHER_TIMEOUT },
    );
  }

  private async createWithin(
    tx: Transaction,
    definition: RecordDefinition,
    given: Body,
  ): Promise<StoredRecord> {
    const context = this.context(tx);
    await admitBody(context, definition, { id: null, body: given, before: null });
    const body = await withSlug(tx, definition, given, null);
    const record = await insertRecord(tx, definition, rowOf(definition, body));
    await definition.rules.created?.(context, record.id, body);
    return record;
  }

  /**
   * Changes a record by a merge patch (RFC 7396). Of an older version than the current one it is merged, field by field,
   * with what was changed since.
   *
   * @throws Problem `not_found`, `retracted`, `stale`, `validation_failed`, and what its rules refuse
   */
  async patch(
    target: { readonly type: RecordType; readonly key: string },
    sent: unknown,
    { expected, author }: Edit,
  ): Promise<StoredRecord> {
    return this.database.write(author, (tx) => this.patchWithin(tx, target, sent, expected), {
      mayHide: mayHide(definitionOf(this.definitions, target.type), sent),
    });
  }

  /**
   * Retracts a record: it answers 410 from then on and counts no more.
   *
   * @throws Problem `reason_required`, `not_found`, `retracted`, `stale`, `still_referenced`
   */
  async retract(type: RecordType, key: string, { expected, author }: Edit): Promise<void> {
    requireReason(author, 'the record is retracted');
    const definition = definitionOf(this.definitions, type);
    await this.database.write(author, async (tx) => {
      const current = await requireLive(
        readWithin(tx),
        definition,
        await lockRecord(tx, definition, key),
      );
      await requireUnchanged(tx, definition, current, expected);
      const body = parseBody(current);
      const companions =
        (await definition.rules.retracting?.(this.context(tx), current.id, body)) ?? [];
      for (const companion of companions)
        await this.retractWithin(tx, companion.type, companion.id);
      await this.retractWithin(tx, type, current.id);
    });
  }

  private async patchWithin(
    tx: Transaction,
    target: { readonly type: RecordType; readonly key: string },
    sent: unknown,
    expected: Precondition,
  ): Promise<StoredRecord> {
    const definition = definitionOf(this.definitions, target.type);
    const locked = await lockRecord(tx, definition, target.key);
    const current = await requireLive(readWithin(tx), definition, locked);
    const seen = await findSeen(tx, definition, current, expected);
    const before = parseBody(current);
    const body = await patchedBody(definition, before, sent, parseBody(seen));
    const touched = Object.keys(Object(sent) as Body).map((name) => [name, body[name]] as const);
    await requireNoConflict(tx, definition, { current, seen }, Object.fromEntries(touched));
    return storeChange(this.context(tx), definition, { id: current.id, body, before });
  }

  private async retractWithin(tx: Transaction, type: RecordType, id: string): Promise<void> {
    await requireUnreferenced(tx, this.definitions, type, id);
    await setRetracted(tx, definitionOf(this.definitions, type), id, true);
  }

  private context(tx: Transaction): RuleContext {
    return { tx, definitions: this.definitions };
  }
}
