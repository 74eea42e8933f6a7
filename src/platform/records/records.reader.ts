import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { RecordType } from '../../domain/vocabulary.js';
import type { Caller } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import { readPaging, type Parameters } from '../http/query.reader.js';
import { listRevisions, type RevisionRow } from '../ledger/revisions.db.js';
import { Database } from '../prisma/database.js';
import { answerPage, linkNext } from './answers.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { requireNested } from './record.definition.js';
import { findRecord, listRecords } from './records.db.js';
import { readListQuery } from './records.query.js';
import { DEFINITIONS, RecordsService, type Definitions } from './records.service.js';
import { definitionOf } from './references.db.js';

/** The lists of records and of their revisions. */
@Injectable()
export class RecordsReader {
  constructor(
    private readonly database: Database,
    private readonly records: RecordsService,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /** A page of all records of a kind. */
  async list(type: RecordType, query: Parameters, reply: FastifyReply): Promise<string> {
    const definition = definitionOf(this.definitions, type);
    const asked = readListQuery(definition, query, '');
    return answerPage(reply, await listRecords(this.database, definition, asked, null), asked);
  }

  /** A page of the records beneath another one, which must be there. */
  async listBeneath(
    type: RecordType,
    key: string,
    query: Parameters,
    reply: FastifyReply,
  ): Promise<string> {
    const definition = definitionOf(this.definitions, type);
    const nestedIn = requireNested(definition);
    const parent = await this.records.read(nestedIn.type, key);
    const asked = readListQuery(definition, query, parent.id);
    const above = { field: nestedIn.field, id: parent.id };
    return answerPage(reply, await listRecords(this.database, definition, asked, above), asked);
  }

  /** A page of a record's revisions, the newest first; who and why is for key holders. Also of a retracted record. */
  async revisions(
    type: RecordType,
    key: string,
    query: Parameters,
    asking: { caller: Caller; reply: FastifyReply },
  ): Promise<object> {
    const definition = definitionOf(this.definitions, type);
    const record = await findRecord(this.database, definition, key);
    if (!record) throw new Problem('not_found', `There is no such record in /${type}.`);
    const { limit, cursor } = readPaging(query);
    const list = `revisions ${record.id}`;
    const before = cursor === null ? null : Number(decodeCursor(cursor, list).key);
    const found = await listRevisions(this.database, definition, record.id, {
      beforeVersion: before,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const next = last ? encodeCursor({ key: String(last.version), id: record.id }, list) : null;
    if (next !== null) linkNext(asking.reply, next);
    return {
      data: page.map((revision) => presentRevision(revision, asking.caller)),
      page: { next },
    };
  }
}

function presentRevision(revision: RevisionRow, caller: Caller): object {
  const { version, operation, recordedAt, actor, reason, before, after } = revision;
  const who = caller.role === 'reader' ? {} : { actor, reason };
  return { version, operation, recordedAt, ...who, before, after };
}
