/** Sourcing: how many of a merger's claims are how well sourced. */
import { claimsIn, type DatedClaim } from './claims.js';
import { hasBegun } from './dates.js';
import type { MergerFacts } from './facts.js';
import { STANDINGS, standingsOf, type Standing } from './standing.js';

/** Retracted records are no facts, so none is counted. */
export type Sourcing = Readonly<Record<Exclude<Standing, 'retracted'>, number>>;

/** The claims of a merger that have begun, and the standing of everything on its timeline. */
export interface Sourced {
  readonly claims: readonly DatedClaim[];
  /** By record id: of the claims, also of those to come, and of the citations. */
  readonly standings: ReadonlyMap<string, Standing>;
}

/** What a merger claims at `at`, and how well each of it is sourced. */
export function sourcedAt(facts: MergerFacts, at: number): Sourced {
  const claims = claimsIn(facts);
  const quotes = facts.evidence.citations.map(({ id }) => {
    return {
      recordType: 'citations',
      recordId: id,
      subjects: { people: [], factions: [] },
    } as const;
  });
  return {
    claims: claims.filter(({ date }) => date === null || hasBegun(date, at)),
    standings: standingsOf([...claims, ...quotes], facts.evidence, at),
  };
}

/**
 * How many of a merger's claims have which standing. The claims are all its records whose date has begun, the merger
 * itself among them; what has no date always counts.
 *
 * @example
 * // a merger, its announcement and one meeting that one paper reported
 * sourcingOf(merger); // { disputed: 0, confirmed: 0, corroborated: 0, reported: 1, unsourced: 2 }
 */
export function sourcingOf({ claims, standings }: Sourced): Sourcing {
  const counts = { disputed: 0, confirmed: 0, corroborated: 0, reported: 0, unsourced: 0 };
  for (const { recordId } of claims) {
    const standing = standings.get(recordId) ?? 'unsourced';
    if (standing !== 'retracted') counts[standing] += 1;
  }
  return counts;
}

/** The words that `sourcing` counts by. */
export const COUNTED_STANDINGS: readonly Standing[] = STANDINGS.filter(
  (one) => one !== 'retracted',
);
