import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PAUSES, restAfter, restIn, sequelOf, type Sequel } from './retries.js';

const HOUR = 3_600_000;

const failed = (number: number, chance = 0, rest: number | null = null): Sequel =>
  sequelOf({ number, status: 500, rest }, chance);

describe('what follows from an attempt', () => {
  it.each([
    [1, 5_000, '5 s'],
    [2, 300_000, '5 min'],
    [3, 1_800_000, '30 min'],
    [4, 2 * HOUR, '2 h'],
    [5, 5 * HOUR, '5 h'],
    [6, 10 * HOUR, '10 h'],
    [7, 14 * HOUR, '14 h'],
    [8, 20 * HOUR, '20 h'],
    [9, 24 * HOUR, '24 h'],
  ])('that failed, number %i, is a pause of %i ms: %s', (number, pause) => {
    expect(failed(number)).toEqual({ state: 'pending', pause, rest: null });
  });

  it('that failed, number 10, is the end, 75 h 35 min 5 s after the first', () => {
    expect(failed(10)).toEqual({ state: 'dead', isGone: false, rest: null });
    // 5 s + 5 min + 30 min + (2 + 5 + 10 + 14 + 20 + 24 = 75) h
    expect(PAUSES.reduce((sum, pause) => sum + pause)).toBe(75 * HOUR + 35 * 60_000 + 5_000);
  });

  it('is longer by up to a fifth, by chance', () => {
    // 5,000 × (1 + 0.2 × 0.5) = 5,500; 5,000 × (1 + 0.2 × 1) = 6,000
    expect([failed(1, 0.5), failed(1, 1)]).toEqual([
      { state: 'pending', pause: 5_500, rest: null },
      { state: 'pending', pause: 6_000, rest: null },
    ]);
  });

  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [199, 'pending'],
    [300, 'pending'],
    [301, 'pending'],
    [307, 'pending'],
    [404, 'pending'],
    [410, 'dead'],
    [429, 'pending'],
    [500, 'pending'],
    [503, 'pending'],
    [null, 'pending'],
  ])('that was answered %s is %s', (status, state) => {
    expect(sequelOf({ number: 1, status, rest: null }, 0).state).toBe(state);
  });

  it('that was answered 410 ends it all, at the first attempt and at the last', () => {
    for (const number of [1, 10])
      expect(sequelOf({ number, status: 410, rest: 5 }, 0)).toEqual({
        state: 'dead',
        isGone: true,
        rest: null,
      });
  });

  it('is never earlier than the receiver asks for, nor more than a day later for its sake', () => {
    expect(failed(1, 0, 60_000)).toEqual({ state: 'pending', pause: 60_000, rest: 60_000 });
    // It asks for less than the schedule has.
    expect(failed(2, 0, 60_000)).toEqual({ state: 'pending', pause: 300_000, rest: 60_000 });
    expect(failed(1, 0, 1_000 * HOUR)).toEqual({
      state: 'pending',
      pause: 24 * HOUR,
      rest: 24 * HOUR,
    });
    expect(failed(10, 0, 60_000)).toEqual({ state: 'dead', isGone: false, rest: 60_000 });
  });

  it('keeps its bounds, whatever fails, and always comes to an end', () => {
    const attempt = fc.record({
      number: fc.integer({ min: 1, max: 1_000 }),
      status: fc.option(fc.integer({ min: 100, max: 599 })),
      rest: fc.option(fc.integer({ min: 0, max: 100 * 24 * HOUR })),
    });
    fc.assert(
      fc.property(attempt, fc.double({ min: 0, max: 1, noNaN: true }), (one, chance) => {
        const sequel = sequelOf(one, chance);
        const isTaken = one.status !== null && Math.floor(one.status / 100) === 2;
        expect(sequel.state === 'delivered').toBe(isTaken);
        if (isTaken) return;
        expect(sequel.state).toBe(one.number > 9 || one.status === 410 ? 'dead' : 'pending');
        if (sequel.state !== 'pending') return;
        const least = PAUSES[one.number - 1] ?? NaN;
        const asked = Math.min(one.rest ?? 0, 24 * HOUR);
        expect(sequel.pause).toBeGreaterThanOrEqual(Math.max(least, asked));
        expect(sequel.pause).toBeLessThanOrEqual(Math.max(least * 1.2, asked));
      }),
    );
  });
});

describe('a Retry-After', () => {
  const now = Date.parse('2015-10-21T07:00:00Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    // 07:28 − 07:00 = 28 min
    ['Wed, 21 Oct 2015 07:28:00 GMT', 28 * 60_000],
    ['Wed, 21 Oct 2015 06:00:00 GMT', 0],
    ['Wednesday, 21-Oct-15 07:28:00 GMT', 28 * 60_000],
    ['Wed Oct 21 07:28:00 2015 GMT', 28 * 60_000],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['2015', 2_015_000],
    ['99999999999', null],
    ['2015-10-21', null],
    ['Wed, whenever', null],
    [undefined, null],
  ])('of %j is %j ms', (text, rest) => {
    expect(restIn(text, now)).toBe(rest);
  });
});

describe('a receiver that is not reached', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [6, 160_000],
    // 5 s × 2^6 = 320 s, and the longest is 300 s
    [7, 300_000],
    [5_000, 300_000],
  ])('%i times is left alone for %i ms', (failures, rest) => {
    expect(restAfter(failures)).toBe(rest);
  });
});
