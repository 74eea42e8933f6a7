import { STORY } from '../../prisma/story/story.js';
import { requestBytes } from '../load/connection.js';
import { recordAnswer } from '../servers/recorded.js';
import type { Stage } from '../stage.js';
import { mergerPath } from './addresses.js';
import { laneOf, Paired } from './paired.js';
import type { Scenario } from './scenario.js';

/** The status of a merger that does not change, against a bare server that answers with the same bytes. */
export async function openStatus(stage: Stage): Promise<readonly Scenario[]> {
  const accord = await stage.accord(await stage.database('status'), true);
  const path = mergerPath(STORY);
  const bare = await stage.replay(accord, path);
  const { tag } = await recordAnswer(accord.url + path);
  const full = [requestBytes({ path })];
  const known = [requestBytes({ path, headers: { 'If-None-Match': tag } })];
  const compare = (what: string, requests: readonly Buffer[], expects: number): Scenario =>
    new Paired(
      {
        what,
        atLeast: 0.9,
        by: 'cpu',
        lanes: [
          laneOf('Accord', accord, requests, { expects }),
          laneOf('bare', bare, requests, { expects }),
        ],
      },
      stage.plan,
    );
  return [compare('status, 200', full, 200), compare('status, 304', known, 304)];
}
