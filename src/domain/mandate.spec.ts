import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, dateOfDay, startOf } from './dates.js';
import { buildFaction, buildMandate, buildParticipant, endOfDay } from './facts.fixture.js';
import { assertBasisFits, assertMandateCarries, isInForce } from './mandate.js';
import { RuleViolation, type ViolationCode } from './violation.js';

function refusal(attempt: () => void): ViolationCode | null {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RuleViolation) return error.code;
    throw error;
  }
  return null;
}

describe('a mandate in force', () => {
  it.each([
    [{}, '2022-12-27', false],
    [{}, '2022-12-28', true],
    [{ endDate: '2022-12-30' }, '2022-12-30', true], // the last day is included
    [{ endDate: '2022-12-30' }, '2022-12-31', false],
    [{ endDate: '2023-01' }, '2023-01-31', true],
    [{ endDate: '2023-01' }, '2023-02-01', false],
    [{ revokedOn: '2022-12-30' }, '2022-12-29', true],
    [{ revokedOn: '2022-12-30' }, '2022-12-30', false], // from its first instant
    [{ revokedOn: '2023-01' }, '2022-12-31', true],
    [{ revokedOn: '2023-01' }, '2023-01-01', false],
    [{ endDate: '2022-12-29', revokedOn: '2023-01-05' }, '2022-12-30', false],
  ])('of 2022-12-28 with %j is so on %s: %s', (given, date, inForce) => {
    expect(isInForce(buildMandate('m', given), endOfDay(date))).toBe(inForce);
  });

  it('is so for one unbroken time, which begins with its start', () => {
    const days = fc.integer({ min: 0, max: 20 }).map((day) => dateOfDay(19354 + day));
    const terms = fc.record({
      startDate: days,
      endDate: fc.option(days),
      revokedOn: fc.option(days),
    });
    fc.assert(
      fc.property(terms, (term) => {
        const inForce = Array.from({ length: 30 }, (_, day) =>
          isInForce(term, (19350 + day) * DAY + 1),
        );
        const changes = inForce.filter((now, i) => now !== (inForce[i - 1] ?? false)).length;
        expect(changes <= 2).toBe(true);
        if (changes > 0) expect(isInForce(term, startOf(term.startDate))).toBe(true);
        expect(isInForce(term, startOf(term.startDate) - 1)).toBe(false);
      }),
    );
  });
});

describe('the basis of a stance', () => {
  it.each([
    ['mandate', null, 'm', null],
    ['mandate', null, null, 'basis_mismatch'],
    ['statement', null, 'm', 'basis_mismatch'],
    [null, null, 'm', 'basis_mismatch'],
    ['motion', 'x', null, null],
    ['motion', null, null, 'basis_mismatch'],
    ['motion', 'x', 'm', 'basis_mismatch'],
    ['reported', 'x', null, 'basis_mismatch'],
    ['reported', null, null, null],
    [null, null, null, null],
  ] as const)('%s with motion %s and mandate %s: %s', (basis, motionId, mandateId, code) => {
    expect(
      refusal(() => {
        assertBasisFits({ basis, motionId, mandateId });
      }),
    ).toBe(code);
  });
});

describe('a stance on a mandate', () => {
  const factions = [
    buildFaction('mqm-p'),
    buildFaction('rabita', { parentId: 'mqm-p', classification: 'committee' }),
    buildFaction('psp'),
  ];
  const mqmP = { ...buildParticipant('mqm-p'), mergerId: 'merger' };
  const sattar = { ...buildParticipant(null, { personId: 'sattar' }), mergerId: 'merger' };

  function carries(occurredOn: string, given: Parameters<typeof buildMandate>[1], who = mqmP) {
    const mandate = { ...buildMandate('m', given), mergerId: 'merger' };
    return refusal(() => {
      assertMandateCarries({ occurredOn }, mandate, who, factions);
    });
  }

  it.each([
    ['2022-12-27', {}, 'mandate_not_in_force'],
    ['2022-12-28', {}, null],
    ['2022-12-28', { startDate: '2022-12-28T20:00+05:00' }, null], // some time on that day
    ['2022-12', {}, null], // the mandate begins within that month
    ['2022-12-28T10:00Z', { startDate: '2022-12-28T15:00Z' }, 'mandate_not_in_force'],
    ['2022-12-30', { endDate: '2022-12-30' }, null],
    ['2022-12-31', { endDate: '2022-12-30' }, 'mandate_not_in_force'],
    ['2022-12-30', { revokedOn: '2022-12-30' }, 'mandate_not_in_force'],
    ['2022-12-30', { revokedOn: '2022-12-30T15:00Z' }, null],
    ['2022-12-28', { revokedOn: '2022-12-28' }, 'mandate_not_in_force'], // never in force
    ['2022-12', { revokedOn: '2022-12-20' }, 'mandate_not_in_force'], // revoked before it began
  ])('of %s on one with %j: %s', (occurredOn, given, code) => {
    expect(carries(occurredOn, given)).toBe(code);
  });

  it('is carried when the faction, a body beneath it, or the person granted it', () => {
    const bySattar = { grantorFactionId: null, grantorPersonId: 'sattar' };
    expect(carries('2022-12-28', { grantorFactionId: 'mqm-p' })).toBeNull();
    expect(carries('2022-12-28', { grantorFactionId: 'rabita' })).toBeNull();
    expect(carries('2022-12-28', { grantorFactionId: 'psp' })).toBe('mandate_not_applicable');
    expect(carries('2022-12-28', bySattar, sattar)).toBeNull();
    expect(carries('2022-12-28', bySattar)).toBe('mandate_not_applicable');
    expect(carries('2022-12-28', {}, sattar)).toBe('mandate_not_applicable');
  });

  it('is refused on a mandate of another merger', () => {
    expect(carries('2022-12-28', {}, { ...mqmP, mergerId: 'other' })).toBe(
      'mandate_not_applicable',
    );
  });

  it('is carried by a mandate that is in force at the first instant of its date', () => {
    const days = fc.integer({ min: 0, max: 20 }).map((day) => dateOfDay(19354 + day));
    const terms = fc.record({
      startDate: days,
      endDate: fc.option(days),
      revokedOn: fc.option(days),
    });
    fc.assert(
      fc.property(terms, days, (term, occurredOn) => {
        fc.pre(isInForce(term, startOf(occurredOn)));
        expect(carries(occurredOn, term)).toBeNull();
      }),
    );
  });
});
