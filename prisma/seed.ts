/**
 * The founding story, F1 to F18 of docs/founding-story.md: the attempt to unite the factions of the MQM, as a newspaper
 * report told it at the end of 2022. It goes in through the same service as the API, in one transaction.
 */
import type { Author } from '../src/platform/auth/caller.js';
import type { RecordsService } from '../src/platform/records/records.service.js';
import { lockStory } from './seed.db.js';
import { tellDecision } from './story/decision.js';
import { introduce } from './story/introduction.js';
import { gather } from './story/meeting.js';
import { tellPlan } from './story/plan.js';
import { tellSources } from './story/sources.js';

const AUTHOR: Author = { name: 'the founding story', keyId: '', reason: null, requestId: null };

/**
 * Tells the story to a database that holds no faction and no merger, or not at all.
 *
 * @returns whether it was told
 */
export async function tellFoundingStory(records: RecordsService): Promise<boolean> {
  return records.together(AUTHOR, async (together) => {
    const { tx } = together;
    await lockStory(tx);
    if ((await tx.merger.count()) + (await tx.faction.count()) > 0) return false;
    const cast = await introduce(together);
    const talks = await gather(together, cast);
    const decision = await tellDecision(together, cast, talks);
    const plan = await tellPlan(together, cast, { ...talks, ...decision });
    await tellSources(together, { ...talks, ...decision, ...plan });
    return true;
  });
}
