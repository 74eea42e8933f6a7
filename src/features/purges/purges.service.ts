import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { Author } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Paging } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database, readWithin } from '../../platform/prisma/database.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
import { bodyOf } from '../../platform/records/record.body.js';
import {
  DEFINITIONS,
  type Companion,
  type Definitions,
} from '../../platform/records/record.definition.js';
import { lockRecord } from '../../platform/records/records.db.js';
import { definitionOf, requireUnnamed } from '../../platform/records/references.db.js';
import { findPurge, listPurges, purgeRecord, type Purge } from './purges.db.js';
import { PurgeBody } from './purges.dto.js';

/** The mark of a purge, as it is shown. */
export type PurgeView = Purge;

/** What a cursor of the list is bound to. */
const PURGE_LIST = 'purges';

/** Removes records for good. */
@Injectable()
export class PurgesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * Removes a record with its revisions and every other trace, all or nothing, and leaves a mark.
   *
   * @throws Problem `reason_required`, `validation_failed`, `reference_not_found`, `announcement_required`,
   * `still_referenced`
   */
  async purge(sent: unknown, author: Author): Promise<PurgeView> {
    if (author.reason === null) {
      throw new Problem('reason_required', 'Say in the X-Reason header why the record is purged.');
    }
    const { recordType, recordId } = await bodyOf(PurgeBody, sent);
    const named = { type: recordType, id: recordId.toLowerCase() };
    return this.database.write(author, async (tx) => {
      const going = [...(await this.companionsOf(tx, named)), named];
      await requireUnnamed(tx, this.definitions, going);
      let mark = '';
      for (const one of going) mark = await purgeRecord(tx, one, this.clock.instant());
      const purge = await findPurge(readWithin(tx), mark);
      if (!purge) throw new Error('the purge left no mark');
      return purge;
    });
  }

  /** What goes with a record, which is locked: nobody begins to name it meanwhile. */
  private async companionsOf(
    tx: Transaction,
    { type, id }: Companion,
  ): Promise<readonly Companion[]> {
    const definition = definitionOf(this.definitions, type);
    const record = await lockRecord(tx, definition, id);
    if (!record) {
      const detail = `there is no record in /${type} with this id`;
      throw new Problem('reference_not_found', `/recordId: ${detail}.`, {
        errors: [{ pointer: '/recordId', detail }],
      });
    }
    const context = { tx, definitions: this.definitions };
    const body = JSON.parse(record.json) as object;
    const companions = (await definition.rules.purging?.(context, id, body)) ?? [];
    for (const one of companions)
      await lockRecord(tx, definitionOf(this.definitions, one.type), one.id);
    return companions;
  }

  /**
   * One mark.
   *
   * @throws Problem `not_found`
   */
  async readPurge(id: string): Promise<PurgeView> {
    const purge = isUuid(id) ? await findPurge(this.database.read, id) : undefined;
    if (!purge) throw new Problem('not_found', 'There is no such purge.');
    return purge;
  }

  /**
   * A page of all marks, the earliest first.
   *
   * @throws Problem `invalid_cursor`
   */
  async listPurges({ limit, cursor }: Paging): Promise<Page<PurgeView>> {
    const after = cursor === null ? null : decodeCursor(cursor, PURGE_LIST).id;
    const found = await listPurges(this.database.read, after, limit + 1);
    return pageFrom(found, { limit, list: PURGE_LIST }, byId);
  }
}
