import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.js';

const PAUSE = 25;

/** Somebody who polls: the process lives whatever becomes of its database, and a list is there or said to be away. */
export async function poll(world: World, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const [alive, list] = [
      await world.ask('GET', '/livez'),
      await world.ask('GET', '/v1/people?limit=1'),
    ];
    if (alive !== null && alive.status !== 200)
      world.blame(`/livez was answered ${String(alive.status)}`);
    if (list !== null && list.status !== 200 && list.status !== 503)
      world.blame(`a list was answered ${String(list.status)}`);
    await sleep(PAUSE);
  }
}
