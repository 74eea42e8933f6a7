/** How factions lie beneath one another: a committee beneath its party, a faction beneath its bloc. */
import type { FactionFact } from './facts.js';

/**
 * The ids of a faction and of everything beneath it, at any depth.
 *
 * The faction itself is among them, known or not: what is asked is always "its own, or of a committee beneath it".
 * A cycle, which is refused at its creation, ends the walk instead of hanging it.
 *
 * @example
 * // party ← bloc ← committee
 * factionsBeneath(factions, 'party'); // Set { 'party', 'bloc', 'committee' }
 * factionsBeneath(factions, 'committee'); // Set { 'committee' }
 */
export function factionsBeneath(
  factions: readonly Pick<FactionFact, 'id' | 'parentId'>[],
  id: string,
): ReadonlySet<string> {
  const found = new Set([id]);
  for (const parentId of found) {
    for (const faction of factions) {
      if (faction.parentId === parentId) found.add(faction.id);
    }
  }
  return found;
}
