import { Injectable } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, encodeCursor } from '../../platform/records/cursor.js';
import { Readings } from '../../platform/records/readings.js';
import { findLatestChange, listChanges, numberChanges, type ChangeRow } from './changes.db.js';

/** A page of the feed: where to ask again is always told, and whether there is more by now. */
export interface ChangePage {
  readonly data: readonly Partial<Omit<ChangeRow, 'id'>>[];
  readonly page: { readonly next: string };
  readonly hasMore: boolean;
}

/** Numbered in one transaction: few enough to take a moment, however much there is to number. */
const AT_ONCE = 10_000;

/** The id of no entry: before all of them. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** The feed of all changes. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly database: Database,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * The changes after a cursor, in the order in which they were seen to be committed. What was committed before the call is
   * among them, whoever wrote it.
   *
   * @throws Problem `validation_failed`, `invalid_cursor`
   */
  async pageOf(query: Parameters, view: View): Promise<ChangePage> {
    const { limit, after, mergerId } = readFeedQuery(query);
    const list = `changes ${view} ${mergerId ?? ''}`;
    const isAtEnd = after === 'latest';
    const id = after === null || isAtEnd ? BEGINNING : decodeCursor(after, list).id;
    const position = await this.catchUp(id);
    const read = this.readings.of(this.readings.now(view));
    if (isAtEnd) {
      const latest = (await findLatestChange(read, mergerId)) ?? BEGINNING;
      return pageAfter(latest, [], { limit, list, view });
    }
    const found = await listChanges(read, { after: position, mergerId, limit: limit + 1 });
    return pageAfter(id, found, { limit, list, view });
  }

  /** Numbers all that is to be numbered; returns the position of an entry. */
  private async catchUp(id: string): Promise<string> {
    const asked = { instant: this.clock.instant(), atMost: AT_ONCE, id };
    for (;;) {
      const { numbered, position } = await numberChanges(this.database.read, asked);
      if (numbered >= AT_ONCE) continue;
      if (position === null && id !== BEGINNING)
        throw new Problem('invalid_cursor', 'The feed has no entry of this cursor.');
      return position ?? '0';
    }
  }
}

function readFeedQuery(query: Parameters): {
  readonly limit: number;
  readonly after: string | null;
  readonly mergerId: string | null;
} {
  const reader = new QueryReader(query);
  const limit = reader.takeLimit();
  const after = reader.take('after');
  const mergerId = reader.take('mergerId');
  if (mergerId !== null && !isUuid(mergerId)) reader.refuse('mergerId', 'must be an id');
  reader.finish();
  return { limit, after, mergerId: mergerId?.toLowerCase() ?? null };
}

/** A cursor names the last entry that was shown: what is not shown moves nobody on. */
function pageAfter(
  id: string,
  found: readonly ChangeRow[],
  { limit, list, view }: { readonly limit: number; readonly list: string; readonly view: View },
): ChangePage {
  const shown = found.slice(0, limit);
  return {
    data: shown.map((change) => presentChange(change, view)),
    page: { next: encodeCursor({ key: '', id: shown.at(-1)?.id ?? id }, list) },
    hasMore: found.length > limit,
  };
}

function presentChange(change: ChangeRow, view: View): ChangePage['data'][number] {
  const { recordType, recordId, mergerId, version, operation, recordedAt, actor, reason } = change;
  const who = view === 'public' ? {} : { actor, reason };
  return { recordType, recordId, mergerId, version, operation, recordedAt, ...who };
}
