import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from './dates.js';
import type { MergerFacts } from './facts.js';
import { buildFacts, buildMandate, buildMeeting, buildStance } from './facts.fixture.js';
import { holdsUntil } from './holds-until.js';
import { status } from './status.js';
import { anyFacts } from './stories.fixture.js';

const HOUR = DAY / 24;

const untilOf = (facts: MergerFacts, at: string): string =>
  new Date(holdsUntil(facts, Date.parse(at))).toISOString();

describe('what is said of a merger holds', () => {
  it('until midnight in UTC, when no fact gives a time of day', () => {
    const facts = buildFacts({ meetings: [buildMeeting('m', { startsOn: '2022-12-28' })] });
    expect(untilOf(facts, '2022-12-28T08:00:00Z')).toBe('2022-12-29T00:00:00.000Z');
    // At midnight itself a day begins.
    expect(untilOf(facts, '2022-12-29T00:00:00Z')).toBe('2022-12-30T00:00:00.000Z');
  });

  it('until an instant that a fact gives, whatever its offset', () => {
    const facts = buildFacts({
      meetings: [buildMeeting('m', { startsOn: '2022-12-28T18:00+05:00' })],
    });
    expect(untilOf(facts, '2022-12-28T08:00:00Z')).toBe('2022-12-28T13:00:00.000Z');
  });

  it('until the end of an instant that ends something: the millisecond after it', () => {
    const facts = buildFacts({
      mandates: [buildMandate('m', { endDate: '2022-12-28T13:00:00Z' })],
    });
    expect(untilOf(facts, '2022-12-28T13:00:00Z')).toBe('2022-12-28T13:00:00.001Z');
  });

  it('until fourteen days after an instant, when it has stalled', () => {
    // 28 December and 14 days: 11 January
    const facts = buildFacts({
      stances: [buildStance('s', { occurredOn: '2022-12-28T13:00:00Z' })],
    });
    expect(untilOf(facts, '2023-01-11T00:00:00Z')).toBe('2023-01-11T13:00:00.000Z');
  });

  it('at least until a millisecond later and at most until midnight, and the status is the same all that time', () => {
    const times = fc.integer({
      min: Date.parse('2022-12-01T00:00:00Z'),
      max: Date.parse('2023-02-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(anyFacts, fc.nat({ max: 23 }), times, (dated, hour, near) => {
        const facts = atHours(dated, hour);
        // Often just around what the facts give.
        const at = near - (near % DAY) + hour * HOUR + (near % 3) - 1;
        const until = holdsUntil(facts, at);
        expect(until).toBeGreaterThan(at);
        expect(until).toBeLessThanOrEqual((Math.floor(at / DAY) + 1) * DAY);
        for (const other of [Math.floor((at + until) / 2), until - 1])
          expect(JSON.stringify(status(facts, other))).toBe(JSON.stringify(status(facts, at)));
      }),
      { numRuns: 500 },
    );
  });
});

/** The same facts, in which every day is an hour of that day. */
function atHours(facts: MergerFacts, hour: number): MergerFacts {
  const time = `T${String(hour).padStart(2, '0')}:00Z`;
  const text = JSON.stringify(facts).replace(/"(\d{4}-\d\d-\d\d)"/g, `"$1${time}"`);
  return JSON.parse(text) as MergerFacts;
}
