/** Whose turn it is: how what may be sent at once is shared among webhooks. */

/** A webhook that something is due for. */
export interface Candidate {
  readonly id: string;
  readonly host: string;
  /** Whether its last attempt failed. */
  readonly isFailing: boolean;
}

/** What is being sent. */
export interface UnderWay {
  readonly id: string;
  readonly host: string;
}

/** How much may be sent at once: of all, and to one host. */
export interface Bounds {
  readonly mostAtOnce: number;
  readonly mostPerHost: number;
}

/**
 * How many deliveries of each webhook may begin. One after the other gets its turn, always that for which least is under way, and
 * of equals that which comes first. For one whose last attempt failed no more than one is under way.
 *
 * @param candidates those that are due longest first
 * @example
 * // `a` has two under way, `b` none: of the two places that are left at their host both are for `b`
 * allot([a, b], [ofA, ofA], { mostAtOnce: 16, mostPerHost: 4 }); // Map { 'b' => 2 }
 */
export function allot(
  candidates: readonly Candidate[],
  underWay: readonly UnderWay[],
  { mostAtOnce, mostPerHost }: Bounds,
): ReadonlyMap<string, number> {
  const all = [...underWay];
  const countOf = (key: 'id' | 'host', value: string): number =>
    all.filter((each) => each[key] === value).length;
  const turns = new Map<string, number>();
  while (all.length < mostAtOnce) {
    const [next] = candidates
      .filter(({ host }) => countOf('host', host) < mostPerHost)
      .map((candidate) => ({ ...candidate, count: countOf('id', candidate.id) }))
      .filter(({ isFailing, count }) => !isFailing || count === 0)
      .toSorted((one, other) => one.count - other.count);
    if (next === undefined) break;
    all.push(next);
    turns.set(next.id, (turns.get(next.id) ?? 0) + 1);
  }
  return turns;
}
