import { Inject, Injectable } from '@nestjs/common';
import slugify from '@sindresorhus/slugify';
import type { Prisma } from '../../generated/prisma/client.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Author, Edit } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import type { Precondition } from '../http/etag.js';
import { bodyAtVersion, retractionOf } from '../ledger/revisions.db.js';
import { Database, readWithin, recordAt, type Read } from '../prisma/database.js';
import { patchedBody, wholeBody } from './record.body.js';
import {
  DEFINITIONS,
  requireNested,
  type Definitions,
  type RecordDefinition,
  type RuleContext,
} from './record.definition.js';
import { differences } from './record.differences.js';
import {
  findRecord,
  freeSlug,
  insertRecord,
  lockRecord,
  retractRecord,
  rowOf,
  updateRecord,
} from './records.db.js';
import { definitionOf, requireReferences, requireUnreferenced } from './references.db.js';
import type { Reading } from './reading.js';
import { Readings } from './readings.js';
import { replacementOf } from './replacement.db.js';
import type { StoredRecord } from './stored.record.js';

type Body = Readonly<Record<string, unknown>>;

/** What can be done within one transaction. */
export interface Together {
  readonly tx: Prisma.TransactionClient;
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
    const record = await findRecord(read, definition, key, reading.view);
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
    return this.database.write(author, (tx) => this.createWithin(tx, definition, body));
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
    const above = await this.read(nestedIn.type, key, this.readings.now('all'));
    const body = { ...(await wholeBody(definition, sent)), [nestedIn.field]: above.id };
    return this.database.write(author, (tx) => this.createWithin(tx, definition, body));
  }

  /** Stores and changes several records in one transaction: all or none, each as if it came alone. */
  async together<Result>(
    author: Author,
    work: (records: Together) => Promise<Result>,
  ): Promise<Result> {
    return this.database.write(author, (tx) =>
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
    );
  }

  private async createWithin(
    tx: Prisma.TransactionClient,
    definition: RecordDefinition,
    given: Body,
  ): Promise<StoredRecord> {
    const context = this.context(tx);
    await requireReferences(tx, this.definitions, definition, { body: given, before: null });
    await definition.rules.check?.(context, { id: null, body: given, before: null });
    const body = await withSlug(tx, definition, given, null);
    const record = await insertRecord(tx, definition, rowOf(definition, body));
    await definition.rules.created?.(context, record.id, body);
    return record;
  }

  /**
   * Changes a record by a merge patch (RFC 7396).
   *
   * @throws Problem `not_found`, `retracted`, `stale`, `validation_failed`, and what its rules refuse
   */
  async patch(
    target: { readonly type: RecordType; readonly key: string },
    sent: unknown,
    { expected, author }: Edit,
  ): Promise<StoredRecord> {
    return this.database.write(author, (tx) => this.patchWithin(tx, target, sent, expected));
  }

  /**
   * Retracts a record: it answers 410 from then on and counts no more.
   *
   * @throws Problem `reason_required`, `not_found`, `retracted`, `stale`, `still_referenced`
   */
  async retract(type: RecordType, key: string, { expected, author }: Edit): Promise<void> {
    if (author.reason === null) {
      throw new Problem(
        'reason_required',
        'Say in the X-Reason header why the record is retracted.',
      );
    }
    const definition = definitionOf(this.definitions, type);
    await this.database.write(author, async (tx) => {
      const current = await requireLive(
        readWithin(tx),
        definition,
        await lockRecord(tx, definition, key),
      );
      await requireExpected(tx, definition, current, { expected, sent: null });
      const body = parseBody(current.json);
      const companions =
        (await definition.rules.retracting?.(this.context(tx), current.id, body)) ?? [];
      for (const companion of companions)
        await this.retractWithin(tx, companion.type, companion.id);
      await this.retractWithin(tx, type, current.id);
    });
  }

  private async patchWithin(
    tx: Prisma.TransactionClient,
    target: { readonly type: RecordType; readonly key: string },
    sent: unknown,
    expected: Precondition,
  ): Promise<StoredRecord> {
    const definition = definitionOf(this.definitions, target.type);
    const locked = await lockRecord(tx, definition, target.key);
    const current = await requireLive(readWithin(tx), definition, locked);
    const before = parseBody(current.json);
    await requireExpected(tx, definition, current, { expected, sent });
    const patched = { ...before, ...(await patchedBody(definition, before, sent)) };
    const { id } = current;
    await requireReferences(tx, this.definitions, definition, { body: patched, before });
    await definition.rules.check?.(this.context(tx), { id, body: patched, before });
    const body = await withSlug(tx, definition, patched, id);
    return updateRecord(tx, definition, id, rowOf(definition, body));
  }

  private async retractWithin(
    tx: Prisma.TransactionClient,
    type: RecordType,
    id: string,
  ): Promise<void> {
    await requireUnreferenced(tx, this.definitions, type, id);
    await retractRecord(tx, definitionOf(this.definitions, type), id);
  }

  private context(tx: Prisma.TransactionClient): RuleContext {
    return { tx, definitions: this.definitions };
  }
}

/**
 * The record itself, or the refusal that an absent or a retracted one is answered with. A record that was merged into one
 * that the reading may not see is absent.
 */
export async function requireLive(
  read: Read,
  definition: RecordDefinition,
  record: StoredRecord | undefined,
  knownAt: string | null = null,
): Promise<StoredRecord> {
  if (record?.retracted === false) return record;
  const kept = record && (await replacementOf(read, definition, record.id, knownAt));
  if (!record || kept?.id === null)
    throw new Problem('not_found', `There is no such record in /${definition.type}.`);
  throw retracted(await retractionOf(read, definition, record), kept?.id);
}

function retracted(
  retraction: Awaited<ReturnType<typeof retractionOf>>,
  mergedInto: string | undefined,
): Problem {
  const { retractedAt = null, reason = null } = retraction ?? {};
  const how = mergedInto === undefined ? 'retracted' : `merged into ${mergedInto}`;
  return new Problem('retracted', `The record was ${how}: ${reason ?? 'no reason was given'}`, {
    retractedAt,
    reason,
    ...(mergedInto === undefined ? {} : { mergedInto }),
  });
}

/** A readable address: the one given, or one made from the name. */
async function withSlug(
  tx: Prisma.TransactionClient,
  definition: RecordDefinition,
  body: Body,
  id: string | null,
): Promise<Body> {
  if (!definition.hasSlug || body['slug'] !== null) return body;
  const name = body[definition.nameField ?? 'name'];
  const base = slugify(typeof name === 'string' ? name : '')
    .slice(0, 80)
    .replace(/-+$/, '');
  return {
    ...body,
    slug: await freeSlug(tx, definition, base === '' ? definition.title.toLowerCase() : base, id),
  };
}

/**
 * Asks that a writer has seen the record as it is.
 *
 * @throws Problem `stale`
 */
export async function requireExpected(
  tx: Prisma.TransactionClient,
  definition: RecordDefinition,
  current: StoredRecord,
  { expected, sent }: { readonly expected: Precondition; readonly sent: unknown },
): Promise<void> {
  if (expected === 'any' || expected.has(current.version)) return;
  const [version] = expected;
  const base =
    version === undefined ? undefined : await bodyAtVersion(tx, definition, current.id, version);
  const seen = base === undefined ? null : parseBody(base);
  throw new Problem('stale', `The record is at version ${String(current.version)} now.`, {
    version: current.version,
    conflicts: seen ? differences(definition, seen, parseBody(current.json), sent) : [],
  });
}

function parseBody(json: string): Body {
  return JSON.parse(json) as Body;
}
