import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOfDay, startOf } from './dates.js';
import { buildPrediction, endOfDay } from './facts.fixture.js';
import { predictionOutcome, predictionsAt } from './predictions.js';

const window = { from: '2023-01-09', to: '2023-01-14' };
const underWay = { announcedOn: null, isOver: false };

describe('a prediction', () => {
  it('is pending to the end of its last day, and then overdue', () => {
    const last = endOfDay('2023-01-14');
    expect(predictionOutcome(window, underWay, last)).toEqual({ outcome: 'pending', days: null });
    expect(predictionOutcome(window, underWay, last + 1)).toEqual({
      outcome: 'overdue',
      days: null,
    });
  });

  it('is missed when the merger ends without an announcement', () => {
    for (const date of ['2023-01-01', '2023-02-01']) {
      const over = { announcedOn: null, isOver: true };
      expect(predictionOutcome(window, over, endOfDay(date)).outcome).toBe('missed');
    }
  });

  it.each([
    ['2023-01-12', 'hit', 0],
    ['2023-01-09', 'hit', 0],
    ['2023-01-14T20:00+05:00', 'hit', 0],
    ['2023-01-08', 'early', 1], // 9 - 8
    ['2022-12-31', 'early', 9], // 9 - (31 - 31)
    ['2023-01-17', 'late', 3], // 17 - 14
    ['2023-02', 'late', 18], // 1 February is day 32 of January: 32 - 14
    ['2022-12', 'early', 9], // its last day, 31 December, is day 0 of January: 9 - 0
    ['2023-01', 'hit', 0], // some day of January: it may have been in the window
    ['2023', 'hit', 0],
  ])('with an announcement on %s is a %s of %s days', (announcedOn, outcome, days) => {
    for (const isOver of [true, false]) {
      const answer = predictionOutcome(window, { announcedOn, isOver }, endOfDay('2023-12-31'));
      expect(answer).toEqual({ outcome, days });
    }
  });

  it('of an hour is late on the same day, by 0 days', () => {
    const hour = { from: '2023-01-12T10:00Z', to: '2023-01-12T12:00Z' };
    const announced = { announcedOn: '2023-01-12T15:00Z', isOver: false };
    expect(predictionOutcome(hour, announced, endOfDay('2023-01-12'))).toEqual({
      outcome: 'late',
      days: 0,
    });
  });

  it('is a hit by as many days of widening as it was off, and not by one fewer', () => {
    const day = fc.integer({ min: 19300, max: 19400 });
    fc.assert(
      fc.property(day, fc.nat({ max: 20 }), day, (from, length, on) => {
        const widened = (by: number) => ({
          from: dateOfDay(from - by),
          to: dateOfDay(from + length + by),
        });
        const announced = { announcedOn: dateOfDay(on), isOver: false };
        const outcomeOf = (by: number) =>
          predictionOutcome(widened(by), announced, startOf('2030'));
        const { outcome, days } = outcomeOf(0);
        expect(outcome === 'early').toBe(on < from);
        expect(outcome === 'late').toBe(on > from + length);
        expect(outcomeOf(days ?? 0).outcome).toBe('hit');
        if (days) expect(outcomeOf(days - 1).outcome).toBe(outcome);
      }),
    );
  });
});

describe('the predictions of a merger', () => {
  it('are those stated by then, by date, with who stated them', () => {
    const predictions = [
      buildPrediction('b', { statedOn: '2022-12-30' }),
      buildPrediction('a', { statedOn: '2022-12-29', statedById: 'sattar', statedByLabel: null }),
      buildPrediction('c', { statedOn: '2022-12-31' }),
    ];
    const names = new Map([['sattar', 'Farooq Sattar']]);
    const answer = predictionsAt({ predictions, names }, underWay, endOfDay('2022-12-30'));
    expect(answer.map(({ predictionId, statedBy }) => [predictionId, statedBy])).toEqual([
      ['a', 'Farooq Sattar'],
      ['b', 'a source'],
    ]);
    expect(answer[1]).toEqual({
      predictionId: 'b',
      from: '2023-01-09',
      to: '2023-01-14',
      outcome: 'pending',
      days: null,
      statedOn: '2022-12-30',
      statedById: null,
      statedBy: 'a source',
    });
  });
});
