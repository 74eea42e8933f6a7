import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOf, startOf } from './dates.js';
import type { MergerFacts } from './facts.js';
import {
  buildEvidence,
  buildFaction,
  buildFacts,
  buildMandate,
  buildMeeting,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildQuote,
  buildStance,
  buildSuccession,
  buildTransition,
  buildVoteEvent,
  endOfDay,
  failedOn,
  passedOn,
} from './facts.fixture.js';
import { mergerAt } from './merger-at.js';
import { timelineOf } from './timeline.js';

const story: Partial<MergerFacts> = {
  factions: [
    buildFaction('mqm-p', { name: 'MQM-P' }),
    buildFaction('rabita', { name: 'Rabita Committee', parentId: 'mqm-p' }),
    buildFaction('psp', { name: 'PSP' }),
  ],
  people: [buildPerson('siddiqui', { name: 'Khalid Maqbool Siddiqui' })],
  participants: [buildParticipant('mqm-p'), buildParticipant('psp')],
};

const timeline = (given: Partial<MergerFacts>, date = '2023-01-31') =>
  timelineOf(mergerAt(buildFacts({ ...story, ...given }), endOfDay(date)));
const lines = (given: Partial<MergerFacts>, date?: string) =>
  timeline(given, date).map((entry) => `${entry.date} ${entry.kind}: ${entry.text}`);

describe('the timeline', () => {
  it.each([
    [
      { stances: [buildStance('s', { participantId: 'psp-in', stance: 'exploring' })] },
      '2022-12-28 stance: PSP is exploring the union.',
    ],
    [
      {
        meetings: [
          buildMeeting('m', {
            title: 'Coordination committee',
            status: 'held',
            startsOn: '2022-12-28T20:00+05:00',
            venue: 'Governor House',
            hostFactionId: 'mqm-p',
            reportedAttendance: { value: 31, qualifier: 'at_least' },
          }),
        ],
      },
      '2022-12-28T20:00+05:00 meeting: “Coordination committee” was held at Governor House, hosted by MQM-P, with at least 31 present.',
    ],
    [
      {
        motions: [buildMotion('m', { text: 'Accept PSP.', factionId: 'rabita' })],
        voteEvents: [passedOn('m', '2022-12-28')],
      },
      '2022-12-28 result: The motion “Accept PSP” of Rabita Committee passed.',
    ],
    [
      { motions: [buildMotion('m')], voteEvents: [failedOn('m', '2022-12-28')] },
      '2022-12-28 result: The motion “m” of MQM-P failed.',
    ],
    [
      {
        motions: [buildMotion('m')],
        voteEvents: [buildVoteEvent('v', { motionId: 'm', complete: false })],
      },
      '2022-12-28 result: The motion “m” of MQM-P was voted on, and the result is undetermined.',
    ],
    [
      { mandates: [buildMandate('m')] },
      '2022-12-28 mandate_granted: MQM-P gave Khalid Maqbool Siddiqui a mandate: “to decide on the union”.',
    ],
    [
      {
        milestones: [buildMilestone('issue', { title: 'Posts' })],
        transitions: [
          buildTransition('t', {
            state: 'in_progress',
            percent: 40,
            note: 'the convenership is open',
          }),
        ],
      },
      '2022-12-28 transition: “Posts” is in progress, 40 percent done: the convenership is open.',
    ],
    [
      {
        milestones: [buildMilestone('announcement', { venue: 'Governor House' })],
        transitions: [buildTransition('t', { milestoneId: 'announcement' })],
      },
      '2022-12-28 announcement: The union was announced at Governor House.',
    ],
    [
      { predictions: [buildPrediction('p')] },
      '2022-12-30 prediction: A source expects the announcement between 2023-01-09 and 2023-01-14.',
    ],
    [
      { predictions: [buildPrediction('p', { statedById: 'siddiqui', to: '2023-01-09' })] },
      '2022-12-30 prediction: Khalid Maqbool Siddiqui expects the announcement on 2023-01-09.',
    ],
    [
      { evidence: buildEvidence({ citations: [buildQuote('q')] }) },
      '2022-12-30 quote: A source: “The party has full confidence in him.” (Efforts on to unify MQM factions).',
    ],
    [
      { successions: [buildSuccession('s')] },
      '2023-01-12 succession: PSP joined MQM-P on 2023-01-12.',
    ],
  ] as const)('of case %#', (given, line) => {
    expect(lines(given)).toEqual([line]);
    expect(lines(given, '2022-12-27')).toEqual([]);
  });

  it('names what an entry speaks of', () => {
    expect(timeline({ mandates: [buildMandate('m')] })).toEqual([
      {
        date: '2022-12-28',
        kind: 'mandate_granted',
        recordType: 'mandates',
        recordId: 'm',
        text: 'MQM-P gave Khalid Maqbool Siddiqui a mandate: “to decide on the union”.',
        value: null,
        mentions: [
          { recordType: 'factions', recordId: 'mqm-p', name: 'MQM-P' },
          { recordType: 'people', recordId: 'siddiqui', name: 'Khalid Maqbool Siddiqui' },
        ],
        standing: 'unsourced',
      },
    ]);
  });

  it('has no meeting that was not held, nor one without a date', () => {
    const meetings = [
      buildMeeting('1', { status: 'tentative', startsOn: '2022-12-28' }),
      buildMeeting('2', { status: 'confirmed', startsOn: '2022-12-28' }),
      buildMeeting('3', { status: 'cancelled', startsOn: '2022-12-28' }),
      buildMeeting('4', { status: 'held', startsOn: null }),
    ];
    expect(lines({ meetings })).toEqual([]);
  });

  it.each([
    [{ endDate: '2022-12-30' }, '2022-12-30', null], // its last day is not over
    [{ endDate: '2022-12-30' }, '2022-12-31', '2022-12-30 mandate_ended'],
    [{ revokedOn: '2022-12-30' }, '2022-12-30', '2022-12-30 mandate_revoked'],
    [
      { revokedOn: '2022-12-30', endDate: '2023-01-05' },
      '2023-01-31',
      '2022-12-30 mandate_revoked',
    ],
    [{ revokedOn: '2023-01-08', endDate: '2023-01-05' }, '2023-01-31', '2023-01-05 mandate_ended'],
  ])('tells once how a mandate with %j ended, by %s: %s', (given, date, ending) => {
    const [granted, ...rest] = lines({ mandates: [buildMandate('m', given)] }, date);
    expect(granted).toMatch(/^2022-12-28 mandate_granted/u);
    expect(rest.map((line) => line.split(':')[0])).toEqual(ending === null ? [] : [ending]);
  });

  it('keeps a vote that a later one replaced', () => {
    const motions = [buildMotion('m')];
    const voteEvents = [passedOn('m', '2022-12-28'), failedOn('m', '2022-12-20')];
    expect(lines({ motions, voteEvents })).toEqual([
      '2022-12-20 result: The motion “m” of MQM-P failed.',
      '2022-12-28 result: The motion “m” of MQM-P passed.',
    ]);
  });

  it('has an implied achievement right after what implies it, unless it was recorded as well', () => {
    const given = {
      motions: [buildMotion('m')],
      voteEvents: [passedOn('m', '2022-12-28')],
      milestones: [
        buildMilestone('issue', { title: 'Committee asked', satisfiedBy: { motionId: 'm' } }),
        buildMilestone('meet', { satisfiedBy: { meetingId: 'meeting' } }),
        buildMilestone('announcement', { satisfiedBy: { participantId: 'psp-in' } }),
      ],
      meetings: [buildMeeting('meeting', { status: 'held', startsOn: '2022-12-29' })],
      stances: [buildStance('s', { participantId: 'psp-in', occurredOn: '2022-12-30' })],
    };
    expect(lines(given)).toEqual([
      '2022-12-28 result: The motion “m” of MQM-P passed.',
      '2022-12-28 implied_transition: “Committee asked” is achieved: the motion “m” passed.',
      '2022-12-29 meeting: “meeting” was held.',
      '2022-12-29 implied_transition: “meet” is achieved: “meeting” was held.',
      '2022-12-30 stance: PSP has agreed.',
      '2022-12-30 announcement: The union was announced: PSP agreed.',
    ]);
    const kinds = timeline({ ...given, transitions: [buildTransition('t')] }).map(
      ({ kind }) => kind,
    );
    expect(kinds.slice(0, 2).toSorted()).toEqual(['result', 'transition']);
  });

  it('orders by the first instant and then by recording, a month before its second day', () => {
    const stances = [
      buildStance('late', { occurredOn: '2022-12-28', createdAt: '2023-01-02T00:00:00Z' }),
      buildStance('early', { occurredOn: '2022-12-28', createdAt: '2023-01-01T00:00:00Z' }),
      buildStance('month', { occurredOn: '2022-12' }),
      buildStance('evening before', { occurredOn: '2022-12-28T02:00+05:00' }), // the 27th, 21:00 UTC
    ];
    expect(timeline({ stances }).map(({ recordId }) => recordId)).toEqual([
      'month',
      'evening before',
      'early',
      'late',
    ]);
  });

  it('only ever grows: what it holds at one time it holds later, in the same order', () => {
    const day = fc.integer({ min: 1, max: 31 }).map((n) => `2022-12-${`${n}`.padStart(2, '0')}`);
    const cases = fc.record({
      stances: fc.array(day, { maxLength: 4 }),
      mandates: fc.array(fc.tuple(day, fc.option(day), fc.option(day)), { maxLength: 3 }),
      meetings: fc.array(day, { maxLength: 3 }),
      quotes: fc.array(fc.constantFrom('2022', '2022-12', '2022-12-20'), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(cases, day, day, (given, one, other) => {
        const facts = {
          stances: given.stances.map((occurredOn, i) => buildStance(`s${i}`, { occurredOn })),
          mandates: given.mandates.map(([startDate, endDate, revokedOn], i) =>
            buildMandate(`m${i}`, { startDate, endDate, revokedOn }),
          ),
          meetings: given.meetings.map((startsOn, i) =>
            buildMeeting(`e${i}`, { status: 'held', startsOn }),
          ),
          evidence: buildEvidence({
            citations: given.quotes.map((publishedOn, i) => buildQuote(`q${i}`, { publishedOn })),
          }),
        };
        const [earlier = one, later = other] = [one, other].toSorted();
        const before = lines(facts, earlier);
        const after = lines(facts, later);
        expect(after.filter((line) => before.includes(line))).toEqual(before);
        const starts = timeline(facts, later).map(({ date }) => startOf(date));
        expect(starts.toSorted((a, b) => a - b)).toEqual(starts);
        expect(starts.every((start) => start < endOf(later))).toBe(true);
      }),
    );
  });
});
