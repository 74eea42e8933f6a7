/** The order of recording: when dates are equal, what was recorded later is what we know better. */
import type { Recorded } from './facts.js';

/**
 * Compares two facts by when they were recorded, then by id, which grows with time. For `toSorted`: the first recorded first.
 *
 * @example
 * [later, earlier].toSorted(byRecording); // [earlier, later]
 */
export function byRecording(one: Recorded, other: Recorded): number {
  return byInstant(one.createdAt, other.createdAt) || byText(one.id, other.id);
}

/**
 * The fact with the latest instant; of several with an equal one, the last recorded. Null when there is none.
 *
 * @param instantOf the instant from which a fact counts, in milliseconds
 * @example
 * latestOf(votes, (vote) => startOf(vote.castOn)); // two cast on one day: the one recorded last
 */
export function latestOf<Fact extends Recorded>(
  facts: readonly Fact[],
  instantOf: (fact: Fact) => number,
): Fact | null {
  return facts.reduce<Fact | null>((latest, fact) => {
    if (latest === null) return fact;
    const apart = instantOf(fact) - instantOf(latest);
    return apart > 0 || (apart === 0 && byRecording(fact, latest) > 0) ? fact : latest;
  }, null);
}

/** Instants in UTC of one precision, as they all are out of the tables, are in order as text: parsing takes far longer. */
function byInstant(one: string, other: string): number {
  const isAlike = one.length === other.length && one.endsWith('Z') && other.endsWith('Z');
  return isAlike ? byText(one, other) : Date.parse(one) - Date.parse(other);
}

function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
