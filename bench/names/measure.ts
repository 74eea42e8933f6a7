import type { Api, Identified, Page } from '../load/api.js';
import { SCRIPTS, scriptOf, type Corpus, type Script, type Spelled } from './corpus.js';

/** How well the spellings in a script are found. */
export interface Recall {
  readonly script: Script;
  readonly asked: number;
  /** Of so many the person came first. */
  readonly first: number;
  /** … among the first five. */
  readonly amongFive: number;
  readonly missed: readonly string[];
}

/** The list of likely duplicates, judged. */
export interface Precision {
  /** Pairs of one person that there are. */
  readonly pairs: number;
  readonly listed: readonly Judged[];
}

/** A listed pair, and whether it is of one person. */
export interface Judged {
  readonly score: number;
  readonly isRight: boolean;
  readonly names: readonly string[];
}

/** Records everybody by the main name alone; returns their ids in the same order. */
export async function recordPeople(api: Api, people: readonly Spelled[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { name } of people) ids.push(await api.create('people', { name }));
  return ids;
}

/** Looks for every spelling that is not the main name, as anybody does: by `q`. */
export async function measureRecall(
  api: Api,
  { people }: Corpus,
  ids: readonly string[],
): Promise<readonly Recall[]> {
  const found: { script: Script; rank: number; words: string }[] = [];
  for (const [at, { name, spellings }] of people.entries()) {
    for (const spelling of spellings) {
      const q = encodeURIComponent(spelling);
      const { data } = await api.ask<Page<Identified>>(`people?q=${q}&limit=5`);
      const rank = data.findIndex(({ id }) => id === ids[at]);
      found.push({ script: scriptOf(spelling), rank, words: `${spelling} for ${name}` });
    }
  }
  return SCRIPTS.flatMap(({ script }) => {
    const own = found.filter((each) => each.script === script);
    if (own.length === 0) return [];
    return [
      {
        script,
        asked: own.length,
        first: own.filter(({ rank }) => rank === 0).length,
        amongFive: own.filter(({ rank }) => rank >= 0).length,
        missed: own.filter(({ rank }) => rank !== 0).map(({ words }) => words),
      },
    ];
  });
}

/**
 * Records people again, as somebody does who does not find them: each by the first of the other spellings in Latin, and by the
 * first in another script. Then reads the whole list of likely duplicates.
 *
 * @param ids of those who are recorded already; without spellings, for what is listed of people who are all distinct
 */
export async function measurePrecision(
  api: Api,
  people: readonly Spelled[],
  ids: readonly string[],
): Promise<Precision> {
  const owner = new Map(ids.map((id, at) => [id, at]));
  let pairs = 0;
  for (const [at, { spellings }] of people.entries()) {
    const isLatin = (name: string): boolean => scriptOf(name) === 'Latin';
    const again = [spellings.find(isLatin), spellings.find((name) => !isLatin(name))].filter(
      (name) => name !== undefined,
    );
    for (const name of again) owner.set(await api.create('people', { name }), at);
    pairs += (again.length * (again.length + 1)) / 2;
  }
  const listed = (await listDuplicates(api)).map(({ ids: [one, other], score, names }) => ({
    score,
    isRight: owner.get(one) === owner.get(other),
    names,
  }));
  return { pairs, listed };
}

interface Listed {
  readonly ids: readonly [string, string];
  readonly names: readonly string[];
  readonly score: number;
}

async function listDuplicates(api: Api): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let cursor = ''; ;) {
    const { data, page } = await api.ask<Page<Listed>>(`duplicates?of=people&limit=100${cursor}`);
    all.push(...data);
    if (page.next === null) return all;
    cursor = `&cursor=${page.next}`;
  }
}
