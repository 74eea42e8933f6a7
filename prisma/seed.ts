/**
 * The founding story, F1 to F18 of docs/founding-story.md: the attempt to unite the factions of the MQM, as newspapers
 * told it at the end of 2022. It goes in through the same service as the API, in one transaction, and in its own time: what
 * a report says is recorded on the day on which it appeared.
 */
import type { Author } from '../src/platform/auth/caller.js';
import type { RecordsService } from '../src/platform/records/records.service.js';
import { isUntold, lockStory } from './seed.db.js';
import { tellAgreement, tellNewYear, tellPosts } from './story/aftermath.js';
import { tellBeginning } from './story/beginning.js';
import { tellDecision } from './story/decision.js';
import { tellPlan } from './story/plan.js';
import { tellGathering, tellSunday } from './story/sunday.js';

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
    if (!(await isUntold(tx))) return false;
    const beginning = await tellBeginning(together);
    const gathering = await tellGathering(together, beginning);
    await tellSunday(together, beginning);
    const decision = await tellDecision(together, { ...beginning, ...gathering });
    const story = { ...beginning, ...gathering, ...decision };
    await tellPlan(together, story);
    await tellPosts(together, story);
    await tellAgreement(together, story);
    await tellNewYear(together, story);
    return true;
  });
}
