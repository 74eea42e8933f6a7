import type { Compared, Pair } from './duplicates.db.js';

/** A likely pair as it is shown. */
export interface PairView {
  readonly of: Compared;
  readonly ids: readonly [string, string];
  readonly names: readonly [string, string];
  readonly score: number;
  readonly reason: string;
}

/**
 * A pair with the reason in a sentence.
 *
 * @example
 * presentPair('people', pair).reason; // 'The consonants of “kamran tesori” and “kamran tessori” are the same.'
 */
export function presentPair(of: Compared, { ids, names, score, alike, by }: Pair): PairView {
  return { of, ids, names, score: Number(score), reason: reasonOf(alike, by) };
}

function reasonOf([one, other]: Pair['alike'], by: Pair['by']): string {
  const both = `“${one}” and “${other}”`;
  switch (by) {
    case 'name':
      return `Both are called “${one}”.`;
    case 'letters':
      return `${both} are the same in Latin letters.`;
    case 'consonants':
      return `The consonants of ${both} are the same.`;
    case 'words':
      return `Of ${both}, one has every word of the other.`;
    case 'likeness':
      return `${both} are much alike.`;
  }
}
