import { askOnce, requestBytes } from '../load/connection.js';
import type { Stage } from '../stage.js';
import { mergerPath } from './addresses.js';
import { laneOf, Paired } from './paired.js';
import type { Scenario } from './scenario.js';

/** The generator's first merger, which is the same in every data set. */
const FIRST = 'merger-1';

/** The status of one merger among many, against the same merger alone. */
export async function openSize(stage: Stage): Promise<readonly Scenario[]> {
  const path = mergerPath(FIRST);
  const small = await stage.accord(await stage.database('small', 1));
  const large = (await stage.largeSet()).accord;
  const [one, other] = [await askOnce(small.url, { path }), await askOnce(large.url, { path })];
  if (one.status !== 200 || !one.body.equals(other.body))
    throw new Error(`The first merger is not the same in both:\n${one.head}\n${other.head}`);
  const request = [requestBytes({ path })];
  const scenario = new Paired(
    {
      what: 'status, large data set against small',
      atLeast: 0.95,
      by: 'cpu',
      lanes: [laneOf('large', large, request), laneOf('small', small, request)],
    },
    stage.plan,
  );
  return [scenario];
}
