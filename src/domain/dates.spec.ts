import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DAY,
  dateOfDay,
  dayOf,
  endsBeforeItStarts,
  instantMeant,
  isDuring,
  isPartialDate,
  overlapCertainly,
  spanOf,
} from './dates.js';

const iso = (instant: number) => new Date(instant).toISOString();

/** Partial dates of every precision between 1950 and 2050. */
const partialDates = fc
  .record({
    day: fc.integer({ min: -7305, max: 29219 }),
    precision: fc.constantFrom(4, 7, 10),
  })
  .map(({ day, precision }) => dateOfDay(day).slice(0, precision));

describe('partial dates', () => {
  it.each([
    '0001',
    '2023',
    '2023-01',
    '2024-02-29',
    '2022-12-28T20:00Z',
    '2022-12-28T20:00:15.250+05:00',
  ])('takes %s', (text) => {
    expect(isPartialDate(text)).toBe(true);
  });

  it.each([
    '',
    '0000',
    '23',
    '2023-13',
    '2023-00',
    '2023-02-29',
    '2023-2-1',
    '2023-01-12 ',
    '2023-01-12T10:00',
    '2023-01-12T24:00Z',
    '2023-01-12T10:00:00.1234Z',
    '2023-02-30T10:00Z',
    '28.12.2022',
  ])('refuses %j', (text) => {
    expect(isPartialDate(text)).toBe(false);
    expect(() => spanOf(text)).toThrow(RangeError);
  });

  it.each([
    ['2023', '2023-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ['2022-12', '2022-12-01T00:00:00.000Z', '2023-01-01T00:00:00.000Z'],
    ['2022-12-28', '2022-12-28T00:00:00.000Z', '2022-12-29T00:00:00.000Z'],
    ['2022-12-28T20:00+05:00', '2022-12-28T15:00:00.000Z', '2022-12-28T15:00:00.001Z'],
  ])('%s covers %s to %s', (date, start, end) => {
    const span = spanOf(date);
    expect([iso(span.start), iso(span.end)]).toEqual([start, end]);
  });

  it('means the end of a day or a month that is asked for, and an instant itself', () => {
    expect(iso(instantMeant('2022-12-28'))).toBe('2022-12-28T23:59:59.999Z');
    expect(iso(instantMeant('2022-12'))).toBe('2022-12-31T23:59:59.999Z');
    expect(iso(instantMeant('2022-12-28T20:00Z'))).toBe('2022-12-28T20:00:00.000Z');
  });

  it('includes the last day of a period and nothing after it', () => {
    const midnight = spanOf('2022-12-28').end;
    expect(isDuring(midnight - 1, '2022-12', '2022-12-28')).toBe(true);
    expect(isDuring(midnight, '2022-12', '2022-12-28')).toBe(false);
    expect(isDuring(midnight, null, null)).toBe(true);
  });

  it('covers the instant from which it counts, and only whole days unless it is an instant', () => {
    fc.assert(
      fc.property(partialDates, (date) => {
        const { start, end } = spanOf(date);
        expect(start < end).toBe(true);
        expect(Math.abs(start % DAY)).toBe(0);
        expect(Math.abs(end % DAY)).toBe(0);
        expect(dateOfDay(dayOf(start)).startsWith(date)).toBe(true);
        expect(dateOfDay(dayOf(end)).startsWith(date)).toBe(false);
      }),
    );
  });
});

describe('overlapping periods', () => {
  it.each([
    ['2022-01-01', '2022-12-28', '2022-12-28', null, true], // the 28th is in both
    ['2022-01-01', '2022-12-28', '2022-12-29', null, false],
    [null, '2022', '2022', null, false], // ended in January, began in December: possible
    ['2022', '2022', '2021', '2023', true], // whatever part of 2022, it lies within 2021-12-31 to 2023-01-01
    [null, null, null, null, true], // both open: one membership, entered twice
  ])('%s–%s and %s–%s: %s', (start, end, otherStart, otherEnd, overlaps) => {
    const one = { startDate: start, endDate: end };
    const other = { startDate: otherStart, endDate: otherEnd };
    expect(overlapCertainly(one, other)).toBe(overlaps);
    expect(overlapCertainly(other, one)).toBe(overlaps);
  });

  it('is certain only when it holds for every reading to the day', () => {
    const period = fc.record({
      startDate: fc.option(partialDates),
      endDate: fc.option(partialDates),
    });
    const reading = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const dayRead = (date: string | null, part: number, open: number) => {
      if (date === null) return open;
      const { start, end } = spanOf(date);
      return start + Math.floor(part * ((end - start) / DAY)) * DAY;
    };
    fc.assert(
      fc.property(period, period, fc.tuple(reading, reading, reading, reading), (a, b, parts) => {
        fc.pre(overlapCertainly(a, b));
        const [a0, a1] = [
          dayRead(a.startDate, parts[0], -Infinity),
          dayRead(a.endDate, parts[1], Infinity) + DAY,
        ];
        const [b0, b1] = [
          dayRead(b.startDate, parts[2], -Infinity),
          dayRead(b.endDate, parts[3], Infinity) + DAY,
        ];
        fc.pre(a0 < a1 && b0 < b1);
        expect(Math.max(a0, b0) < Math.min(a1, b1)).toBe(true);
      }),
    );
  });

  it('ends before it starts only when no reading of the dates says otherwise', () => {
    expect(endsBeforeItStarts('2023-01-12', '2023')).toBe(false);
    expect(endsBeforeItStarts('2023-01-12', '2023-01-11')).toBe(true);
    expect(endsBeforeItStarts('2023-01-12', '2023-01-12')).toBe(false);
    expect(endsBeforeItStarts(null, '2023')).toBe(false);
  });
});
