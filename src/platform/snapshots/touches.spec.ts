import { describe, expect, it } from '@jest/globals';
import type { HeadRow } from './head.db.js';
import { Touches } from './touches.js';

const row = (changes: Partial<HeadRow>): HeadRow => ({
  head: '1:1:',
  instant: 0,
  touchesAny: true,
  touchesAll: false,
  mergers: [],
  keysChanged: false,
  hides: false,
  nextLifting: null,
  ...changes,
});

describe('what was made before', () => {
  it('still rests on what is there while nothing it rests on was touched', () => {
    const touches = new Touches();
    const made = touches.tick;
    touches.note(row({ mergers: ['one'] }));
    expect(touches.areOlder('one', made)).toBe(false);
    expect(touches.areOlder('other', made)).toBe(true);
    expect(touches.areOlder(null, made)).toBe(false);
    expect(touches.areOlder('one', touches.tick)).toBe(true);
  });

  it('rests on nothing any more when what counts for all was touched', () => {
    const touches = new Touches();
    const made = touches.tick;
    touches.note(row({ touchesAll: true }));
    expect(['one', null].map((scope) => touches.areOlder(scope, made))).toEqual([false, false]);
  });

  it('is told of keys apart from all else', () => {
    const touches = new Touches();
    const made = touches.tick;
    touches.note(row({ touchesAny: false, keysChanged: true }));
    expect([touches.areKeysOlder(made), touches.areOlder(null, made)]).toEqual([false, true]);
    expect(touches.note(row({ touchesAny: false }))).toBeUndefined();
  });

  it('is given up altogether when more mergers are touched than can be remembered', () => {
    const touches = new Touches();
    const made = touches.tick;
    touches.note(row({ mergers: Array.from({ length: 20_001 }, (_, at) => String(at)) }));
    expect(touches.areOlder('never touched', made)).toBe(false);
  });
});
