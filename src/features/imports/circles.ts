/**
 * Which of those that stand beneath another one stand above themselves. Each is looked at once, however long the chains are.
 *
 * @param above of each the one that it stands beneath
 * @example
 * inCircles(new Map([['a', 'b'], ['b', 'a'], ['c', 'a']])); // a and b
 */
export function inCircles(above: ReadonlyMap<string, string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const circles = new Set<string>();
  for (const start of above.keys()) {
    const way = new Set<string>();
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      way.add(at);
      at = above.get(at);
    }
    // Where the way comes back to itself a circle closes: all of the way from there on.
    let isClosed = false;
    for (const each of way) {
      isClosed ||= each === at;
      if (isClosed) circles.add(each);
    }
  }
  return circles;
}

/** What names something, and what names it in turn. */
export interface Link {
  readonly nth: number;
  readonly id: string | null;
  readonly above: string;
}

/** The places of those that stand beneath any of these, however deep. Each is looked at once. */
export function beneath(tops: readonly string[], links: readonly Link[]): readonly number[] {
  const below = Map.groupBy(links, ({ above }) => above);
  const found = new Set<number>();
  const next = [...tops];
  for (let top = next.pop(); top !== undefined; top = next.pop()) {
    for (const { nth, id } of below.get(top) ?? []) {
      if (found.has(nth)) continue;
      found.add(nth);
      if (id !== null) next.push(id);
    }
  }
  return [...found];
}
