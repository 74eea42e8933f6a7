import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, dayOf, startOf } from './dates.js';
import type { MergerFacts } from './facts.js';
import {
  buildFacts,
  buildMilestone,
  buildParticipant,
  buildStance,
  buildTransition,
  endOfDay,
} from './facts.fixture.js';
import {
  FORECAST_DATES,
  beginningOf,
  momentOf,
  momentsOf,
  type HistoryPoint,
  type Moment,
} from './status-history.js';
import { anyFacts, story } from './stories.fixture.js';

/** The points of a span of days, both included. */
function pointsOf(facts: MergerFacts, first: string, last: string): readonly HistoryPoint[] {
  const moments = [...momentsOf(facts, { from: startOf(first), to: endOfDay(last) })];
  return moments
    .filter(({ shape }, place) => shape !== moments[place - 1]?.shape)
    .map(({ point }) => point);
}

const dayIn = ({ at }: HistoryPoint): string => at.slice(0, 10);

describe('the history by asOf', () => {
  it('of the founding story has a point where something came to be, and none for a day that went by', () => {
    const points = pointsOf(story, '2022-12-01', '2023-01-31');
    expect(
      points.map((point) => [
        dayIn(point),
        point.phase?.name,
        point.phase?.flags.join(),
        point.progress?.percent,
      ]),
    ).toEqual([
      // The motions have no date: they are open from the beginning.
      ['2022-12-01', 'deciding', '', 0],
      // The entry was accepted and the posts are begun: 3 of 3 and a quarter of 2, in all 3.5 of 5.
      ['2022-12-28', 'deciding', '', 70],
      // The last thing said is of the 30th: 30 + 14 = 44, that is 13 January.
      ['2023-01-13', 'deciding', 'stalled', 70],
    ]);
    expect(points[1]?.stances).toEqual([
      { participantId: 'mqm-p-in', name: 'MQM-P', stance: 'conditional' },
      { participantId: 'psp-in', name: 'PSP', stance: 'undecided' },
      { participantId: 'a-tessori-in', name: 'Kamran Tessori', stance: 'undecided' },
    ]);
    expect(points[1]?.forecast).toEqual({
      completeness: 'complete',
      earliest: '2023-01-05',
      likely: '2023-01-06',
      latest: '2023-01-09',
      notBefore: '2023-01-05',
      moving: [...FORECAST_DATES],
      criticalPath: ['posts', 'announcement'],
      missing: [],
    });
  });

  it('has a point on the day from which a due date no longer holds', () => {
    // Due on the 10th, and after it the flag, two days; besides, the posts take five: until the 7th they are done first.
    const days = { optimisticDays: 2, likelyDays: 2, pessimisticDays: 2 };
    const five = { optimisticDays: 5, likelyDays: 5, pessimisticDays: 5 };
    const facts = buildFacts({
      milestones: [
        buildMilestone('announcement'),
        buildMilestone('name', { dueFrom: '2022-12-10', dueTo: '2022-12-10' }),
        buildMilestone('flag', { dependsOn: ['name'], estimate: days }),
        buildMilestone('posts', { estimate: five }),
      ],
    });
    const shown = pointsOf(facts, '2022-12-01', '2022-12-20').map((point) => [
      dayIn(point),
      point.forecast?.likely,
      point.forecast?.moving.includes('likely'),
      point.forecast?.criticalPath.join(),
      point.phase?.flags.join(),
    ]);
    expect(shown).toEqual([
      ['2022-12-01', '2022-12-12', false, 'name,flag,announcement', ''],
      // 7 + 5 = 12: both are done on one day, and from now on the posts move on.
      ['2022-12-07', '2022-12-12', true, 'name,flag,announcement', ''],
      ['2022-12-08', '2022-12-13', true, 'posts,announcement', ''],
      ['2022-12-11', '2022-12-16', true, 'posts,announcement', 'overdue'],
    ]);
  });

  it('has a point at the hour at which something was said, and at the end of what was due', () => {
    const facts = buildFacts({
      participants: [buildParticipant('psp')],
      stances: [
        buildStance('s', { participantId: 'psp-in', occurredOn: '2022-12-28T20:00+05:00' }),
      ],
      milestones: [buildMilestone('announcement', { dueTo: '2022-12-29T10:00Z' })],
    });
    expect(pointsOf(facts, '2022-12-28', '2023-01-31').map(({ at }) => at)).toEqual([
      '2022-12-28T00:00:00.000Z',
      '2022-12-28T15:00:00.000Z',
      // Due on the 29th: from here on it takes no less than today, and moves.
      '2022-12-29T00:00:00.000Z',
      // Overdue once its millisecond is over.
      '2022-12-29T10:00:00.001Z',
      // 28 + 14 = 42, that is 11 January, at the same hour.
      '2023-01-11T15:00:00.000Z',
    ]);
  });

  it('begins with the first date, or with the recording when that is earlier', () => {
    expect(beginningOf(buildFacts())).toBe(Date.parse('2022-12-01'));
    const transitions = [buildTransition('t', { occurredOn: '2016' })];
    expect(beginningOf(buildFacts({ transitions }))).toBe(Date.parse('2016-01-01'));
    expect(beginningOf(buildFacts({ transitions: [buildTransition('t')] }))).toBe(
      Date.parse('2022-12-01'),
    );
  });

  it('tells of nothing while the merger is not on record', () => {
    expect(momentOf(null, 0).point).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      phase: null,
      progress: null,
      stances: [],
      forecast: null,
    });
  });
});

describe('every history by asOf', () => {
  const [first, last] = [startOf('2022-11-20'), endOfDay('2023-02-20')];
  const probes = fc.array(fc.integer({ min: first, max: last }), {
    minLength: 8,
    maxLength: 8,
  });

  it('stays the same between two points', () => {
    fc.assert(
      fc.property(anyFacts, probes, (facts, instants) => {
        const moments = [...momentsOf(facts, { from: first, to: last })];
        const points = moments.filter(({ shape }, at) => shape !== moments[at - 1]?.shape);
        expect(moments.map(({ at }) => at)).toEqual(
          [...new Set(moments.map(({ at }) => at))].toSorted((one, other) => one - other),
        );
        const midnights = instants.flatMap((at) => [at, dayOf(at) * DAY, dayOf(at) * DAY - 1]);
        for (const at of midnights) {
          const point = points.findLast((one) => one.at <= at);
          if (at >= first) expect([at, momentOf(facts, at).shape]).toEqual([at, point?.shape]);
        }
      }),
    );
  });

  it('is a plot of the forecast: each date stays or is a day later each day', () => {
    fc.assert(
      fc.property(anyFacts, probes, (facts, instants) => {
        const moments = [...momentsOf(facts, { from: first, to: last })];
        for (const at of instants) {
          const drawn = moments.findLast((one) => one.at <= at);
          expect(datesAt(drawn, at)).toEqual(datesAt(momentOf(facts, at), at));
        }
      }),
    );
  });
});

/** The dates of the forecast on a later day, as one who has only the point would draw them. */
function datesAt(moment: Moment | undefined, at: number): readonly (number | null)[] {
  const { at: from, point } = moment ?? momentOf(null, at);
  return FORECAST_DATES.map((name) => {
    const date = point.forecast?.[name] ?? null;
    const moved = point.forecast?.moving.includes(name) ? dayOf(at) - dayOf(from) : 0;
    return date === null ? null : dayOf(startOf(date)) + moved;
  });
}
