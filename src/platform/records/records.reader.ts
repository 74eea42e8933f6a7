import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { RecordType } from '../../domain/vocabulary.js';
import type { View } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import { readKnownAt, readPaging, type Parameters } from '../http/query.reader.js';
import { listRevisions, type RevisionRow } from '../ledger/revisions.db.js';
import { keep } from '../snapshots/keep.js';
import type { Keep } from '../snapshots/snapshot.js';
import { answerMoved, answerPage, answerRecord, linkPage } from './answers.js';
import { decodeCursor } from './cursor.js';
import { pageFrom, type Page } from './page.js';
import { DEFINITIONS, requireNested, type Definitions } from './record.definition.js';
import { findRecord, listRecords } from './records.db.js';
import { readListQuery } from './records.query.js';
import { Readings } from './readings.js';
import { RecordsService } from './records.service.js';
import { requireLive } from './record.preconditions.js';
import { definitionOf } from './references.db.js';
import { replacementOf } from './replacement.db.js';

/** What a record or a list shows changes with any record, for all name others; and never with the time alone. */
const RESTS_ON_RECORDS: Keep = { scope: null, span: null };

/** Which records are asked for: those of a kind, or what is at an id or a slug. */
interface Place {
  readonly type: RecordType;
  readonly key: string;
}

/** Who asks, and where the answer goes. */
interface Asking {
  readonly view: View;
  readonly reply: FastifyReply;
}

/** Records, their lists and their revisions, as the caller may see them. */
@Injectable()
export class RecordsReader {
  constructor(
    private readonly readings: Readings,
    private readonly records: RecordsService,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * One record, as it is or as it was recorded by `knownAt`; of a record that was merged, where the one is that was kept.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async read({ type, key }: Place, query: Parameters, { view, reply }: Asking): Promise<string> {
    const { knownAt } = readKnownAt(query);
    const definition = definitionOf(this.definitions, type);
    const read = this.readings.of(this.readings.now(view, knownAt));
    const record = await findRecord(read, definition, key);
    const kept = record?.retracted
      ? await replacementOf(read, definition, record.id, knownAt)
      : undefined;
    if (kept?.id != null) return answerMoved(reply, `/v1/${type}/${kept.id}`);
    const live = await requireLive(read, definition, record, knownAt);
    if (knownAt === null) keep(reply, RESTS_ON_RECORDS);
    return answerRecord(reply, live, view);
  }

  /** A page of all records of a kind. */
  async list(type: RecordType, query: Parameters, { view, reply }: Asking): Promise<string> {
    const definition = definitionOf(this.definitions, type);
    const asked = readListQuery(definition, query, '');
    const read = this.readings.of(this.readings.now(view));
    keep(reply, RESTS_ON_RECORDS);
    return answerPage(reply, await listRecords(read, definition, asked, null), asked);
  }

  /** A page of the records beneath another one, which must be there. */
  async listBeneath(
    { type, key }: Place,
    query: Parameters,
    { view, reply }: Asking,
  ): Promise<string> {
    const definition = definitionOf(this.definitions, type);
    const nestedIn = requireNested(definition);
    const reading = await this.readings.begin(view);
    const parent = await this.records.read(nestedIn.type, key, reading);
    const asked = readListQuery(definition, query, parent.id);
    const above = { field: nestedIn.field, id: parent.id };
    const found = await listRecords(this.readings.of(reading), definition, asked, above);
    keep(reply, RESTS_ON_RECORDS);
    return answerPage(reply, found, asked);
  }

  /**
   * A page of a record's revisions, the newest first; who and why is for key holders. Also of a retracted record. To a
   * reader the history begins where the record became visible: an entry `published` stands for what was before.
   */
  async revisions(
    { type, key }: Place,
    query: Parameters,
    { view, reply }: Asking,
  ): Promise<Page<object>> {
    const definition = definitionOf(this.definitions, type);
    const reading = await this.readings.begin(view);
    const record = await findRecord(this.readings.of(reading), definition, key);
    if (!record) throw new Problem('not_found', `There is no such record in /${type}.`);
    const { limit, cursor } = readPaging(query);
    const list = `revisions ${record.id}`;
    const found = await listRevisions(this.readings.of(reading), {
      definition,
      definitions: this.definitions,
      view,
      id: record.id,
      before: cursor === null ? null : decodeCursor(cursor, list).key,
      limit: limit + 1,
    });
    const page = pageFrom(found, { limit, list }, ({ place }) => ({ key: place, id: record.id }));
    const data = page.data.map((revision) => presentRevision(revision, view));
    return linkPage(reply, { ...page, data });
  }
}

function presentRevision(revision: RevisionRow, view: View): object {
  const { version, operation, recordedAt, actor, reason, before, after } = revision;
  const who = view === 'public' ? {} : { actor, reason };
  return { version, operation, recordedAt, ...who, before, after };
}
