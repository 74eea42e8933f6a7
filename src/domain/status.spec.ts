import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MergerFacts } from './facts.js';
import {
  buildEvidence,
  buildFacts,
  buildMandate,
  buildMilestone,
  buildPrediction,
  buildQuote,
  buildStance,
  buildSuccession,
  buildTransition,
  buildVoteEvent,
  endOfDay,
} from './facts.fixture.js';
import { anyDay, anyFacts, story } from './stories.fixture.js';
import { status, summaryOf } from './status.js';

const at = endOfDay('2022-12-30');

describe('the status', () => {
  it('is composed in the order of the design', () => {
    const body = status(story, at);
    expect(Object.keys(body)).toEqual([
      'merger',
      'phase',
      'progress',
      'announcement',
      'participants',
      'mandates',
      'blockers',
      'next',
      'needs',
      'sourcing',
    ]);
    expect(Object.keys(body.announcement)).toEqual([
      'milestoneId',
      'state',
      'achievedOn',
      'venue',
      'forecast',
      'predictions',
    ]);
    expect(Object.keys(body.announcement.forecast ?? {}).slice(0, 8)).toEqual([
      'from',
      'completeness',
      'earliest',
      'likely',
      'latest',
      'notBefore',
      'criticalPath',
      'missing',
    ]);
    expect(Object.keys(body.participants[0] ?? {}).slice(0, 9)).toEqual([
      'participantId',
      'factionId',
      'personId',
      'name',
      'role',
      'stance',
      'since',
      'basis',
      'consensus',
    ]);
  });

  it('forecasts what a needed step waits for, though it is not needed itself', () => {
    // The oath takes a day and waits for the elections, an aftermath of nine: 30 + 9 + 1 = day 40, that is 9 January.
    const days = (count: number) => ({
      optimisticDays: count,
      likelyDays: count,
      pessimisticDays: count,
    });
    const elections = { classification: 'aftermath', estimate: days(9) } as const;
    const body = status(
      buildFacts({
        milestones: [
          buildMilestone('announcement', { classification: 'announcement' }),
          buildMilestone('oath', { dependsOn: ['elections'], estimate: days(1) }),
          buildMilestone('elections', elections),
        ],
      }),
      at,
    );
    expect(body.announcement.forecast).toMatchObject({
      completeness: 'complete',
      likely: '2023-01-09',
    });
    expect(body.progress.contributions).toHaveLength(1);
  });

  it('tells the founding story', () => {
    const body = status(story, at);
    expect(body).toMatchObject({
      merger: { id: 'merger', slug: 'mqm' },
      phase: {
        name: 'deciding',
        reason: 'MQM-P agrees on conditions and PSP has not decided.',
        flags: [],
      },
      progress: { percent: 70, earned: 3.5, total: 5 }, // 3 + 2 × 25 / 100 = 3.5 of 5
      announcement: {
        milestoneId: 'announcement',
        state: 'planned',
        achievedOn: null,
        venue: 'Governor House',
        forecast: {
          from: '2022-12-30',
          completeness: 'complete',
          earliest: '2023-01-07', // 10 × 75 / 100 = 7.5, rounded up to 8: 30 + 8 = 38
          likely: '2023-01-08', // 12 × 75 / 100 = 9: 30 + 9 = 39
          latest: '2023-01-11', // 15 × 75 / 100 = 11.25, rounded up to 12: 30 + 12 = 42
          missing: [],
        },
        predictions: [{ predictionId: 'prediction', outcome: 'pending' }],
      },
      participants: [
        {
          participantId: 'mqm-p-in',
          name: 'MQM-P',
          stance: 'conditional',
          since: '2022-12-28',
          basis: 'motion',
          motionId: 'accept',
          consensus: [{ motionId: 'accept' }, { motionId: 'delegate' }],
        },
        { participantId: 'psp-in', stance: 'undecided', consensus: [{ motionId: 'join' }] },
        { participantId: 'a-tessori-in', name: 'Kamran Tessori', role: 'broker', consensus: null },
      ],
      mandates: [
        {
          mandateId: 'mandate',
          grantorName: 'Rabita Committee',
          holderName: 'Khalid Maqbool Siddiqui',
        },
      ],
      blockers: [],
      next: [{ milestoneId: 'posts', percent: 25 }],
    });
    expect(body.needs.map(({ recordId, text }) => [recordId, text])).toEqual([
      ['mqm-p-in', 'MQM-P agrees on conditions.'],
      [
        'psp-in',
        'PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.',
      ],
      [
        'join',
        'The motion “Join MQM-P” of PSP is undetermined: a vote on the motion: none has been taken so far.',
      ],
      ['posts', '“posts” is in progress, 25 percent done.'],
    ]);
  });

  it('asks for nothing more and forecasts nothing once the merger is over', () => {
    const closed = { closedOn: '2022-12-30', outcome: 'collapsed' } as const;
    const over = [
      { ...story, merger: { ...story.merger, ...closed } },
      { ...story, successions: [buildSuccession('s', { date: '2022-12-30' })] },
    ];
    for (const facts of over) {
      const body = status(facts, at);
      expect(body).toMatchObject({ blockers: [], next: [], needs: [] });
      expect(body.announcement.forecast).toBeNull();
      expect(body.announcement.predictions[0]?.outcome).toBe('missed');
    }
    expect(status(over[0] ?? story, endOfDay('2022-12-29')).merger).toMatchObject({
      closedOn: null,
      outcome: null,
    });
  });

  it('judges predictions by the announcement', () => {
    const announced = buildTransition('a', {
      milestoneId: 'announcement',
      occurredOn: '2023-01-12',
    });
    const facts = { ...story, transitions: [...story.transitions, announced] };
    expect(status(facts, endOfDay('2023-01-12')).announcement).toMatchObject({
      state: 'achieved',
      achievedOn: '2023-01-12',
      forecast: null,
      predictions: [{ outcome: 'hit', days: 0 }],
    });
  });

  it('has a summary for the list of open mergers', () => {
    const body = status(story, at);
    expect(summaryOf(body)).toEqual({
      merger: body.merger,
      phase: body.phase,
      progress: { percent: 70 },
      announcement: {
        milestoneId: 'announcement',
        state: 'planned',
        achievedOn: null,
        forecast: {
          completeness: 'complete',
          earliest: '2023-01-07',
          likely: '2023-01-08',
          latest: '2023-01-11',
          notBefore: '2023-01-07',
        },
      },
      needs: 4,
    });
  });

  it('of a merger of which nothing is known but its name is proposed', () => {
    expect(status(buildFacts(), at)).toMatchObject({
      phase: { name: 'proposed' },
      progress: { percent: null },
      announcement: { milestoneId: null, forecast: null },
    });
  });
});

describe('every status', () => {
  it('is answered, the same for the same facts in another order, and changes none of them', () => {
    const mirrored = (facts: MergerFacts): MergerFacts => ({
      ...facts,
      factions: facts.factions.toReversed(),
      participants: facts.participants.toReversed(),
      stances: facts.stances.toReversed(),
      motions: facts.motions.toReversed(),
      voteEvents: facts.voteEvents.toReversed(),
      milestones: facts.milestones.toReversed(),
      transitions: facts.transitions.toReversed(),
      mandates: facts.mandates.toReversed(),
      predictions: facts.predictions.toReversed(),
    });
    fc.assert(
      fc.property(anyFacts, anyDay, (facts, date) => {
        const before = structuredClone(facts);
        const body = status(facts, endOfDay(date));
        expect(facts).toEqual(before);
        expect(JSON.stringify(status(mirrored(facts), endOfDay(date)))).toBe(JSON.stringify(body));
      }),
    );
  });

  it('stays the same within a day on which nothing begins at an hour', () => {
    fc.assert(
      fc.property(
        anyFacts,
        anyDay,
        fc.integer({ min: 0, max: 86_399_999 }),
        (facts, date, earlier) => {
          const end = endOfDay(date);
          expect(status(facts, end - earlier)).toEqual(status(facts, end));
        },
      ),
    );
  });

  it('does not know what is dated later', () => {
    fc.assert(
      fc.property(anyFacts, anyDay, (facts, date) => {
        const later = '2023-06-01';
        const more: MergerFacts = {
          ...facts,
          stances: [
            ...facts.stances,
            buildStance('later', { participantId: 'a', occurredOn: later }),
          ],
          transitions: [
            ...facts.transitions,
            buildTransition('later', { milestoneId: 'a', occurredOn: later }),
          ],
          voteEvents: [
            ...facts.voteEvents,
            buildVoteEvent('later', { motionId: 'a', startDate: later }),
          ],
          mandates: [...facts.mandates, buildMandate('later', { startDate: later })],
          predictions: [...facts.predictions, buildPrediction('later', { statedOn: later })],
          successions: [...facts.successions, buildSuccession('later', { date: later })],
          evidence: buildEvidence({ citations: [buildQuote('later', { publishedOn: later })] }),
          merger: { ...facts.merger, closedOn: later, outcome: 'abandoned' },
        };
        expect(status(more, endOfDay(date))).toEqual(status(facts, endOfDay(date)));
      }),
    );
  });
});
