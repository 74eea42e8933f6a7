import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startOf } from './dates.js';
import type { MergerFacts, StanceFact } from './facts.js';
import {
  buildFaction,
  buildFacts,
  buildMeeting,
  buildMotion,
  buildParticipant,
  buildStance,
  buildVoteEvent,
  endOfDay,
  failedOn,
  passedOn,
} from './facts.fixture.js';
import { motionResult } from './result.js';
import { stanceOf, stancePhrase } from './stance.js';
import { STANCES } from './vocabulary.js';

const mqmP = buildParticipant('mqm-p');
const factions = [
  buildFaction('mqm-p'),
  buildFaction('rabita', { parentId: 'mqm-p', classification: 'committee' }),
  buildFaction('psp'),
];
const accept = buildMotion('accept', { factionId: 'rabita' });
const delegate = buildMotion('delegate', {
  factionId: 'rabita',
  classification: 'delegate_decision',
});

function stanceAt(given: Partial<MergerFacts>, date: string, participant = mqmP) {
  const facts = buildFacts({ factions, ...given });
  const at = endOfDay(date);
  const results = new Map(facts.motions.map((one) => [one.id, motionResult(one, facts, at)]));
  return stanceOf(participant, { ...facts, results }, at);
}

describe('the stance of a participant', () => {
  it('is undecided before any change and any result', () => {
    expect(stanceAt({ motions: [accept] }, '2022-12-28')).toMatchObject({
      stance: 'undecided',
      since: null,
      basis: null,
      firstTaken: null,
    });
  });

  it('is the latest change by date, whatever was recorded first', () => {
    const stances = [
      buildStance('later', { stance: 'agreed', occurredOn: '2022-12-28', basis: 'statement' }),
      buildStance('earlier', {
        stance: 'exploring',
        occurredOn: '2022-12-20',
        createdAt: '2023-01-01T00:00:00Z',
      }),
    ];
    expect(stanceAt({ stances }, '2022-12-27')).toMatchObject({ stance: 'exploring' });
    expect(stanceAt({ stances }, '2022-12-28')).toMatchObject({
      stance: 'agreed',
      since: '2022-12-28',
      basis: 'statement',
      reason: 'It said so on 2022-12-28.',
    });
  });

  it('counts a month from its first day, so that a day of the same month is later', () => {
    const stances = [
      buildStance('month', { stance: 'opposed', occurredOn: '2022-12' }),
      buildStance('day', { stance: 'exploring', occurredOn: '2022-12-02' }),
    ];
    expect(stanceAt({ stances }, '2022-12-01').stance).toBe('opposed');
    expect(stanceAt({ stances }, '2022-12-31').stance).toBe('exploring');
  });

  it('leaves out what others said', () => {
    const stances = [buildStance('s', { participantId: 'psp-in' })];
    expect(stanceAt({ stances }, '2022-12-31').stance).toBe('undecided');
  });

  it.each([
    ['accept_entry', 'rabita', 'agreed'],
    ['merge', 'mqm-p', 'agreed'],
    ['delegate_decision', 'rabita', 'undecided'],
    ['other', 'rabita', 'undecided'],
    ['accept_entry', 'psp', 'undecided'],
  ] as const)('a passed %s of %s makes MQM-P %s', (classification, factionId, stance) => {
    const motions = [buildMotion('motion', { classification, factionId })];
    const given = { motions, voteEvents: [passedOn('motion', '2022-12-28')] };
    expect(stanceAt(given, '2022-12-28').stance).toBe(stance);
    expect(stanceAt(given, '2022-12-27').stance).toBe('undecided');
  });

  it('is opposed by a motion that failed for certain, and unmoved by one that is undetermined', () => {
    const open = buildVoteEvent('open', { motionId: 'accept', complete: false });
    const failed = { motions: [accept], voteEvents: [failedOn('accept', '2022-12-28')] };
    expect(stanceAt(failed, '2022-12-28')).toMatchObject({
      stance: 'opposed',
      basis: 'motion',
      motionId: 'accept',
      reason: 'The motion “accept” failed on 2022-12-28.',
    });
    expect(stanceAt({ motions: [accept], voteEvents: [open] }, '2022-12-28').stance).toBe(
      'undecided',
    );
  });

  it('takes no motion for a person who takes part', () => {
    const sattar = buildParticipant(null, { id: 'sattar-in', personId: 'sattar' });
    const given = { motions: [accept], voteEvents: [passedOn('accept', '2022-12-28')] };
    expect(stanceAt(given, '2022-12-28', sattar).stance).toBe('undecided');
  });

  it('orders a result and a change of one date by recording, the result by its vote event', () => {
    const stances = [
      buildStance('s', { stance: 'opposed', createdAt: '2022-12-29T09:00:00Z' }), // of the 28th
    ];
    const vote = passedOn('accept', '2022-12-28');
    const recordedAt = (createdAt: string) => ({
      stances,
      motions: [accept],
      voteEvents: [{ ...vote, createdAt }],
    });
    expect(stanceAt(recordedAt('2022-12-29T08:00:00Z'), '2022-12-28').stance).toBe('opposed');
    expect(stanceAt(recordedAt('2022-12-29T10:00:00Z'), '2022-12-28').stance).toBe('agreed');
  });

  it('keeps the day on which it was first taken while it is only said again', () => {
    const stances = [
      buildStance('1', { occurredOn: '2022-12-10' }),
      buildStance('2', { occurredOn: '2022-12-15', stance: 'exploring' }),
      buildStance('3', { occurredOn: '2022-12-20' }),
      buildStance('4', { occurredOn: '2022-12-28' }),
    ];
    expect(stanceAt({ stances }, '2022-12-31')).toMatchObject({
      since: '2022-12-28',
      firstTaken: { date: '2022-12-20', cause: { id: '3' } },
    });
  });
});

describe('a stance whose decision was delegated', () => {
  const motions = [accept, delegate];
  const voteEvents = [passedOn('accept', '2022-12-26'), passedOn('delegate', '2022-12-28')];

  it('turns from agreed to conditional on the date of the delegation', () => {
    expect(stanceAt({ motions, voteEvents }, '2022-12-27')).toMatchObject({
      stance: 'agreed',
      since: '2022-12-26',
    });
    expect(stanceAt({ motions, voteEvents }, '2022-12-28')).toMatchObject({
      stance: 'conditional',
      since: '2022-12-28',
      basis: 'motion',
      motionId: 'accept',
    });
  });

  it.each([
    ['2022-12-27', 'conditional'], // before the delegation: on some older mandate
    ['2022-12-28', 'agreed'],
    ['2023-01-03', 'agreed'],
  ])('is decided by a stance on the mandate of %s: %s', (occurredOn, stance) => {
    const stances = [buildStance('s', { occurredOn, basis: 'mandate', mandateId: 'm' })];
    const late = [passedOn('accept', '2023-01-05'), passedOn('delegate', '2022-12-28')];
    expect(stanceAt({ motions, voteEvents: late, stances }, '2023-01-06').stance).toBe(stance);
  });

  const onTheMandate = (given: Partial<StanceFact>) =>
    buildStance('s', { stance: 'declined', basis: 'mandate', mandateId: 'm', ...given });

  it('is declined by a refusal on the mandate of the same day, whatever the hour of the votes', () => {
    const meetings = [
      buildMeeting('meeting', { status: 'held', startsOn: '2026-01-10T20:00+05:00' }),
    ];
    const held = voteEvents.map((one) => ({ ...one, startDate: null, meetingId: 'meeting' }));
    const stances = [onTheMandate({ occurredOn: '2026-01-10' })];
    const given = { motions, meetings, voteEvents: held, stances };
    expect(stanceAt(given, '2026-01-11')).toMatchObject({
      stance: 'declined',
      since: '2026-01-10',
      basis: 'mandate',
    });
  });

  it.each([
    ['of the month of the delegation', { occurredOn: '2022-12' }, '2022-12-26'],
    ['recorded before the votes of its day', { createdAt: '2022-01-01T00:00:00Z' }, '2022-12-28'],
    ['of a day on which the entry was accepted last', {}, '2022-12-28T15:00Z'],
  ])('is declined by a refusal on the mandate %s', (_, given, acceptedOn) => {
    const stances = [onTheMandate(given)];
    const votes = [passedOn('accept', acceptedOn), passedOn('delegate', '2022-12-28')];
    expect(stanceAt({ motions, voteEvents: votes, stances }, '2022-12-31').stance).toBe('declined');
  });

  it('is as the later of two answers and of a statement after them has it', () => {
    const answers = [
      onTheMandate({ id: '1', occurredOn: '2022-12', createdAt: '2023-01-02T09:00:00Z' }),
      onTheMandate({ id: '2', stance: 'agreed' }),
    ];
    const votes = [passedOn('accept', '2022-12-26'), passedOn('delegate', '2022-12-28T15:00Z')];
    const given = { motions, voteEvents: votes };
    expect(stanceAt({ ...given, stances: answers }, '2022-12-31').stance).toBe('agreed');
    const statement = { stance: 'withdrawn', createdAt: '2023-01-03T09:00:00Z' } as const;
    const later = buildStance('3', { ...statement, occurredOn: '2022-12-28T15:00Z' });
    expect(stanceAt({ ...given, stances: [...answers, later] }, '2022-12-31').stance).toBe(
      'withdrawn',
    );
  });

  it('stays refused when the decision is delegated once more, and is conditional on a new entry', () => {
    const again = buildMotion('again', { classification: 'delegate_decision' });
    const stances = [onTheMandate({ occurredOn: '2022-12-28' })];
    const evening = [
      passedOn('accept', '2022-12-28T15:00Z'),
      passedOn('delegate', '2022-12-28T15:00Z'),
    ];
    const twice = {
      motions: [...motions, again],
      voteEvents: [...evening, passedOn('again', '2023-01-02')],
      stances,
    };
    expect(stanceAt(twice, '2023-01-03').stance).toBe('declined');
    const anew = [passedOn('accept', '2023-01-05'), passedOn('delegate', '2022-12-28')];
    expect(stanceAt({ motions, voteEvents: anew, stances }, '2023-01-06')).toMatchObject({
      stance: 'conditional',
      since: '2023-01-05',
    });
  });

  it('stays as a later statement had it: a delegation alone changes nothing', () => {
    const stances = [buildStance('s', { stance: 'exploring', occurredOn: '2022-12-27' })];
    expect(stanceAt({ motions, voteEvents, stances }, '2022-12-28')).toMatchObject({
      stance: 'exploring',
      since: '2022-12-27',
    });
  });

  it('is opposed all the same when the entry failed', () => {
    const failed = [failedOn('accept', '2022-12-26'), passedOn('delegate', '2022-12-28')];
    expect(stanceAt({ motions, voteEvents: failed }, '2022-12-28').stance).toBe('opposed');
  });
});

describe('every stance', () => {
  const days = fc.integer({ min: 1, max: 31 }).map((day) => `2022-12-${`${day}`.padStart(2, '0')}`);
  const changes = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 10, max: 99 }).map(String),
      stance: fc.constantFrom(...STANCES),
      occurredOn: days,
    }),
    { maxLength: 8, selector: ({ id }) => id },
  );

  it('is that of a change that has begun and after which none came, in whatever order they are given', () => {
    fc.assert(
      fc.property(changes, days, (some, date) => {
        const stances = some.map(({ id, ...given }) => buildStance(id, given));
        const answer = stanceAt({ stances }, date);
        expect(stanceAt({ stances: stances.toReversed() }, date)).toEqual(answer);
        const begun = stances.filter(({ occurredOn }) => startOf(occurredOn) <= endOfDay(date));
        const last =
          begun
            .map(({ occurredOn }) => occurredOn)
            .toSorted()
            .at(-1) ?? null;
        expect(answer.since).toBe(last);
        const [rival] = begun
          .filter(({ occurredOn }) => occurredOn === last)
          .toSorted((one, other) => (one.id < other.id ? 1 : -1));
        expect(answer.stance).toBe(rival?.stance ?? 'undecided');
      }),
    );
  });

  it('taken on the mandate and not agreed never makes the participant agreed', () => {
    const dates = fc.constantFrom(
      '2022-12',
      '2022-12-27',
      '2022-12-27T15:00Z',
      '2022-12-28',
      '2022-12-28T09:00Z',
      '2022-12-28T15:00Z',
      '2022-12-29',
    );
    const hours = fc.constantFrom('08', '09', '10', '11').map((h) => `2022-12-30T${h}:00:00Z`);
    const basis = fc.constantFrom('mandate' as const, 'statement' as const);
    const refusals = STANCES.filter((stance) => stance !== 'agreed');
    const votes = fc.uniqueArray(
      fc.record({
        motionId: fc.constantFrom('accept', 'merge', 'delegate', 'again'),
        passes: fc.boolean(),
        date: dates,
        createdAt: hours,
      }),
      { maxLength: 4, selector: ({ motionId }) => motionId },
    );
    const others = fc.array(
      fc.record({
        stance: fc.constantFrom(...STANCES),
        occurredOn: dates,
        basis,
        createdAt: hours,
      }),
      { maxLength: 2 },
    );
    const refusal = fc.record({
      stance: fc.constantFrom(...refusals),
      occurredOn: dates,
      createdAt: hours,
    });
    const motions = [
      accept,
      delegate,
      buildMotion('merge', { classification: 'merge' }),
      buildMotion('again', { classification: 'delegate_decision' }),
    ];
    fc.assert(
      fc.property(votes, others, refusal, (taken, some, refused) => {
        const voteEvents = taken.map(({ motionId, passes, date, createdAt }) => ({
          ...(passes ? passedOn(motionId, date) : failedOn(motionId, date)),
          createdAt,
        }));
        const stances = some.map((given, i) => buildStance(`${i}`, given));
        const without = stanceAt({ motions, voteEvents, stances }, '2022-12-31');
        fc.pre(without.stance !== 'agreed');
        const answer = buildStance('answer', { ...refused, basis: 'mandate', mandateId: 'm' });
        const answered = { motions, voteEvents, stances: [...stances, answer] };
        expect(stanceAt(answered, '2022-12-31').stance).not.toBe('agreed');
      }),
      { numRuns: 1000 },
    );
  });

  it('has words of its own', () => {
    expect(new Set(STANCES.map(stancePhrase)).size).toBe(STANCES.length);
  });
});
