import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MergerFacts } from './facts.js';
import {
  buildCitation,
  buildEvidence,
  buildFacts,
  buildMandate,
  buildMeeting,
  buildMotion,
  buildPrediction,
  buildStance,
  buildVoteEvent,
  endOfDay,
} from './facts.fixture.js';
import { sourcedAt, sourcingOf } from './sourcing.js';

const sourcing = (facts: MergerFacts, date: string) => sourcingOf(sourcedAt(facts, endOfDay(date)));
const none = { disputed: 0, confirmed: 0, corroborated: 0, reported: 0, unsourced: 0 };

describe('the sourcing of a merger', () => {
  it('counts the merger itself, and whatever has begun', () => {
    const facts = buildFacts({
      mandates: [buildMandate('mandate')], // from 28 December
      meetings: [
        buildMeeting('held', { status: 'held', startsOn: '2022-12-28' }),
        buildMeeting('planned', { status: 'confirmed', startsOn: '2023-01-05' }), // the plan is one at once
      ],
      attendance: [{ id: 'there', createdAt: '', meetingId: 'held', personId: 'haque' }],
      motions: [buildMotion('motion', { proposedOn: '2022-12-27' })],
      voteEvents: [buildVoteEvent('event', { startDate: '2022-12-28' })],
      votes: [
        {
          id: 'vote',
          createdAt: '',
          voteEventId: 'event',
          personId: 'haque',
          voterName: null,
          option: 'yes',
          channel: 'phone',
          castOn: null,
        },
      ],
      predictions: [buildPrediction('prediction', { statedOn: '2022-12-30' })],
    });
    // The merger and the plan.
    expect(sourcing(facts, '2022-12-26')).toEqual({ ...none, unsourced: 2 });
    // The motion as well.
    expect(sourcing(facts, '2022-12-27')).toEqual({ ...none, unsourced: 3 });
    // The mandate, the meeting, the attendance, the vote event and the vote: 3 + 5.
    expect(sourcing(facts, '2022-12-28')).toEqual({ ...none, unsourced: 8 });
    expect(sourcing(facts, '2022-12-30')).toEqual({ ...none, unsourced: 9 });
  });

  it('counts each claim by its standing', () => {
    const cite = (id: string, recordId: string, more = {}) =>
      buildCitation(id, { recordId, sourceId: id, publishedOn: '2022-12-29', ...more });
    const facts = buildFacts({
      mandates: [buildMandate('m1'), buildMandate('m2'), buildMandate('m3')],
      stances: [buildStance('s')],
      evidence: buildEvidence({
        citations: [
          cite('a', 'm1'),
          cite('b', 'm1'),
          cite('c', 'm2', { stance: 'disputes' }),
          cite('d', 'm3', { sourceKind: 'document' }),
          cite('e', 's'),
        ],
      }),
    });
    expect(sourcing(facts, '2022-12-28')).toEqual({ ...none, unsourced: 5 });
    expect(sourcing(facts, '2022-12-29')).toEqual({
      disputed: 1,
      confirmed: 1,
      corroborated: 1,
      reported: 1,
      unsourced: 1, // the merger
    });
  });

  it('adds up to the claims that have begun, as many as there are later or more', () => {
    const day = fc.integer({ min: 1, max: 31 }).map((n) => `2022-12-${`${n}`.padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.array(day), fc.array(day), day, day, (stances, cited, one, other) => {
        const facts = buildFacts({
          stances: stances.map((occurredOn, i) => buildStance(`s${i}`, { occurredOn })),
          evidence: buildEvidence({
            citations: cited.map((publishedOn, i) =>
              buildCitation(`c${i}`, { recordId: `s${i % 3}`, sourceId: `${i}`, publishedOn }),
            ),
          }),
        });
        const total = (date: string) =>
          Object.values(sourcing(facts, date)).reduce((sum, count) => sum + count, 0);
        const [earlier = one, later = other] = [one, other].toSorted();
        expect(total(earlier)).toBe(1 + stances.filter((date) => date <= earlier).length);
        expect(total(later)).toBeGreaterThanOrEqual(total(earlier));
      }),
    );
  });
});
