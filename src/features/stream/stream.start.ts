import { Injectable } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import { Head } from '../../platform/snapshots/head.js';
import {
  Feed,
  cursorAfter,
  entryBefore,
  takeMergerIds,
  type Part,
} from '../changes/changes.module.js';
import { AT_A_TIME, Turns } from './turns.js';

/** What a stream is asked for with. */
export interface Asked {
  readonly query: Parameters;
  readonly view: View;
  /** The header of who comes again: the id of the last event that was seen. */
  readonly lastEventId: string | undefined;
}

/** What is followed, and since which id; null: from now on. */
export interface Wanted {
  readonly part: Part;
  readonly lastEventId: string | null;
}

/** Where a stream begins: after a position of the feed, and the id of the last event until there. */
export interface Start {
  readonly position: number;
  readonly id: string;
}

/** Finds out where streams begin. */
@Injectable()
export class StreamStarts {
  private readonly turns = new Turns(AT_A_TIME);

  constructor(
    private readonly feed: Feed,
    private readonly head: Head,
  ) {}

  /**
   * Where a stream begins: after what was seen last, else now.
   *
   * @throws Problem `invalid_cursor`, `unavailable`
   */
  async find({ part, lastEventId }: Wanted): Promise<Start> {
    const entry = lastEventId === null ? null : entryBefore(part, lastEventId);
    return this.turns.take(JSON.stringify([part, entry]), async () => {
      // Whoever waits for many others to find out would wait for long.
      if (this.head.isAway()) throw new Problem('unavailable', 'The database does not answer.');
      if (entry !== null)
        return { position: await this.feed.catchUp(entry), id: lastEventId ?? '' };
      await this.feed.catchUp();
      const { end, id } = await this.feed.latest(part);
      return { position: end, id: cursorAfter(part, id) };
    });
  }
}

/**
 * Reads what is asked for. What a browser remembers counts more than the address, which stays as it was in the beginning.
 *
 * @throws Problem `validation_failed`
 */
export function readWanted({ query, view, lastEventId }: Asked): Wanted {
  const reader = new QueryReader(query);
  const given = reader.take('lastEventId');
  const part = { view, mergerIds: takeMergerIds(reader) };
  reader.finish();
  return {
    part,
    lastEventId: lastEventId === undefined || lastEventId === '' ? given : lastEventId,
  };
}
