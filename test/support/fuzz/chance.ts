import { seededRandom } from '../random.js';

/** Choices that look random and are the same for the same seed. */
export interface Chance {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** Whether something happens that does so this often, from 0 to 1. */
  sometimes(share: number): boolean;
  /** One of some; there must be one. */
  pick<Item>(items: readonly Item[]): Item;
  /** Some characters of an alphabet. */
  text(alphabet: string, length: number): string;
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const whole = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  return {
    whole,
    sometimes: (share) => random() < share,
    pick: (items) => items[whole(0, items.length - 1)] as (typeof items)[number],
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[whole(0, alphabet.length - 1)]).join(''),
  };
}
