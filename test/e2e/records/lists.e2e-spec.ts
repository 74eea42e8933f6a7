import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildFaction,
  buildMandate,
  buildMember,
  buildMerger,
  buildPerson,
  buildSource,
  idsListed,
  listed,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectProblem } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';
import type { Prepared } from '../../support/specimens/specimen.js';

interface Page {
  readonly data: readonly Stored[];
  readonly page: { readonly next: string | null };
}

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
  for (let nth = 0; nth < 2; nth += 1)
    await Promise.all([buildFaction(accord), buildPerson(accord)]);
});
afterAll(() => accord.stop());

/** All pages of a list by their Link headers, as far as they go. */
async function walk(path: string): Promise<readonly (readonly Stored[])[]> {
  const pages: (readonly Stored[])[] = [];
  for (let at: string | undefined = path; at !== undefined;) {
    const answer = await accord.get(at);
    expect(answer.status).toBe(200);
    const { data, page } = answer.body as Page;
    pages.push(data);
    const link = answer.headers.get('link');
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(link ?? '') ?? [];
    expect(next === undefined).toBe(page.next === null);
    if (next !== undefined)
      expect(new URL(next, accord.baseUrl).searchParams.get('cursor')).toBe(page.next);
    at = next;
  }
  return pages;
}

/** Another value of a filter, which the record does not have. */
function otherThan(name: string, value: unknown): string {
  if (typeof value === 'boolean') return String(!value);
  if (/^id$|Ids?$|^dependsOn$/.test(name)) return NOBODY;
  return OTHER_WORDS[name] ?? '1066';
}

const OTHER_WORDS: Readonly<Record<string, string>> = {
  slug: 'no-such-slug',
  classification: 'other',
  expectedKind: 'alliance',
  outcome: 'abandoned',
  role: 'observer',
  stance: 'withdrawn',
  basis: 'reported',
  state: 'dropped',
  status: 'cancelled',
  mode: 'excused',
  requirement: 'consensus',
  option: 'not_voting',
  channel: 'proxy',
  kind: 'alliance',
  recordType: 'votes',
  reliability: 'F',
};
const WORDS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  factions: { classification: 'bloc' },
  milestones: { classification: 'aftermath' },
  sources: { kind: 'post' },
  citations: { stance: 'supports' },
};

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'the list of %s',
  (type, specimen) => {
    let prepared: Prepared;
    let full: Stored;
    const several: Stored[] = [];
    const isNested = (): boolean => prepared.path !== `/v1/${type}`;

    beforeAll(async () => {
      prepared = await specimen.prepare(accord);
      full = await record(accord, prepared.path, prepared.full);
      several.push(full);
      // A merger has one succession: its list is never longer.
      for (let nth = 0; nth < 4 && type !== 'successions'; nth += 1) {
        const {
          path,
          minimal,
          full: whole,
        } = await specimen.prepare(accord, isNested() ? prepared.path : undefined);
        several.push(await record(accord, path, nth % 2 === 0 ? minimal : whole));
      }
    });

    it('is filtered by every id, every vocabulary, every flag and every date, by several values too', async () => {
      for (const name of ['id', ...specimen.filters]) {
        const value = full[name];
        expect([name, value]).not.toEqual([name, null]);
        const text = Array.isArray(value) ? String(value[0]) : String(value);
        const other = WORDS_OF[type]?.[name] ?? otherThan(name, value);
        const list = (given: string) =>
          idsListed(
            accord,
            `${prepared.path}?limit=100&sort=-createdAt&${name}=${encodeURIComponent(given)}`,
          );
        expect([name, await list(text)]).toEqual([name, expect.arrayContaining([full.id])]);
        expect([name, await list(other)]).toEqual([name, expect.not.arrayContaining([full.id])]);
        if (other === '1066') continue;
        expect([name, await list(`${other},${text}`)]).toEqual([
          name,
          expect.arrayContaining([full.id]),
        ]);
      }
    });

    it('holds nothing but what its filters say', async () => {
      for (const name of specimen.filters.filter((each) => typeof full[each] === 'string')) {
        const value = String(full[name]);
        if (/^\d{4}(-|$)/.test(value)) continue;
        const found = await listed(accord, `${prepared.path}?limit=100&${name}=${value}`);
        expect(found.map((each) => each[name])).toEqual(found.map(() => value));
      }
    });

    it('is sorted by when it was recorded or changed, by its name and its main date, both ways', async () => {
      for (const sort of ['createdAt', 'updatedAt', ...specimen.sorts]) {
        const path = `${prepared.path}?limit=100&sort=`;
        const ids = (await walk(`${path}${sort}`)).flat().map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining(several.map(({ id }) => id)));
        const backwards = (await walk(`${path}-${sort}`)).flat().map(({ id }) => id);
        expect(backwards).toEqual(ids.toReversed());
      }
      const [byRecording = []] = await walk(`${prepared.path}?limit=100&sort=-createdAt`);
      const newest = several.toReversed().map(({ id }) => id);
      const kept = byRecording.map(({ id }) => id).filter((id) => newest.includes(id));
      expect(kept).toEqual(newest);
    });

    it('goes on page by page without gap or repeat, in every order', async () => {
      for (const sort of [
        'createdAt',
        '-updatedAt',
        ...specimen.sorts.flatMap((by) => [by, `-${by}`]),
      ]) {
        const whole = (await walk(`${prepared.path}?limit=100&sort=${sort}`)).flat();
        const limit = Math.max(2, Math.ceil(whole.length / 4));
        const pages = await walk(`${prepared.path}?limit=${limit}&sort=${sort}`);
        expect(pages.flat()).toEqual(whole);
        expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
        expect(pages.length).toBe(Math.max(1, Math.ceil(whole.length / limit)));
      }
    });

    it('refuses the cursor of another list, and a parameter that it does not know', async () => {
      const other = await accord.get(`/v1/${type === 'people' ? 'factions' : 'people'}?limit=1`);
      const next = (other.body as Page).page.next ?? '';
      expect(next).not.toBe('');
      const foreign = await accord.get(`${prepared.path}?cursor=${next}`);
      expectProblem(foreign, [400, 'invalid_cursor']);
      for (const name of ['version', 'createdAt', 'visibility', 'colour']) {
        const answer = await accord.get(`${prepared.path}?${name}=1`);
        expectProblem(answer, [400, 'validation_failed', `?${name}`]);
      }
    });

    it('is not sent again while nothing in it changes', async () => {
      const path = `${prepared.path}?limit=3`;
      const etag = (await accord.get(path)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]+"$/);
      expect(await accord.get(path, { 'if-none-match': etag })).toMatchObject({ status: 304 });
    });
  },
);

describe('the list of factions', () => {
  it('holds 25 unless it is asked for another number, at most 100', async () => {
    for (let nth = 0; nth < 30; nth += 1) await buildFaction(accord, { name: `Bloc ${nth}` });
    const sizes = ['', '?limit=1', '?limit=26', '?limit=100'].map(async (query) => {
      const answer = await accord.get(`/v1/factions${query}`);
      return (answer.body as Page).data.length;
    });
    const [unasked, one, more, most] = await Promise.all(sizes);
    expect([unasked, one, more]).toEqual([25, 1, 26]);
    expect(most).toBeGreaterThan(30);
  });

  it('goes on where it was, though records come and go between two pages', async () => {
    const parentId = (await buildFaction(accord)).id;
    const names = ['A', 'B', 'C', 'D'];
    for (const name of names) await buildFaction(accord, { name, parentId });
    const path = `/v1/factions?parentId=${parentId}&sort=name&limit=2`;
    const first = (await accord.get(path)).body as Page;
    await buildFaction(accord, { name: 'AA', parentId });
    await accord.retract(`/v1/factions/${first.data[0]?.id ?? ''}`);
    const rest = await listed(accord, `${path}&cursor=${first.page.next ?? ''}`);
    expect(rest.map((each) => each['name'])).toEqual(['C', 'D']);
  });

  it('is sorted by name whatever the case, and by date by where its span starts, the undated last', async () => {
    const parentId = (await buildFaction(accord)).id;
    const told: Fields[] = [
      { name: 'beta', foundingDate: '2022-12-28' },
      { name: 'Alpha', foundingDate: '2023' },
      { name: 'alpha' },
      { name: 'Gamma', foundingDate: '2022' },
      { name: 'delta', foundingDate: '2022-12-28T01:00+05:00' },
    ];
    for (const fields of told) await buildFaction(accord, { ...fields, parentId });
    const names = async (sort: string) =>
      (await listed(accord, `/v1/factions?parentId=${parentId}&sort=${sort}`)).map(
        (each) => each['name'],
      );
    expect(await names('name')).toEqual(['Alpha', 'alpha', 'beta', 'delta', 'Gamma']);
    // The instant is 20:00 UTC of the 27th, before the 28th; 2022 starts before both.
    const byDate = ['Gamma', 'delta', 'beta', 'Alpha', 'alpha'];
    expect(await names('foundingDate')).toEqual(byDate);
    expect(await names('-foundingDate')).toEqual(byDate.toReversed());
  });

  it('is filtered by dates whose spans overlap the span asked for', async () => {
    const publisher = 'overlap';
    const made: Record<string, string> = {};
    for (const publishedOn of ['2022', '2022-12', '2022-12-28', '2022-12-28T23:30-05:00', '2023']) {
      made[(await buildSource(accord, { publishedOn, publisher })).id] = publishedOn;
    }
    const dates = async (asked: string) =>
      (await idsListed(accord, `/v1/sources?limit=100&publishedOn=${encodeURIComponent(asked)}`))
        .map((id) => made[id])
        .filter((date) => date !== undefined);
    expect(await dates('2022-12-28')).toEqual(['2022', '2022-12', '2022-12-28']);
    expect(await dates('2022-12-29')).toEqual(['2022', '2022-12', '2022-12-28T23:30-05:00']);
    expect(await dates('2022-11')).toEqual(['2022']);
    expect(await dates('2023-06')).toEqual(['2023']);
    expect(await dates('2022-12-29..')).toEqual([
      '2022',
      '2022-12',
      '2022-12-28T23:30-05:00',
      '2023',
    ]);
    expect(await dates('..2022-12-27')).toEqual(['2022', '2022-12']);
    expect(await dates('2022-12-31..2023-01-01')).toEqual(['2022', '2022-12', '2023']);
  });
});

describe('a list as of a date', () => {
  const cases = [
    ['factions', 'foundingDate', 'dissolutionDate', buildFaction],
    ['members', 'startDate', 'endDate', buildMember],
    ['mandates', 'startDate', 'endDate', buildMandate],
  ] as const;
  it.each(cases)(
    'holds the %s of then: from the first instant of a start to the end of an end',
    async (type, start, end, build) => {
      const { id } = await build(accord, { [start]: '2022-12-28', [end]: '2023-01' });
      const heldAt = async (asOf: string) =>
        (
          await idsListed(
            accord,
            `/v1/${type}?limit=100&sort=-createdAt&asOf=${encodeURIComponent(asOf)}`,
          )
        ).includes(id);
      expect(await heldAt('2022-12-27')).toBe(false);
      expect(await heldAt('2022-12-28')).toBe(true);
      expect(await heldAt('2022-12-27T23:59:59.999Z')).toBe(false);
      expect(await heldAt('2022-12-28T00:00Z')).toBe(true);
      expect(await heldAt('2022-12')).toBe(true);
      expect(await heldAt('2022-11')).toBe(false);
      expect(await heldAt('2023-01-31T23:59:59.999Z')).toBe(true);
      expect(await heldAt('2023-01')).toBe(true);
      expect(await heldAt('2023-02-01T00:00Z')).toBe(false);
      expect(await heldAt('2023')).toBe(false);
    },
  );

  it('holds a merger until it is closed: a closing counts from the first instant of its date', async () => {
    const body = { startedOn: '2022-12-28', closedOn: '2023-01', outcome: 'abandoned' };
    const { id } = await buildMerger(accord, body);
    const heldAt = async (asOf: string) =>
      (await idsListed(accord, `/v1/mergers?limit=100&sort=-createdAt&asOf=${asOf}`)).includes(id);
    expect(await heldAt('2022-12-27')).toBe(false);
    expect(await heldAt('2022-12-31T23:59:59.999Z')).toBe(true);
    expect(await heldAt('2023-01-01T00:00Z')).toBe(false);
  });

  it('holds what has no start and no end', async () => {
    const { id } = await buildMember(accord);
    for (const asOf of ['0001', '2022-12-28', '9999'])
      expect(await idsListed(accord, `/v1/members?sort=-createdAt&asOf=${asOf}`)).toContain(id);
  });

  it('holds a mandate until it is revoked: from the first instant of that date on it is gone', async () => {
    const { id } = await buildMandate(accord, { endDate: '2023-01-31', revokedOn: '2023-01-10' });
    const list = (asOf: string) => idsListed(accord, `/v1/mandates?limit=100&asOf=${asOf}`);
    expect(await list('2023-01-09')).toContain(id);
    expect(await list('2023-01-10')).not.toContain(id);
    expect(await list('2023-01-10T00:00Z')).not.toContain(id);
  });

  it('is no parameter of what has no span', async () => {
    await buildPerson(accord);
    for (const type of ['people', 'participants', 'milestones', 'meetings', 'votes', 'sources']) {
      expectProblem(await accord.get(`/v1/${type}?asOf=2022`), [400, 'validation_failed', '?asOf']);
    }
  });
});

describe('the history of a record', () => {
  it('goes on page by page, the newest first, without gap or repeat', async () => {
    const { id } = await buildFaction(accord);
    for (const name of ['B', 'C', 'D', 'E']) await accord.patch(`/v1/factions/${id}`, { name });
    const path = `/v1/factions/${id}/revisions`;
    const pages = await walk(`${path}?limit=2`);
    const versions = pages.map((page) => page.map(({ version }) => version));
    expect(versions).toEqual([[5, 4], [3, 2], [1]]);
    const first = (await accord.get(`${path}?limit=2`)).body as Page;
    const other = `/v1/factions/${(await buildFaction(accord)).id}/revisions`;
    const foreign = await accord.get(`${other}?cursor=${first.page.next ?? ''}`);
    expectProblem(foreign, [400, 'invalid_cursor']);
    for (const query of ['limit=0', 'limit=101', 'sort=version', 'limit=1&limit=2']) {
      expectProblem(await accord.get(`${path}?${query}`), [400, 'validation_failed']);
    }
  });
});
