import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RowWithin } from './exports.db.js';
import { Following } from './following.js';

async function* pagesOf(rows: readonly RowWithin[], length: number): AsyncGenerator<RowWithin[]> {
  for (let at = 0; at < rows.length; at += length)
    yield await Promise.resolve(rows.slice(at, at + length));
}

describe('what stands within others', () => {
  it('is found with each of them, whatever the pages, and else passed over', async () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ids, ids, fc.integer({ min: 1, max: 4 }), async (above, asked, length) => {
        const rows = above
          .toSorted()
          .map((id, nth) => ({ above: id, json: String(nth), name: null }));
        const following = new Following(pagesOf(rows, length));
        for (const id of [...new Set(asked)].sort())
          expect(await following.within(id)).toEqual(rows.filter((row) => row.above === id));
      }),
    );
  });
});
