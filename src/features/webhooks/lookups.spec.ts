import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { shareLookups } from './lookups.js';
import type { Resolve } from './webhooks.settings.js';

/** A resolver that answers when it is told to, and who was asked of it. */
function patient(): {
  readonly resolve: Resolve;
  readonly asked: string[];
  readonly answer: (host: string) => void;
  readonly refuse: (host: string) => void;
} {
  const open = new Map<string, ReturnType<typeof Promise.withResolvers<[]>>>();
  const asked: string[] = [];
  return {
    asked,
    resolve: (host) => {
      asked.push(host);
      const answer = Promise.withResolvers<[]>();
      open.set(host, answer);
      return answer.promise;
    },
    answer: (host) => open.get(host)?.resolve([]),
    refuse: (host) => open.get(host)?.reject(new Error(host)),
  };
}

describe('looking up', () => {
  it('is done once of a host for all who ask meanwhile, and again for who asks later', async () => {
    const names = patient();
    const resolve = shareLookups(names.resolve, () => 2);
    const all = Promise.all([resolve('a'), resolve('a')]);
    names.answer('a');
    expect(await all).toEqual([[], []]);
    const again = resolve('a');
    names.answer('a');
    await again;
    expect(names.asked).toEqual(['a', 'a']);
  });

  it('is done of so many hosts at once, in the order in which they were asked for', async () => {
    const names = patient();
    const resolve = shareLookups(names.resolve, () => 2);
    const all = ['a', 'b', 'c', 'd'].map(resolve);
    await nextTurn();
    expect(names.asked).toEqual(['a', 'b']);
    names.refuse('b');
    await expect(all[1]).rejects.toThrow('b');
    // Whoever comes now does not pass by whoever waits.
    all.push(resolve('e'));
    await nextTurn();
    expect(names.asked).toEqual(['a', 'b', 'c']);
    for (const host of ['a', 'c', 'd', 'e']) {
      names.answer(host);
      await nextTurn();
    }
    expect(names.asked).toEqual(['a', 'b', 'c', 'd', 'e']);
    await expect(Promise.all([all[0], all[2], all[3], all[4]])).resolves.toHaveLength(4);
  });
});
