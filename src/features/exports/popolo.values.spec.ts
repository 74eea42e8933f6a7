import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popoloFaults } from '../../../test/support/popolo/facts.js';
import { endOf, isPartialDate, startOf } from '../../domain/dates.js';
import { address, beginning, day, ending, time } from './popolo.values.js';

describe('a date', () => {
  it.each([
    ['2022', '2022', true],
    ['2022-12', '2022-12', true],
    ['2022-12-28', '2022-12-28', true],
    // The day as it was written, in the zone where it was written.
    ['2022-12-28T01:00+05:00', '2022-12-28', false],
  ])('%s, where no time of day is wanted, is %s', (date, value, isExact) => {
    expect(day(date)).toEqual({ value, isExact });
  });

  it.each([
    ['2022-12', '2022-12', true],
    ['2022-12-28T20:00+05:00', '2022-12-28T20:00+05:00', true],
    ['2022-12-28T20:00:30Z', '2022-12-28T20:00:30Z', true],
    ['2022-12-28T20:00:30.250Z', '2022-12-28T20:00:30Z', false],
  ])('%s, where a time may be, is %s', (date, value, isExact) => {
    expect(time(date)).toEqual({ value, isExact });
  });

  it.each([
    ['2022', '2022-01-01T00:00:00Z', '2022-12-31T23:59:59Z', false],
    ['2022-12', '2022-12-01T00:00:00Z', '2022-12-31T23:59:59Z', false],
    ['2022-12-28', '2022-12-28T00:00:00Z', '2022-12-28T23:59:59Z', false],
    ['2022-12-28T20:00+05:00', '2022-12-28T20:00:00+05:00', '2022-12-28T20:00:00+05:00', false],
    ['2022-12-28T20:00:30.250Z', '2022-12-28T20:00:30.250Z', '2022-12-28T20:00:30.250Z', true],
  ])('%s, where an instant is wanted, is %s or %s', (date, first, last, isExact) => {
    expect(beginning(date)).toEqual({ value: first, isExact });
    expect(ending(date)).toEqual({ value: last, isExact });
  });

  const dates = fc
    .tuple(
      fc.date({
        min: new Date('0001-01-02T00:00:00Z'),
        max: new Date('9998-12-31T00:00:00Z'),
        noInvalidDate: true,
      }),
      fc.constantFrom(4, 7, 10, 16, 19, 23),
      fc.constantFrom('Z', '+05:00', '-03:30'),
    )
    .map(([date, length, zone]) => date.toISOString().slice(0, length) + (length > 10 ? zone : ''));

  it('is always of the form that Popolo wants', () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(isPartialDate(date)).toBe(true);
        const person = { birth_date: day(date).value };
        const membership = { start_date: time(date).value };
        const event = { start_date: beginning(date).value, end_date: ending(date).value };
        expect([
          ...popoloFaults('persons', person),
          ...popoloFaults('memberships', membership),
          ...popoloFaults('vote_events', event),
        ]).toEqual([]);
      }),
    );
  });

  it('as an instant lies within what the date covers', () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(Date.parse(String(beginning(date).value))).toBe(startOf(date));
        const last = Date.parse(String(ending(date).value));
        expect(last).toBeGreaterThanOrEqual(startOf(date));
        expect(last).toBeLessThan(endOf(date));
      }),
    );
  });
});

describe('an address', () => {
  it.each([
    ['https://psp.example.org/about?a=1&b=%20#top', undefined],
    ['http://localhost', undefined],
    ['https://example.org/متحدہ', 'https://example.org/%D9%85%D8%AA%D8%AD%D8%AF%DB%81'],
    ['https://bücher.example/a', 'https://xn--bcher-kva.example/a'],
    ['https://example.org/a|b[1]', 'https://example.org/a%7Cb%5B1%5D'],
    ['https://example.org/100%', 'https://example.org/100%25'],
    ['https://example.org/#a#b', 'https://example.org/#a%23b'],
  ])('%s is %s in the letters of a URI', (url, value) => {
    expect(address(url)).toEqual({ value: value ?? url, isExact: value === undefined });
  });

  it('is always one that Popolo takes', () => {
    const parts = fc.string({ unit: 'grapheme', maxLength: 10 });
    fc.assert(
      fc.property(parts, parts, parts, (path, query, hash) => {
        const url = `https://example.org/${path}?${query}#${hash}`;
        fc.pre(URL.canParse(url));
        expect(popoloFaults('persons', { links: [{ url: address(url).value }] })).toEqual([]);
      }),
    );
  });
});
