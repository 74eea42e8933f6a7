import { describe, expect, it } from '@jest/globals';
import { Restarts } from './restarts.js';

describe('the pause before a process is started again', () => {
  it('is none at first, and grows to five seconds while it keeps ending', () => {
    const restarts = new Restarts();
    const pauses = Array.from({ length: 10 }, (_, at) => restarts.pause(at * 1_000));
    // 250 ms, doubled each time: 250, 500, 1,000, 2,000, 4,000, and no more than 5,000.
    expect(pauses).toEqual([0, 0, 0, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('forgets an end after a minute', () => {
    const restarts = new Restarts();
    expect([0, 1, 2, 3].map((at) => restarts.pause(at))).toEqual([0, 0, 0, 250]);
    // Of the four, the last two are less than a minute ago; with this one they are three.
    expect(restarts.pause(60_001)).toBe(0);
    expect(restarts.pause(60_002)).toBe(0);
  });
});
