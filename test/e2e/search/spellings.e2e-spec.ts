/** The key that is stored with each name: Latin letters and consonants, whatever the spelling and the script. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { people } from '../../../src/features/people/people.resource.js';
import { matches } from '../../../src/platform/records/matches.db.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction, buildMerger, buildPerson, listed } from '../../support/factories.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** A name's key. */
interface Key {
  readonly latin: string;
  readonly skeleton: string;
  readonly blocks: readonly string[];
}

/** The keys of names, in their order, as Postgres makes them. */
async function keysOf(names: readonly string[]): Promise<readonly Key[]> {
  return accord.database.read<Key>(
    `SELECT latin.text AS latin, skeleton.text AS skeleton, name_blocks(skeleton.text) AS blocks
     FROM unnest($1::text[]) WITH ORDINALITY AS name (text, nth), fold_name(latin_letters(name.text)) AS latin (text),
       name_skeleton(latin.text) AS skeleton (text)
     ORDER BY name.nth`,
    [names],
  );
}

async function idsFound(type: 'people' | 'factions' | 'mergers', q: string): Promise<string[]> {
  const records = await listed(accord, `/v1/${type}?q=${encodeURIComponent(q)}`);
  return records.map(({ id }) => id);
}

describe('a name in Latin letters', () => {
  it.each([
    ['کامران ٹیسوری', 'kamran tisori'],
    ['وسیم یوسف', 'wsim yosf'],
    ['جاوید نواز', 'jawid nwaz'],
    ['فضل الرحمٰن', 'fzl al rhman'],
    ['عبد الله', 'abd allh'],
    ['الطاف', 'altaf'],
    ['مُحَمَّد', 'muhamad'],
    ['۱۲ اپریل', '12 april'],
    ['नरेन्द्र मोदी', 'narendr modi'],
    ['ज़फ़र ख़ान', 'zafar khan'],
    ['ইমরান খান', 'imaran khan'],
    ['ઇમરાન', 'imaran'],
    ['സുധീരൻ', 'sudhiran'],
    ['সত্যজিৎ', 'satyajit'],
    ['Михаил Горбачёв', 'mikhail gorbachev'],
    ['Джамали Бхутто', 'jamali bhutto'],
    ['Κυριάκος Μητσοτάκης', 'kyriakos mitsotakis'],
    ['Şükrü Çağrı', 'sukru cagri'],
    ['鳩山', '鳩山'],
    ['—', ''],
  ])('%s is %s', async (name, latin) => {
    expect((await keysOf([name]))[0]?.latin).toBe(latin);
  });
});

describe('the consonants of a name', () => {
  it.each([
    [['Kamran Tessori', 'Kamran Tesori', 'کامران ٹیسوری', 'Камран Тессори'], 'kmrn tsr'],
    [['Chaudhry', 'Chaudhary', 'Choudhry', 'چوہدری'], 'cdr'],
    [['Khawaja', 'Khuwaja', 'Khwaja', 'خواجہ'], 'kvg'],
    [['Naveed', 'Navid', 'نوید'], 'nvd'],
    [['Shaukat', 'Shawkat', 'Shoukat', 'شوکت'], 'skt'],
    [['Abdul Qadir', 'Abd al-Qadir', 'Abdulqadir', 'عبد القادر', 'عبدالقادر'], 'abd kdr'],
    [['Zafarullah', 'Zafar Ullah', 'ظفر اللہ', 'ظفراللہ'], 'zfrl'],
    [['Najeebuddin', 'Najib-ud-Din', 'نجیب الدین'], 'ngbdn'],
    [['Fazal-ur-Rehman', 'Fazl ur Rahman', 'فضل الرحمان'], 'fzl rmn'],
    [['Philip', 'Filip'], 'flp'],
    [['Christopher'], 'krstfr'],
    [['Ayesha', 'Aisha', 'عائشہ'], 'as'],
    [['Umar', 'Omar', 'عمر'], 'amr'],
  ])('%j are %s', async (names, skeleton) => {
    const keys = await keysOf(names);
    expect(keys.map((key) => key.skeleton)).toEqual(names.map(() => skeleton));
  });
});

const word = fc.array(fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')), {
  minLength: 1,
  maxLength: 8,
});
const latinName = fc
  .array(
    word.map((letters) => letters.join('')),
    { minLength: 1, maxLength: 4 },
  )
  .map((words) => words.join(' '));
const names = fc.array(latinName, { minLength: 200, maxLength: 200 });
const anything = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).filter(isStorable), {
  minLength: 200,
  maxLength: 200,
});

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

describe('a key', () => {
  it('is the same whatever the case, the accents, the punctuation and the consonants that are doubled', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (some) => {
        const keys = await keysOf(some);
        expect(await keysOf(some.map((name) => name.toUpperCase()))).toEqual(keys);
        expect(await keysOf(some.map((name) => name.replace(/[aeiou]/g, '$&\u0301')))).toEqual(
          keys,
        );
        expect(await keysOf(some.map((name) => ` ${name.replaceAll(' ', '-')}.`))).toEqual(keys);
        const doubled = await keysOf(some.map((name) => name.replace(/[bfgkmnprstvz]/g, '$&$&')));
        expect(doubled.map(({ skeleton }) => skeleton)).toEqual(
          keys.map(({ skeleton }) => skeleton),
        );
      }),
      { numRuns: 5 },
    );
  });

  it('is made of whatever is a text, and its consonants are their own', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (some) => {
        const keys = await keysOf(some);
        expect(keys).toHaveLength(some.length);
        for (const { latin, skeleton } of keys) {
          expect(latin).toBe(latin.trim());
          expect(skeleton === '').toBe(latin === '');
        }
      }),
      { numRuns: 5 },
    );
  });

  it('is looked up under the same whatever the order of the words', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (some) => {
        const skeletons = (await keysOf(some)).map(({ skeleton }) => skeleton);
        const turned = skeletons.map((each) => each.split(' ').toReversed().join(' '));
        const [blocks, same] = await Promise.all([blocksOf(skeletons), blocksOf(turned)]);
        expect(same).toEqual(blocks);
      }),
      { numRuns: 5 },
    );
  });

  async function blocksOf(skeletons: readonly string[]): Promise<readonly string[]> {
    const rows = await accord.database.read<{ blocks: readonly string[] }>(
      `SELECT name_blocks(given.text) AS blocks FROM unnest($1::text[]) WITH ORDINALITY AS given (text, nth) ORDER BY given.nth`,
      [skeletons],
    );
    return rows.map(({ blocks }) => blocks.toSorted().join('|'));
  }
});

describe('how much alike two names are', () => {
  it('is the same from both sides, from 0 to 1, and 1 of a name and itself', async () => {
    await fc.assert(
      fc.asyncProperty(names, names, async (some, others) => {
        const [there, back, self] = await Promise.all([
          likenessOf(some, others),
          likenessOf(others, some),
          likenessOf(some, some),
        ]);
        expect(back).toEqual(there);
        for (const each of there) expect(each).toBeGreaterThanOrEqual(0);
        for (const each of there) expect(each).toBeLessThanOrEqual(1);
        for (const each of self) expect(each).toBeCloseTo(1, 5);
      }),
      { numRuns: 5 },
    );
  });

  it('is nothing where numbers differ', async () => {
    expect(await likenessOf(['Ward 12'], ['Ward 13'])).toEqual([0]);
    expect((await likenessOf(['Ward 12'], ['ward-12']))[0]).toBeCloseTo(1, 5);
  });

  async function likenessOf(
    some: readonly string[],
    others: readonly string[],
  ): Promise<readonly number[]> {
    const rows = await accord.database.read<{ likeness: number }>(
      `SELECT name_likeness(one.text, name_skeleton(one.text), other.text, name_skeleton(other.text)) AS likeness
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS pair (one, other, nth),
         fold_name(latin_letters(pair.one)) AS one (text), fold_name(latin_letters(pair.other)) AS other (text)
       ORDER BY pair.nth`,
      [some, others],
    );
    return rows.map(({ likeness }) => likeness);
  }
});

describe('q', () => {
  it('finds Tessori first by Tesori, Tessor and کامران ٹیسوری, of whom one spelling alone is recorded', async () => {
    const others = ['Kamran Tariq', 'Imran Khan', 'Khalid Maqbool', 'Tariq Mansoor', 'Karim Nasri'];
    for (const name of others) await buildPerson(accord, { name });
    const { id } = await buildPerson(accord, { name: 'Kamran Tessori' });
    const spellings = [
      'Tesori',
      'Tessor',
      'کامران ٹیسوری',
      'ٹیسوری',
      'Камран Тессори',
      'कामरान टेसोरी',
    ];
    for (const q of spellings) expect([q, (await idsFound('people', q))[0]]).toEqual([q, id]);
  });

  it('finds the Latin name of what is recorded in Urdu', async () => {
    const { id } = await buildFaction(accord, { name: 'متحدہ قومی موومنٹ', slug: 'muqami' });
    expect((await idsFound('factions', 'Muttahida Qaumi Movement'))[0]).toBe(id);
  });

  it('of mergers searches titles as they are written', async () => {
    const { id } = await buildMerger(accord, { title: 'Ittehad Karachi' });
    expect((await idsFound('mergers', 'Ittehad'))[0]).toBe(id);
    expect(await idsFound('mergers', 'اتحاد کراچی')).toEqual([]);
  });

  it('goes by the name of now, whoever has changed it: also in SQL', async () => {
    const { id } = await buildPerson(accord, { name: 'Zubair Qadri' });
    await accord.database.prisma
      .$executeRaw`UPDATE people SET name = 'Farhat Jamil' WHERE id = ${id}::uuid`;
    expect((await idsFound('people', 'فرحت جمیل'))[0]).toBe(id);
    expect(await keysStored(id)).toContain('frt gml');
    expect(await keysStored(id)).not.toContain('kdr');
    const forge = accord.database.prisma
      .$executeRaw`UPDATE names SET skeleton = 'x' WHERE record_id = ${id}::uuid`;
    await expect(forge).rejects.toThrow(/generated|can only be updated to DEFAULT/);
  });

  it('can be asked of the indexes, of what is written and of what is spoken', async () => {
    const author = { name: 'a test', keyId: '', reason: null, requestId: null };
    const planned = accord.database.write(author, async (tx) => {
      // Of a few names all are read sooner. What is dropped is there again when the transaction is taken back.
      await tx.query('ALTER TABLE names DROP CONSTRAINT names_pkey', []);
      await tx.query('SET LOCAL enable_seqscan = off', []);
      const plan = await tx.query<object>(
        `EXPLAIN SELECT match.record_id FROM ${matches(people, `'Kamran Tesori'`)}`,
        [],
      );
      throw new Error(JSON.stringify(plan));
    });
    await expect(planned).rejects.toThrow(
      /BitmapOr.*names_folded_trigrams.*names_skeleton_trigrams/,
    );
  });

  async function keysStored(id: string): Promise<readonly string[]> {
    const rows = await accord.database.read<{ skeleton: string }>(
      `SELECT names.skeleton AS skeleton FROM names WHERE names.record_id = $1::uuid`,
      [id],
    );
    return rows.map(({ skeleton }) => skeleton);
  }
});
