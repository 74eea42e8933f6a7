import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

const LONG = 10_000;

describe('places', () => {
  it('are given until all are taken; whoever comes then waits for one that is given back', async () => {
    const places = new Places();
    expect([await places.take(2, LONG), await places.take(2, LONG)]).toEqual([true, true]);
    const told: string[] = [];
    const third = places.take(2, LONG).then((isIn) => told.push(`third ${String(isIn)}`));
    const fourth = places.take(2, LONG).then((isIn) => told.push(`fourth ${String(isIn)}`));
    places.give();
    await third;
    places.give();
    await fourth;
    expect(told).toEqual(['third true', 'fourth true']);
  });

  it('are refused after a while, and then given to whoever comes next', async () => {
    const places = new Places();
    await places.take(1, LONG);
    expect(await places.take(1, 0)).toBe(false);
    places.give();
    expect(await places.take(1, 0)).toBe(true);
  });

  it('are refused at once when twenty wait', async () => {
    const places = new Places();
    await places.take(1, LONG);
    const waiting = Array.from({ length: 20 }, () => places.take(1, LONG));
    expect(await places.take(1, LONG)).toBe(false);
    for (const each of waiting) {
      places.give();
      expect(await each).toBe(true);
    }
  });

  it('are kept for those who may have more of them', async () => {
    const places = new Places();
    await places.take(1, LONG);
    const few = places.take(1, LONG);
    expect(await places.take(2, LONG)).toBe(true);
    let isIn = false;
    const entered = few.then(() => (isIn = true));
    places.give();
    await Promise.resolve();
    expect(isIn).toBe(false);
    places.give();
    await entered;
  });
});
