import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSuccession } from './facts.fixture.js';
import { successionText } from './succession.js';
import { called, inWords, listOf, nameOf, quoted, sentence } from './wording.js';

describe('the wording of a sentence', () => {
  it.each([
    [[], ''],
    [['MQM-P'], 'MQM-P'],
    [['MQM-P', 'PSP'], 'MQM-P and PSP'],
    [['MQM-P', 'PSP', 'Farooq Sattar'], 'MQM-P, PSP and Farooq Sattar'],
  ])('lists %j as %j', (names, text) => {
    expect(listOf(names)).toBe(text);
  });

  it('names nobody whose record is gone', () => {
    const names = new Map([['psp', 'PSP']]);
    expect([nameOf(names, 'psp'), nameOf(names, 'gone'), nameOf(names, null)]).toEqual([
      'PSP',
      null,
      null,
    ]);
    expect(called(null)).toBe('somebody no longer on record');
    expect(inWords('in_progress')).toBe('in progress');
  });

  it('quotes a text without its full stop and not more than 100 characters of it', () => {
    expect(quoted(' Accept the return of PSP. ')).toBe('“Accept the return of PSP”');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const inside = quoted(text).slice(1, -1);
        expect(Array.from(inside).length <= 100).toBe(true);
        expect(text.trim().startsWith(inside.replace(/…$/u, ''))).toBe(true);
      }),
    );
  });

  it('begins with a capital and ends with one full stop', () => {
    expect(sentence('the motion passed')).toBe('The motion passed.');
    expect(sentence('The motion passed. ')).toBe('The motion passed.');
    expect(sentence('پی ایس پی')).toBe('پی ایس پی.');
  });

  it.each([
    ['merged', 'PSP and MQM-P merged into MQM on 2023-01-12.'],
    ['joined', 'PSP and MQM-P joined MQM on 2023-01-12.'],
    ['alliance', 'PSP and MQM-P formed the alliance MQM on 2023-01-12.'],
  ] as const)('tells of a succession by which factions %s', (kind, text) => {
    const names = new Map([
      ['psp', 'PSP'],
      ['mqm-p', 'MQM-P'],
      ['mqm', 'MQM'],
    ]);
    const succession = buildSuccession('s', {
      predecessorIds: ['psp', 'mqm-p'],
      successorId: 'mqm',
      kind,
    });
    expect(successionText(succession, names)).toBe(text);
  });
});
