import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../clock/clock.js';
import type { Head } from './head.js';
import type { HeadRow } from './head.db.js';
import { Snapshots } from './snapshots.js';
import { Touches, type Touched } from './touches.js';

const ROW: HeadRow = {
  head: '1:1:',
  instant: 0,
  touchesAny: true,
  touchesAll: false,
  mergers: ['a'],
  keysChanged: false,
  hides: true,
  nextLifting: null,
};

/** Kept answers upon a head of which only what is noted counts. */
function setUp(): {
  readonly kept: Snapshots;
  readonly touches: Touches;
  readonly note: (row: Partial<HeadRow>) => void;
} {
  const touches = new Touches();
  let listener: (touched: Touched) => void = () => undefined;
  const head = {
    touches,
    onTouched: (told: typeof listener) => (listener = told),
    isConfirmed: () => true,
    mayHaveHidden: () => false,
    confirmedAt: 0,
    age: () => 0,
    now: () => 2,
  };
  const clock = { instant: () => null, world: () => null };
  const kept = new Snapshots(head as unknown as Head, clock as Clock, { mostStale: 300 });
  const note = (row: Partial<HeadRow>): void => {
    const touched = touches.note({ ...ROW, ...row });
    if (touched) listener(touched);
  };
  return { kept, touches, note };
}

const MADE = { tag: '"t"', headers: [], route: '/', body: '{}' };

describe('an answer whose making was overtaken', () => {
  it.each([
    ['by what hid something of it', { hides: true }, 'a'],
    ['by a change of it', { hides: false }, 'a'],
    ['by a change of anything, where it rests on all', {}, null],
  ])('%s is given to who asked, and not kept', (_, row, scope) => {
    const { kept, touches, note } = setUp();
    const made = touches.tick;
    note(row);
    const answer = kept.keep('/x', { scope, span: null, made, since: 5 }, MADE);
    expect(answer.answer(undefined, undefined).body?.toString()).toBe('{}');
    expect([kept.knows('/x'), kept.holding('/x'), kept.stale('/x')]).toEqual([
      false,
      undefined,
      undefined,
    ]);
  });

  it('by a change of another merger is kept', () => {
    const { kept, touches, note } = setUp();
    const made = touches.tick;
    note({ mergers: ['b'] });
    kept.keep('/x', { scope: 'a', span: null, made, since: 5 }, MADE);
    expect(kept.holding('/x')).toBeDefined();
  });
});

describe('an answer that was just made', () => {
  it('is that of whoever came before its making began, though something has changed since', () => {
    const { kept, touches, note } = setUp();
    const came = touches.tick;
    const first = kept.keep('/x', { scope: 'a', span: null, made: came, since: 0 }, MADE);
    note({});
    expect([kept.isSince(first, came), kept.isSince(first, touches.tick)]).toEqual([true, false]);
  });

  it('is nobody’s when its time is over', () => {
    const { kept, touches } = setUp();
    const span = { from: 0, until: 1 };
    const basis = { scope: 'a', span, made: touches.tick, since: 0 };
    expect(kept.isSince(kept.keep('/x', basis, MADE), touches.tick)).toBe(false);
  });
});

describe('an answer that holds no longer', () => {
  it('is as old as the beginning of its making', () => {
    const { kept, touches, note } = setUp();
    kept.keep('/x', { scope: 'a', span: null, made: touches.tick, since: 7_000 }, MADE);
    note({ hides: false });
    expect(kept.holding('/x')).toBeUndefined();
    expect(kept.stale('/x')?.age).toBeGreaterThanOrEqual(7);
  });
});
