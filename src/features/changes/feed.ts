import { Injectable } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import type { QueryReader } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, encodeCursor } from '../../platform/records/cursor.js';
import { Readings } from '../../platform/records/readings.js';
import {
  findEnd,
  findLatestChange,
  listChanges,
  numberChanges,
  type ChangeRow,
  type Stretch,
} from './changes.db.js';

/** What somebody follows of the feed: with whose eyes, and which mergers; none: all records. */
export interface Part {
  readonly view: View;
  /** Each once, in an order that does not depend on how they were given. */
  readonly mergerIds: readonly string[];
}

/** An entry as it is answered. */
export type Change = Partial<Omit<ChangeRow, 'id' | 'position'>>;

/** Numbered in one transaction: few enough to take a moment, however much there is to number. */
const AT_ONCE = 10_000;

/** The id of no entry: before all of them. */
export const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** The feed, as those read it who ask for a page and those who are told. */
@Injectable()
export class Feed {
  constructor(
    private readonly database: Database,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * Numbers all that is to be numbered: what was committed before the call has its place then. Returns the position of an
   * entry, or of the beginning.
   *
   * @throws Problem `invalid_cursor` when there is no entry with this id
   */
  async catchUp(id: string = BEGINNING): Promise<number> {
    const asked = { instant: this.clock.instant(), atMost: AT_ONCE, id };
    for (;;) {
      const { numbered, position } = await numberChanges(this.database.read, asked);
      if (numbered >= AT_ONCE) continue;
      if (position === null && id !== BEGINNING)
        throw new Problem('invalid_cursor', 'The feed has no entry of this cursor.');
      return position ?? 0;
    }
  }

  /** Where the numbered feed ends. */
  async end(): Promise<number> {
    return findEnd(this.database.read);
  }

  /** The numbered entries of a stretch that may be seen now. */
  async entries(view: View, stretch: Stretch): Promise<readonly ChangeRow[]> {
    return listChanges(this.readings.of(this.readings.now(view)), stretch);
  }

  /** Where the numbered feed ends, and the last entry before that of a part. */
  async latest({ view, mergerIds }: Part): Promise<{ readonly end: number; readonly id: string }> {
    const read = this.readings.of(this.readings.now(view));
    const { end, id } = await findLatestChange(read, mergerIds);
    return { end, id: id ?? BEGINNING };
  }
}

/** The cursor after an entry; from before all of them without one. */
export function cursorAfter(part: Part, id: string): string {
  return encodeCursor({ key: '', id }, nameOf(part));
}

/**
 * The id of the entry that a cursor of a part stands after.
 *
 * @param cursor null: from the beginning
 * @throws Problem `invalid_cursor`
 */
export function entryBefore(part: Part, cursor: string | null): string {
  return cursor === null ? BEGINNING : decodeCursor(cursor, nameOf(part)).id;
}

/** The mergers that are asked for: parted by commas or given several times, as in every list. */
export function takeMergerIds(reader: QueryReader): readonly string[] {
  const given = reader.takeAll('mergerId').flatMap((text) => text.split(','));
  if (!given.every(isUuid)) reader.refuse('mergerId', 'must be an id');
  return [...new Set(given.map((id) => id.toLowerCase()))].toSorted();
}

/** An entry as a view is told of it: who and why is for key holders. */
export function presentChange(change: ChangeRow, view: View): Change {
  const { recordType, recordId, mergerId, version, operation, recordedAt, actor, reason } = change;
  const who = view === 'public' ? {} : { actor, reason };
  return { recordType, recordId, mergerId, version, operation, recordedAt, ...who };
}

function nameOf({ view, mergerIds }: Part): string {
  return `changes ${view} ${mergerIds.join(',')}`;
}
