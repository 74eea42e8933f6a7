import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Work that is over when it is told so. */
function workOf<Result>(result: Result): {
  readonly work: () => Promise<Result>;
  readonly end: () => void;
  begun: number;
} {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const made = {
    begun: 0,
    work: (): Promise<Result> => {
      made.begun += 1;
      return promise;
    },
    end: (): void => {
      resolve(result);
    },
  };
  return made;
}

/** Over when all that can go on without anybody's doing has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('let as many work at a time as there may be, in the order in which they came', async () => {
    const turns = new Turns(2);
    const works = ['a', 'b', 'c', 'd'].map(workOf);
    const taken = works.map(({ work }, at) => turns.take(String(at), work));
    const begun = (): readonly number[] => works.map((each) => each.begun);
    await settled();
    expect(begun()).toEqual([1, 1, 0, 0]);
    works[1]?.end();
    await settled();
    expect(begun()).toEqual([1, 1, 1, 0]);
    for (const { end } of works) end();
    expect(await Promise.all(taken)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are shared by those who want the same and still wait, and by nobody once it has begun', async () => {
    const turns = new Turns(1);
    const [first, shared, later] = [workOf('first'), workOf('shared'), workOf('later')];
    const one = turns.take('same', first.work);
    await settled();
    const others = [turns.take('same', shared.work), turns.take('same', later.work)];
    first.end();
    await settled();
    expect([first.begun, shared.begun, later.begun]).toEqual([1, 1, 0]);
    const last = turns.take('same', later.work);
    shared.end();
    later.end();
    expect(await Promise.all([one, ...others, last])).toEqual([
      'first',
      'shared',
      'shared',
      'later',
    ]);
  });

  it('go on when work fails, and whoever shares it learns of that', async () => {
    const turns = new Turns(1);
    const fails = (): Promise<never> => Promise.reject(new Error('no answer'));
    const results = await Promise.allSettled([
      turns.take('bad', fails),
      turns.take('bad', fails),
      turns.take('good', () => Promise.resolve('good')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});
