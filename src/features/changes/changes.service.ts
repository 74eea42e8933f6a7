import { Injectable } from '@nestjs/common';
import type { View } from '../../platform/auth/caller.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import type { ChangeRow } from './changes.db.js';
import {
  Feed,
  cursorAfter,
  entryBefore,
  presentChange,
  takeMergerIds,
  type Change,
  type Part,
} from './feed.js';

/** A page of the feed: where to ask again is always told, and whether there is more by now. */
export interface ChangePage {
  readonly data: readonly Change[];
  readonly page: { readonly next: string };
  readonly hasMore: boolean;
}

/** The feed of all changes, a page at a time. */
@Injectable()
export class ChangesService {
  constructor(private readonly feed: Feed) {}

  /**
   * The changes after a cursor, in the order in which they were seen to be committed. What was committed before the call is
   * among them, whoever wrote it.
   *
   * @throws Problem `validation_failed`, `invalid_cursor`
   */
  async pageOf(query: Parameters, view: View): Promise<ChangePage> {
    const { limit, after, mergerIds } = readFeedQuery(query);
    const part: Part = { view, mergerIds };
    if (after === 'latest') {
      await this.feed.catchUp();
      const { id } = await this.feed.latest(part);
      return pageAfter(id, [], { limit, part });
    }
    const id = entryBefore(part, after);
    const position = await this.feed.catchUp(id);
    const stretch = { after: position, mergerIds, limit: limit + 1 };
    return pageAfter(id, await this.feed.entries(view, stretch), { limit, part });
  }
}

function readFeedQuery(query: Parameters): {
  readonly limit: number;
  readonly after: string | null;
  readonly mergerIds: readonly string[];
} {
  const reader = new QueryReader(query);
  const limit = reader.takeLimit();
  const after = reader.take('after');
  const mergerIds = takeMergerIds(reader);
  reader.finish();
  return { limit, after, mergerIds };
}

/** A cursor names the last entry that was shown: what is not shown moves nobody on. */
function pageAfter(
  id: string,
  found: readonly ChangeRow[],
  { limit, part }: { readonly limit: number; readonly part: Part },
): ChangePage {
  const shown = found.slice(0, limit);
  return {
    data: shown.map((change) => presentChange(change, part.view)),
    page: { next: cursorAfter(part, shown.at(-1)?.id ?? id) },
    hasMore: found.length > limit,
  };
}
