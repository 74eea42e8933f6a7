import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { buildFaction, buildPerson, listed, type Stored } from '../../support/factories.js';

const SEARCHED = ['factions', 'people', 'mergers'] as const;
type Searched = (typeof SEARCHED)[number];

/** A name that a record has, and how it is looked for. */
interface Named {
  readonly type: Searched;
  readonly id: string;
  readonly name: string;
}

let accord: TestApp;
let story: readonly Named[];
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
  story = (await Promise.all(SEARCHED.map(namesOf))).flat();
});
afterAll(() => accord.stop());

async function namesOf(type: Searched): Promise<readonly Named[]> {
  const records = await listed(accord, `/v1/${type}?limit=100`);
  return records.flatMap((record) => {
    const others = (record['otherNames'] ?? []) as readonly { readonly name: string }[];
    const names = [record['name'] ?? record['title'], ...others.map(({ name }) => name)];
    return names.map((name) => ({ type, id: record.id, name: String(name) }));
  });
}

const search = (type: Searched, q: string, more = ''): Promise<Answer> =>
  accord.get(`/v1/${type}?q=${encodeURIComponent(q)}${more}`);

async function found(type: Searched, q: string, more = '&limit=100'): Promise<readonly string[]> {
  const answer = await search(type, q, more);
  if (answer.status !== 200) throw new Error(`${q}: ${answer.text}`);
  return (answer.body.data as readonly Stored[]).map(({ id }) => id);
}

/** A text with each of its letters wrong in turn: another one, none, one more, or in its neighbour's place. */
function misspellingsOf(name: string): readonly string[] {
  const letters = Array.from(name);
  const isLetter = (at: number): boolean => /^\p{L}$/u.test(letters[at] ?? '');
  return letters.flatMap((letter, at) => {
    if (!isLetter(at)) return [];
    const [before, after] = [letters.slice(0, at).join(''), letters.slice(at + 1).join('')];
    const other = letter === 'x' ? 'y' : 'x';
    const neighbour = letters[at + 1] ?? '';
    const swapped = before + neighbour + letter + letters.slice(at + 2).join('');
    return [
      before + other + after,
      before + after,
      before + other + letter + after,
      ...(after === '' ? [before + letter + other] : []),
      ...(isLetter(at + 1) && neighbour !== letter ? [swapped] : []),
    ];
  });
}

describe('q', () => {
  it('finds a record by each of its names, in any script, and puts it first', async () => {
    expect(story.length).toBeGreaterThan(20);
    expect(story.map(({ name }) => name)).toContain('کامران ٹیسوری');
    for (const { type, id, name } of story)
      for (const q of [name, name.toUpperCase(), `  ${name.toLowerCase()} `])
        expect([q, (await found(type, q))[0]]).toEqual([q, id]);
  });

  it('finds a record by each of its names misspelt by a letter', async () => {
    const wrong = story
      .filter(({ name }) => name.length >= 3)
      .flatMap((named) => misspellingsOf(named.name).map((q) => ({ ...named, q })));
    expect(await missed(wrong)).toEqual([]);
    expect(wrong.length).toBeGreaterThan(1_000);
  });

  it('finds somebody by one word of the name, misspelt by a letter', async () => {
    // A swap in a word of three letters leaves nothing of it.
    const wrong = story
      .filter(({ type }) => type === 'people')
      .flatMap((named) => named.name.split(' ').map((word) => ({ ...named, word })))
      .filter(({ word }) => word.length >= 4)
      .flatMap((named) => misspellingsOf(named.word).map((q) => ({ ...named, q })));
    expect(await missed(wrong)).toEqual([]);
    expect(wrong.length).toBeGreaterThan(500);
  });

  /** Of some searches those that do not find what they should. */
  async function missed(searches: readonly (Named & { readonly q: string })[]): Promise<string[]> {
    const missing: string[] = [];
    for (let at = 0; at < searches.length; at += 8)
      await Promise.all(
        searches.slice(at, at + 8).map(async ({ type, id, name, q }) => {
          if (!(await found(type, q)).includes(id)) missing.push(`${q} for ${name}`);
        }),
      );
    return missing;
  }

  it('finds a name without its accents, and one with accents that has none', async () => {
    const { id } = await buildPerson(accord, { name: 'Şükrü Çağrı-Öz' });
    for (const q of ['Sukru Cagri Oz', 'sukru', 'CAGRI', 'Şükrü Çağrı-Öz', 'şukru çagri'])
      expect([q, (await found('people', q))[0]]).toEqual([q, id]);
    const plain = await buildPerson(accord, { name: 'Nasim Ozel' });
    for (const q of ['Ñâsïm Özèl', 'Ｎａｓｉｍ Ｏｚｅｌ'])
      expect([q, (await found('people', q))[0]]).toEqual([q, plain.id]);
  });

  it('finds a record by the names that it has now, and by none that it had', async () => {
    const { id } = await buildFaction(accord, { name: 'Bahadurabad group', slug: 'pib' });
    expect(await found('factions', 'Bahadurabad')).toEqual([id]);
    const other = { name: 'Haqiqi', otherNames: [{ name: 'Jinnahpur' }], slug: 'landhi' };
    await accord.patch(`/v1/factions/${id}`, other);
    expect(await found('factions', 'Bahadurabad')).toEqual([]);
    for (const q of ['Haqiqi', 'Jinnahpur', 'landhi'])
      expect([q, await found('factions', q)]).toEqual([q, [id]]);
    await accord.retract(`/v1/factions/${id}`);
    expect(await found('factions', 'Jinnahpur')).toEqual([]);
  });

  it('finds nothing that resembles no name', async () => {
    for (const q of ['Zyzzyva', 'Bundestag', '日本'])
      for (const type of SEARCHED) expect([q, await found(type, q)]).toEqual([q, []]);
  });

  it('tells kinds apart: a person’s name finds no faction', async () => {
    expect(await found('people', 'Farooq Sattar')).toHaveLength(1);
    expect(await found('factions', 'Farooq Sattar')).toEqual([]);
    expect(await found('mergers', 'Farooq Sattar')).toEqual([]);
  });

  it('that is blank is refused', async () => {
    for (const q of ['', ' ', '\t\n', '\u00a0'])
      expect(await search('people', q)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ pointer: '?q' }] },
      });
  });

  it('of which nothing is a letter or a digit finds nothing', async () => {
    for (const q of ['-', '...', '%', '_', '%%%', '*', '&|!', "'", '"', '\\', '؟', '—', '😀'])
      for (const type of SEARCHED) expect([q, await found(type, q)]).toEqual([q, []]);
  });

  it('has no letter that stands for another: what LIKE, patterns and SQL know is not special', async () => {
    const special = ['Kam%', 'K_mal', '%amal%', 'Kama\\l', "Kamal' OR '1'='1", 'Kamal*', 'Kamal:*'];
    for (const q of special) expect((await search('people', q)).status).toBe(200);
    expect(await found('people', 'K%')).toEqual(await found('people', 'K'));
    expect(await found('people', '%')).toEqual([]);
    expect(await found('people', "' OR '1'='1")).toEqual(await found('people', 'OR 1 1'));
    expect(await found('people', 'Mustafa; DROP TABLE names')).not.toContain(undefined);
    expect((await search('people', 'Kamal\0')).status).toBe(400);
    expect((await accord.get('/v1/people?q=%ED%A0%80')).status).toBeLessThan(500);
  });

  it('may be long, and costs no more than a list', async () => {
    const answer = await search('people', 'Farooq Sattar '.repeat(300));
    expect([200, 400]).toContain(answer.status);
    expect(await found('people', 'x'.repeat(5_000))).toEqual([]);
  });
});

describe('a list that is searched', () => {
  it('ranks the name itself before what resembles it', async () => {
    const names = ['Kamran Tariq', 'Kamran Tessori Khan', 'Imran Tessori'];
    for (const name of names) await buildPerson(accord, { name });
    const answer = await search('people', 'Kamran Tessori');
    const ranked = (answer.body.data as readonly Stored[]).map((person) => person['name']);
    expect(ranked[0]).toBe('Kamran Tessori');
    expect(ranked.slice(0, 4)).toContain('Kamran Tessori Khan');
    expect(ranked).toContain('Imran Tessori');
  });

  it('is paged as any other: each record once, in the order of the whole', async () => {
    for (let at = 0; at < 7; at += 1)
      await buildPerson(accord, { name: 'Nasreen Jalil', slug: `nasreen-jalil-${String(at)}` });
    const whole = await found('people', 'Nasren Jalil');
    expect(whole.length).toBeGreaterThanOrEqual(7);
    const paged: string[] = [];
    let path: string | undefined = '/v1/people?q=Nasren%20Jalil&limit=2';
    while (path !== undefined) {
      const answer: Answer = await accord.get(path);
      expect(answer.status).toBe(200);
      paged.push(...(answer.body.data as readonly Stored[]).map(({ id }) => id));
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(whole);
    const first = await search('people', 'Nasren Jalil', '&limit=2');
    const foreign = await search('people', 'Jalil', `&cursor=${String(first.body.page.next)}`);
    expect(foreign).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it('may be filtered and sorted besides', async () => {
    const committee = story.find(({ name }) => name === 'Rabita Committee');
    expect(await found('factions', 'Committee', '&classification=committee')).toEqual([
      committee?.id,
    ]);
    expect(await found('factions', 'Rabita Committee', '&classification=bloc')).toEqual([]);
    expect(await found('factions', 'MQM-P', '&slug=mqm-p')).toHaveLength(1);
    const byName = await search('people', 'Kamran', '&sort=-name&limit=100');
    const names = (byName.body.data as readonly Stored[]).map(({ name }) => String(name));
    expect(names.length).toBeGreaterThan(1);
    expect(names).toEqual(names.toSorted((one, other) => (one < other ? 1 : -1)));
    const asOf = await found('factions', 'Rabita Committee', '&asOf=1999');
    expect(asOf[0]).toBe(committee?.id);
  });

  it('is refused where there are no names to search', async () => {
    for (const type of ['votes', 'motions', 'sources', 'meetings'])
      expect(await accord.get(`/v1/${type}?q=Kamran`)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ pointer: '?q' }] },
      });
  });
});
