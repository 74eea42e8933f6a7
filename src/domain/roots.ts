/** Roots: which sources speak with a voice of their own, and which repeat one another. */
import type { SourceLink } from './facts.js';
import { folded } from './folding.js';

/** By the id of a source a word for its root, equal for sources of one root. It tells roots apart and is shown to nobody. */
export type Roots = ReadonlyMap<string, string>;

/**
 * The roots of some sources. A source has the root of what it derives from, to the end of the chain; sources of one
 * publisher have one root, those within the chains too. So it goes on: whatever is tied to one of them is tied to all.
 *
 * Only the sources given and what they derive from tie anything together: a publisher that copied two others elsewhere
 * does not make them one here. Publishers are equal as {@link folded}. A chain that ends in a circle or in what is not on
 * record ends there.
 *
 * @example
 * // Pakistan Today, a copy of it, and two reports of ARY: two roots
 * new Set(rootsOf(['original', 'copy', 'ary-1', 'ary-2'], lineage).values()).size; // 2
 */
export function rootsOf(sourceIds: Iterable<string>, lineage: readonly SourceLink[]): Roots {
  const links = new Map(lineage.map((link) => [link.id, link]));
  const above = new Map<string, string>();
  const ids = new Set(sourceIds);
  for (const id of ids) tieChain(id, links, above);
  return new Map([...ids].map((id) => [id, top(sourceKey(id), above)]));
}

function tieChain(
  id: string,
  links: ReadonlyMap<string, SourceLink>,
  above: Map<string, string>,
): void {
  const passed = new Set<string>();
  let link = links.get(id);
  while (link !== undefined && !passed.has(link.id)) {
    passed.add(link.id);
    const publisher = folded(link.publisher ?? '');
    if (publisher !== '') tie(sourceKey(link.id), `publisher ${publisher}`, above);
    if (link.derivedFromId === null) return;
    tie(sourceKey(link.id), sourceKey(link.derivedFromId), above);
    link = links.get(link.derivedFromId);
  }
}

function sourceKey(id: string): string {
  return `source ${id}`;
}

function tie(one: string, other: string, above: Map<string, string>): void {
  const [first, second] = [top(one, above), top(other, above)];
  if (first !== second) above.set(first, second);
}

function top(key: string, above: ReadonlyMap<string, string>): string {
  let highest = key;
  for (let next = above.get(key); next !== undefined; next = above.get(next)) highest = next;
  return highest;
}
