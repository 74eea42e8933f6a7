import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, dateOfDay, dayOf } from './dates.js';
import type { MilestoneFact } from './facts.js';
import { buildMilestone, endOfDay } from './facts.fixture.js';
import { forecastOf } from './forecast.js';
import type { MilestoneAt } from './milestones.js';
import type { MilestoneState } from './vocabulary.js';

const AT = endOfDay('2022-12-28');

/** A milestone that takes this long: one number for all three cases, or the three of them. */
const days = (...given: readonly number[]) => {
  const [optimisticDays = 0, likelyDays = optimisticDays, pessimisticDays = likelyDays] = given;
  return { estimate: { optimisticDays, likelyDays, pessimisticDays } };
};

function one(
  id: string,
  given: Partial<MilestoneFact> = {},
  state: MilestoneState = 'planned',
  percent: number | null = null,
): MilestoneAt {
  const milestone = buildMilestone(id, given);
  return { milestone, state, since: null, percent, note: null, implied: null };
}

const announcement = one('announcement');

function forecast(needed: readonly MilestoneAt[], of = announcement, at = AT) {
  const answer = forecastOf(of, needed, at);
  if (answer === null) throw new Error('no forecast');
  return answer;
}

const window = ({ earliest, likely, latest, notBefore }: ReturnType<typeof forecast>) => [
  earliest,
  likely,
  latest,
  notBefore,
];

describe('the forecast', () => {
  it('is today when nothing is left to do', () => {
    const today = '2022-12-28';
    const done = [one('a', days(9), 'achieved'), one('b', days(9), 'dropped')];
    for (const needed of [[], done]) {
      expect(forecast(needed)).toMatchObject({
        from: today,
        completeness: 'complete',
        earliest: today,
        likely: today,
        latest: today,
        notBefore: today,
        missing: [],
      });
    }
  });

  it('adds up what waits for one another, and takes the longer of what does not', () => {
    const needed = [
      one('talks', days(3, 5, 9)),
      one('posts', { ...days(2, 4, 8), dependsOn: ['talks'] }),
      one('name', days(4, 10, 15)),
    ];
    // optimistic: 3 + 2 = 5 > 4 → 28 + 5 = 33; likely: 5 + 4 = 9 < 10 → 38; pessimistic: 9 + 8 = 17 > 15 → 45
    expect(window(forecast(needed))).toEqual([
      '2023-01-02',
      '2023-01-07',
      '2023-01-14',
      '2023-01-02',
    ]);
  });

  it.each([
    [40, '2023-01-03'], // 10 × 60 / 100 = 6
    [45, '2023-01-03'], // 10 × 55 / 100 = 5.5, rounded up to 6
    [99, '2022-12-29'], // 10 × 1 / 100 = 0.1, rounded up to 1
    [0, '2023-01-07'], // 10
    [null, '2023-01-07'],
  ])('takes of 10 days the part still to do: at %s percent it is done on %s', (percent, likely) => {
    expect(forecast([one('a', days(10), 'in_progress', percent)]).likely).toBe(likely);
  });

  it.each([
    ['2023-01-09', '2023-01-14', '2023-01-09', '2023-01-12', '2023-01-14'], // (9 + 14) / 2 = 11.5, rounded up
    ['2023-01-09', '2023-01-13', '2023-01-09', '2023-01-11', '2023-01-13'], // (9 + 13) / 2 = 11
    ['2023-01-09', null, '2023-01-09', '2023-01-09', '2023-01-09'], // one end for both
    [null, '2023-01', '2023-01-01', '2023-01-16', '2023-01-31'], // (1 + 31) / 2 = 16
    ['2022-12-20', '2022-12-30', '2022-12-28', '2022-12-28', '2022-12-30'], // never before today; middle 25
    ['2022-12-01', '2022-12-10', '2022-12-28', '2022-12-28', '2022-12-28'], // past: today
    ['2023-01-14', '2023-01-09', '2023-01-14', '2023-01-14', '2023-01-14'], // upside down: the first of from
  ])('ends what is due %s to %s on %s, %s or %s', (dueFrom, dueTo, ...expected) => {
    expect(window(forecast([one('a', { dueFrom, dueTo })]))).toEqual([...expected, expected[0]]);
  });

  it('ends what is due later when what it waits for does, and goes by an estimate where there is one', () => {
    const due = { dueFrom: '2023-01-02', dueTo: '2023-01-02' };
    const talks = one('talks', days(10)); // 28 + 10 = 38 > 33
    expect(forecast([talks, one('posts', { ...due, dependsOn: ['talks'] })]).likely).toBe(
      '2023-01-07',
    );
    expect(forecast([one('posts', { ...due, ...days(1) })]).likely).toBe('2022-12-29');
  });

  it('takes the estimate or the window of the announcement itself', () => {
    const talks = one('talks', days(3));
    expect(forecast([talks], one('announcement', days(2))).likely).toBe('2023-01-02'); // 28 + 3 + 2 = 33
    const due = one('announcement', { dueFrom: '2023-01-09', dueTo: '2023-01-14' });
    expect(window(forecast([talks], due))).toEqual([
      '2023-01-09',
      '2023-01-12',
      '2023-01-14',
      '2023-01-09',
    ]);
  });

  it('is incomplete when something has neither, and says what and what the rest allows', () => {
    const needed = [one('talks', days(3, 5, 9)), one('posts', { dependsOn: ['talks'] }, 'blocked')];
    expect(forecast(needed)).toMatchObject({
      completeness: 'incomplete',
      earliest: null,
      likely: null,
      latest: null,
      notBefore: '2022-12-31', // 28 + 3
      missing: [{ milestoneId: 'posts', title: 'posts' }],
    });
  });

  it('is blocked when all is known and something needed, or the announcement, is blocked', () => {
    const blocked = forecast([one('talks', days(3), 'blocked')]);
    expect(blocked).toMatchObject({
      completeness: 'blocked',
      missing: [],
      notBefore: '2022-12-31',
    });
    expect(window(blocked).slice(0, 3)).toEqual([null, null, null]);
    expect(forecast([], one('announcement', {}, 'blocked')).completeness).toBe('blocked');
  });

  it('is null once announced, when the announcement is dropped, and without one', () => {
    expect(forecastOf(one('announcement', {}, 'achieved'), [], AT)).toBeNull();
    expect(forecastOf(one('announcement', {}, 'dropped'), [], AT)).toBeNull();
    expect(forecastOf(null, [], AT)).toBeNull();
  });

  it('changes with the UTC day and not within it', () => {
    const needed = [one('talks', days(3))];
    const midnight = AT + 1;
    expect(forecast(needed, announcement, AT - DAY + 1)).toEqual(forecast(needed));
    expect(forecast(needed, announcement, midnight).likely).toBe('2023-01-01'); // 29 + 3 = 32
  });

  it('answers for a cycle and for days beyond the calendar', () => {
    const needed = [
      one('a', { ...days(2), dependsOn: ['b', 'a'] }),
      one('b', { ...days(3), dependsOn: ['a'] }),
    ];
    expect(forecast(needed).likely).toBe('2023-01-02'); // a first: 28 + 2 + 3 = 33
    expect(forecast([one('a', days(1e9))]).likely).toBe('9999-12-31');
  });
});

describe('the critical path', () => {
  it('is the chain that sets the day, and the slack what the others have to spare', () => {
    const needed = [
      one('talks', days(5)),
      one('posts', { ...days(4), dependsOn: ['talks'] }),
      one('flag', { ...days(1), dependsOn: ['talks'] }),
      one('name', days(3)),
    ];
    const { criticalPath, schedule } = forecast(needed);
    expect(criticalPath).toEqual([
      { milestoneId: 'talks', title: 'talks', start: '2022-12-28', finish: '2023-01-02', slack: 0 },
      { milestoneId: 'posts', title: 'posts', start: '2023-01-02', finish: '2023-01-06', slack: 0 },
      {
        milestoneId: 'announcement',
        title: 'announcement',
        start: '2023-01-06',
        finish: '2023-01-06',
        slack: 0,
      },
    ]);
    expect(schedule.map(({ milestoneId, slack }) => [milestoneId, slack])).toEqual([
      ['talks', 0],
      ['name', 6], // 9 - 3
      ['posts', 0],
      ['flag', 3], // 9 - (5 + 1)
      ['announcement', 0],
    ]);
  });

  it('begins with what waits for its own due day', () => {
    const needed = [
      one('talks', days(3)),
      one('posts', { dependsOn: ['talks'], dueTo: '2023-01-05' }),
    ];
    const { criticalPath, schedule } = forecast(needed);
    expect(criticalPath.map(({ milestoneId }) => milestoneId)).toEqual(['posts', 'announcement']);
    expect(schedule[0]).toMatchObject({ milestoneId: 'talks', finish: '2022-12-31', slack: 5 }); // 36 - 31
  });

  it('does not pass over what takes no time', () => {
    const needed = [one('talks', days(3)), one('word', { ...days(0), dependsOn: ['talks'] })];
    const path = forecast(needed).criticalPath.map(({ milestoneId }) => milestoneId);
    expect(path).toEqual(['talks', 'word', 'announcement']);
  });

  type Graph = readonly Partial<MilestoneFact>[];
  const graphs = fc
    .array(
      fc.record({
        likely: fc.integer({ min: 0, max: 9 }),
        due: fc.option(fc.integer({ min: 0, max: 20 })),
        before: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }),
      }),
      { maxLength: 7 },
    )
    .map((nodes): Graph =>
      nodes.map(({ likely, due, before }, i) => ({
        ...(due === null ? days(likely) : { dueTo: dateOfDay(dayOf(AT) + due) }),
        dependsOn: before.filter((b) => b < i).map((b) => `m${b}`),
      })),
    );
  const build = (graph: Graph) => graph.map((given, i) => one(`m${i}`, given));
  const likelyDay = (graph: Graph) => dayOf(Date.parse(forecast(build(graph)).likely ?? ''));

  it('is as long as the longest way through, and never begins before today', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const today = dayOf(AT);
        const finish = (i: number): number => {
          const { dependsOn = [], estimate, dueTo } = graph[i] ?? {};
          const start = Math.max(today, ...dependsOn.map((id) => finish(Number(id.slice(1)))));
          if (estimate) return start + estimate.likelyDays;
          return Math.max(start, dayOf(Date.parse(dueTo ?? '')));
        };
        expect(likelyDay(graph)).toBe(Math.max(today, ...graph.map((_, i) => finish(i))));
        const { criticalPath, schedule } = forecast(build(graph).toReversed());
        expect(schedule.every(({ start }) => start >= '2022-12-28')).toBe(true);
        expect(criticalPath.every(({ slack }) => slack === 0)).toBe(true);
        criticalPath.slice(1).forEach(({ start }, i) => {
          expect(criticalPath[i]?.finish).toBe(start);
        });
      }),
    );
  });

  it('moves with a milestone that is late by more than its slack, and not before', () => {
    const late = (given: Partial<MilestoneFact>, by: number, finish: string) =>
      given.estimate
        ? { ...given, ...days(given.estimate.likelyDays + by) }
        : { ...given, dueTo: dateOfDay(dayOf(Date.parse(finish)) + by) };
    fc.assert(
      fc.property(graphs, (graph) => {
        for (const { milestoneId, slack, finish } of forecast(build(graph)).schedule.slice(0, -1)) {
          const delayed = (by: number) =>
            graph.map((given, i) => (`m${i}` === milestoneId ? late(given, by, finish) : given));
          expect(likelyDay(delayed(slack))).toBe(likelyDay(graph));
          expect(likelyDay(delayed(slack + 1))).toBe(likelyDay(graph) + 1);
        }
      }),
    );
  });
});

describe('the three cases', () => {
  it('come in their order, and not before what is known allows', () => {
    const estimates = fc
      .tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.nat({ max: 20 }))
      .map((numbers) => days(...numbers.toSorted((a, b) => a - b)));
    const some = fc.array(
      fc.record({ given: fc.oneof(estimates, fc.constant({})), percent: fc.nat({ max: 99 }) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(some, (parts) => {
        const needed = parts.map(({ given, percent }, i) =>
          one(`m${i}`, { ...given, dependsOn: i % 2 ? [`m${i - 1}`] : [] }, 'in_progress', percent),
        );
        const { completeness, earliest, likely, latest, notBefore } = forecast(needed);
        expect(notBefore >= '2022-12-28').toBe(true);
        if (completeness !== 'complete') {
          expect([earliest, likely, latest]).toEqual([null, null, null]);
          return;
        }
        const ordered = [notBefore, earliest, likely, latest];
        expect(ordered.toSorted()).toEqual(ordered);
        expect(notBefore).toBe(earliest);
      }),
    );
  });
});
