import { describe, expect, it } from '@jest/globals';
import { Rounds } from './rounds.js';

/** Over when all that can go on without anybody's doing has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rounds whose end, or failure, is told one by one. */
function toldRounds(): {
  readonly rounds: Rounds;
  readonly begun: PromiseWithResolvers<undefined>[];
} {
  const begun: PromiseWithResolvers<undefined>[] = [];
  const round = (): Promise<undefined> => {
    const one = Promise.withResolvers<undefined>();
    begun.push(one);
    return one.promise;
  };
  return { rounds: new Rounds('Test', round, () => 1), begun };
}

describe('rounds', () => {
  it('go on one at a time, and once more after the last waking', async () => {
    const { rounds, begun } = toldRounds();
    rounds.wake();
    rounds.wake();
    rounds.wake();
    expect(begun).toHaveLength(1);
    begun[0]?.resolve(undefined);
    await settled();
    expect(begun).toHaveLength(2);
    begun[1]?.resolve(undefined);
    await settled();
    expect(begun).toHaveLength(2);
    rounds.wake();
    expect(begun).toHaveLength(3);
  });

  it('are tried again when one has failed', async () => {
    let count = 0;
    const again = Promise.withResolvers<undefined>();
    const round = (): Promise<void> => {
      count += 1;
      if (count === 1) return Promise.reject(new Error('no answer'));
      again.resolve(undefined);
      return Promise.resolve();
    };
    const rounds = new Rounds('Test', round, () => 1);
    rounds.wake();
    await again.promise;
    await rounds.stop();
    expect(count).toBe(2);
  });

  it('stop when the one under way is over, and never begin again', async () => {
    const { rounds, begun } = toldRounds();
    rounds.wake();
    rounds.wake();
    let hasStopped = false;
    const stopped = rounds.stop().then(() => {
      hasStopped = true;
    });
    await settled();
    expect(hasStopped).toBe(false);
    begun[0]?.resolve(undefined);
    await stopped;
    rounds.wake();
    await settled();
    expect(begun).toHaveLength(1);
  });
});
