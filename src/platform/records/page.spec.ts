import { describe, expect, it } from '@jest/globals';
import { decodeCursor } from './cursor.js';
import { byId, pageFrom } from './page.js';

const ONE = { id: '01930000-0000-7000-8000-000000000001' };
const TWO = { id: '01930000-0000-7000-8000-000000000002' };
const THREE = { id: '01930000-0000-7000-8000-000000000003' };
const asked = { limit: 2, list: 'those' };

describe('a page', () => {
  it.each([[[]], [[ONE]], [[ONE, TWO]]])('is the last one when no more is found: %j', (found) => {
    expect(pageFrom(found, asked, byId)).toEqual({ data: found, page: { next: null } });
  });

  it('goes on after its own last entry when one more is found, and does not show that', () => {
    const { data, page } = pageFrom([ONE, TWO, THREE], asked, byId);
    expect(data).toEqual([ONE, TWO]);
    expect(decodeCursor(page.next ?? '', 'those')).toEqual({ key: '', id: TWO.id });
  });
});
