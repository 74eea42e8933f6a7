import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Quota } from './quota.js';

describe('a quota', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const rest = async (quota: Quota, who: string): Promise<string | undefined> =>
    (await quota.spend(who)).headers['ratelimit'];

  it('is told as structured fields: what there is in a window, what is left of it, and for how long', async () => {
    const quota = new Quota('reader', 3);
    const { headers } = await quota.spend('one');
    expect(headers).toEqual({
      'ratelimit-policy': '"reader";q=3;w=60',
      ratelimit: '"reader";r=2;t=60',
    });
    jest.advanceTimersByTime(18_500);
    // 60 - 18.5 s, rounded up.
    expect(await rest(quota, 'one')).toBe('"reader";r=1;t=42');
  });

  it('is exceeded by the first request beyond it, until its window ends, and by nobody else’s', async () => {
    const quota = new Quota('reader', 2);
    const told = async (who: string): Promise<boolean> => (await quota.spend(who)).isExceeded;
    expect([await told('one'), await told('one'), await told('one')]).toEqual([false, false, true]);
    expect(await told('other')).toBe(false);
    jest.advanceTimersByTime(59_999);
    expect(await told('one')).toBe(true);
    jest.advanceTimersByTime(1);
    expect(await rest(quota, 'one')).toBe('"reader";r=1;t=60');
  });

  it('can be asked for without being spent', async () => {
    const quota = new Quota('key', 1);
    expect(await quota.standingOf('one')).toBeUndefined();
    await quota.spend('one');
    for (let time = 0; time < 3; time += 1)
      expect(await quota.standingOf('one')).toMatchObject({ isExceeded: false });
    await quota.spend('one');
    expect(await quota.standingOf('one')).toMatchObject({ isExceeded: true });
  });

  it('of 0 counts, refuses nobody and tells nothing', async () => {
    const quota = new Quota('key', 0);
    await quota.spend('one');
    expect(await quota.spend('one')).toMatchObject({ isExceeded: false, headers: {} });
    expect(await quota.standingOf('one')).toMatchObject({ isExceeded: false });
  });

  it('counts at most so many at a time by themselves; others share what there is, and are counted', async () => {
    const quota = new Quota('reader', 10, { each: 100, shared: 1 });
    for (let at = 0; at < 100; at += 1) await quota.spend(`own ${String(at)}`);
    // One shared quota of ten: the eleventh stranger finds it spent.
    const strangers: boolean[] = [];
    for (let at = 0; at < 11; at += 1)
      strangers.push((await quota.spend(`stranger ${String(at)}`)).isExceeded);
    expect(strangers).toEqual([...Array<boolean>(10).fill(false), true]);
    expect(await rest(quota, 'own 7')).toBe('"reader";r=8;t=60');
    jest.advanceTimersByTime(60_000);
    expect(await rest(quota, 'stranger 1')).toBe('"reader";r=9;t=60');
    expect(await rest(quota, 'stranger 2')).toBe('"reader";r=9;t=60');
  });
});
