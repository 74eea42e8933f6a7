import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MergerFacts, MilestoneFact } from './facts.js';
import {
  buildFacts,
  buildMeeting,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildStance,
  buildTransition,
  endOfDay,
  passedOn,
} from './facts.fixture.js';
import { mergerAt } from './merger-at.js';
import {
  assertTransitionIsSound,
  awaitedMilestones,
  neededMilestones,
  type MilestoneAt,
} from './milestones.js';
import { MILESTONE_STATES, type MilestoneState } from './vocabulary.js';

/** The milestone `issue` on a day. */
function issueOn(date: string, given: Partial<MergerFacts>, issue: Partial<MilestoneFact> = {}) {
  const milestones = [buildMilestone('issue', issue)];
  const [one] = mergerAt(buildFacts({ milestones, ...given }), endOfDay(date)).milestones;
  return one;
}

describe('the state of a milestone', () => {
  it('is planned before any transition', () => {
    const transitions = [buildTransition('t', { occurredOn: '2022-12-29' })];
    expect(issueOn('2022-12-28', { transitions })).toMatchObject({ state: 'planned', since: null });
  });

  it('is that of the latest transition, by date and then by recording', () => {
    const transitions = [
      buildTransition('c', { state: 'blocked', note: 'posts', createdAt: '2022-12-30T10:00:00Z' }),
      buildTransition('b', { state: 'achieved', createdAt: '2022-12-30T09:00:00Z' }),
      buildTransition('a', { state: 'dropped', occurredOn: '2022-12-27' }),
    ];
    expect(issueOn('2022-12-27', { transitions })?.state).toBe('dropped');
    expect(issueOn('2022-12-28', { transitions })).toMatchObject({
      state: 'blocked',
      since: '2022-12-28',
      note: 'posts',
    });
  });

  it('keeps the last percent until another is given, and shows it only while open', () => {
    const transitions = [
      buildTransition('1', { state: 'in_progress', occurredOn: '2022-12-20', percent: 40 }),
      buildTransition('2', { state: 'blocked', occurredOn: '2022-12-21' }),
      buildTransition('3', { state: 'achieved', occurredOn: '2022-12-22' }),
      buildTransition('4', { state: 'in_progress', occurredOn: '2022-12-23' }),
      buildTransition('5', { state: 'in_progress', occurredOn: '2022-12-24', percent: 60 }),
    ];
    const percents = ['19', '20', '21', '22', '23', '24'].map(
      (day) => issueOn(`2022-12-${day}`, { transitions })?.percent,
    );
    expect(percents).toEqual([null, 40, 40, null, 40, 60]);
  });
});

describe('a milestone that something else satisfies', () => {
  const motions = [buildMotion('motion', { factionId: 'rabita' })];
  const voteEvents = [passedOn('motion', '2022-12-28')];
  const byMotion = { satisfiedBy: { motionId: 'motion' } };

  it('is achieved on the date of the vote', () => {
    expect(issueOn('2022-12-27', { motions, voteEvents }, byMotion)?.state).toBe('planned');
    expect(issueOn('2022-12-28', { motions, voteEvents }, byMotion)).toMatchObject({
      state: 'achieved',
      since: '2022-12-28',
      implied: { date: '2022-12-28', cause: { id: 'motion-passed' } },
    });
    expect(issueOn('2022-12-28', { motions }, byMotion)?.state).toBe('planned');
  });

  it.each([
    ['2022-12-27', 'achieved'], // earlier: implied wins
    ['2022-12-28', 'blocked'], // equal: what was recorded wins
    ['2022-12-29', 'blocked'],
  ])('and blocked on %s is %s', (occurredOn, state) => {
    const transitions = [buildTransition('t', { state: 'blocked', occurredOn })];
    expect(issueOn('2022-12-30', { motions, voteEvents, transitions }, byMotion)?.state).toBe(
      state,
    );
  });

  it.each([
    ['held', '2022-12-28T20:00+05:00', 'achieved'],
    ['held', '2022-12-30', 'planned'], // has not begun
    ['confirmed', '2022-12-28', 'planned'],
    ['cancelled', '2022-12-28', 'planned'],
    ['tentative', null, 'planned'],
  ] as const)('by a meeting that is %s on %s is %s', (status, startsOn, state) => {
    const meetings = [buildMeeting('meeting', { status, startsOn })];
    const byMeeting = { satisfiedBy: { meetingId: 'meeting' } };
    expect(issueOn('2022-12-28', { meetings }, byMeeting)?.state).toBe(state);
  });

  it('is achieved when the participant first took its present agreement', () => {
    const given = {
      participants: [buildParticipant('psp')],
      stances: [
        buildStance('1', { participantId: 'psp-in', occurredOn: '2022-12-20' }),
        buildStance('2', { participantId: 'psp-in', occurredOn: '2022-12-28' }), // said again
        buildStance('3', { participantId: 'psp-in', occurredOn: '2023-01-02', stance: 'opposed' }),
      ],
    };
    const byPsp = { satisfiedBy: { participantId: 'psp-in' } };
    expect(issueOn('2022-12-31', given, byPsp)).toMatchObject({
      state: 'achieved',
      since: '2022-12-20',
    });
    expect(issueOn('2023-01-02', given, byPsp)?.state).toBe('planned');
  });

  it('is not satisfied by what is no longer on record', () => {
    for (const satisfiedBy of [{ motionId: 'x' }, { meetingId: 'x' }, { participantId: 'x' }, {}]) {
      expect(issueOn('2022-12-28', {}, { satisfiedBy })?.state).toBe('planned');
    }
  });
});

describe('what the announcement needs', () => {
  const states = new Map<string, MilestoneState>([
    ['dropped', 'dropped'],
    ['off', 'dropped'],
  ]);
  const one = (id: string, given: Partial<MilestoneFact> = {}): MilestoneAt => ({
    milestone: buildMilestone(id, given),
    state: states.get(id) ?? 'planned',
    since: null,
    percent: null,
    note: null,
    implied: null,
  });
  const needed = (milestones: readonly MilestoneAt[]) =>
    neededMilestones(milestones).map(({ milestone }) => milestone.id);

  it('is every other milestone but the aftermath and the dropped, while it names no dependency', () => {
    const milestones = [
      one('announcement'),
      one('b', { dependsOn: ['c'] }),
      one('a'),
      one('after', { classification: 'aftermath' }),
      one('dropped'),
    ];
    expect(needed(milestones)).toEqual(['a', 'b']);
    const only = one('announcement', { dependsOn: ['no longer on record'] });
    expect(needed([only, ...milestones.slice(1)])).toEqual(['a', 'b']);
  });

  it('is nothing that waits for the announcement itself, unless only through a dropped one', () => {
    const milestones = [
      one('announcement'),
      one('rally', { dependsOn: ['a', 'announcement'] }),
      one('report', { dependsOn: ['rally'] }),
      one('ring', { dependsOn: ['ring', 'report'] }), // a cycle: refused elsewhere, survived here
      one('a'),
      one('off', { dependsOn: ['announcement'] }),
      one('b', { dependsOn: ['a', 'off'] }),
    ];
    expect(needed(milestones)).toEqual(['a', 'b']);
    expect(needed(milestones.toReversed())).toEqual(['a', 'b']);
  });

  it('is what it depends on, transitively, but not through a dropped one', () => {
    const milestones = [
      one('announcement', { dependsOn: ['a', 'dropped'] }),
      one('a', { dependsOn: ['b'] }),
      one('b', { dependsOn: ['a', 'announcement', 'b'] }), // a cycle: refused elsewhere, survived here
      one('c'),
      one('dropped', { dependsOn: ['c'] }),
    ];
    expect(needed(milestones)).toEqual(['a', 'b']);
  });

  it('is what only a dropped one needed as well, when another names it too', () => {
    const milestones = [
      one('announcement', { dependsOn: ['a', 'dropped'] }),
      one('a', { dependsOn: ['c'] }),
      one('c'),
      one('dropped', { dependsOn: ['c'] }),
    ];
    expect(needed(milestones)).toEqual(['a', 'c']);
  });

  it('is nothing when all that it names is dropped, and an aftermath only when it is named', () => {
    expect(
      needed([one('announcement', { dependsOn: ['dropped'] }), one('dropped'), one('a')]),
    ).toEqual([]);
    const after = one('after', { classification: 'aftermath' });
    expect(needed([one('announcement', { dependsOn: ['after'] }), after])).toEqual(['after']);
  });

  it('is awaited with what it waits for, needed or not, as long as that is open', () => {
    const milestones = [
      one('announcement'),
      one('oath', { dependsOn: ['elections', 'dropped', 'done'] }),
      one('elections', { classification: 'aftermath', dependsOn: ['roll'] }),
      one('roll', { classification: 'aftermath' }),
      one('rally', { classification: 'aftermath' }),
      one('dropped'),
      one('done'),
    ].map((each) =>
      each.milestone.id === 'done' ? { ...each, state: 'achieved' as const } : each,
    );
    const needed = neededMilestones(milestones);
    expect(needed.map(({ milestone }) => milestone.id)).toEqual(['done', 'oath']);
    expect(awaitedMilestones(needed, milestones).map(({ milestone }) => milestone.id)).toEqual([
      'oath',
      'elections',
      'roll',
    ]);
  });

  it('is exactly what a walk over what is not dropped arrives at, in any graph and order', () => {
    const graph = fc.array(
      fc.record({
        dependsOn: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
        state: fc.constantFrom(...MILESTONE_STATES),
      }),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(graph, (nodes) => {
        const milestones = nodes.map(({ dependsOn, state }, i) => ({
          ...one(i === 0 ? 'announcement' : `m${i}`, {
            classification: i === 0 ? 'announcement' : 'issue',
            dependsOn: dependsOn.map((d) => (d === 0 ? 'announcement' : `m${d}`)),
          }),
          state,
        }));
        fc.pre(nodes[0]?.dependsOn.some((d) => d < nodes.length) ?? false);
        const arrives = (from: MilestoneAt, seen: readonly string[]): readonly string[] =>
          from.milestone.dependsOn.flatMap((id) => {
            const next = milestones.find(({ milestone }) => milestone.id === id);
            if (next === undefined || next.state === 'dropped' || seen.includes(id)) return [];
            return [id, ...arrives(next, [...seen, id])];
          });
        const [announcement] = milestones;
        if (announcement === undefined) return;
        const expected = new Set(arrives(announcement, []));
        // the announcement never needs itself, and its own state does not end the walk
        expected.delete('announcement');
        fc.pre(announcement.state !== 'dropped');
        expect(new Set(needed(milestones.toReversed()))).toEqual(expected);
      }),
    );
  });
});

describe('a transition', () => {
  it.each(MILESTONE_STATES)('to %s has a percent only while something is left to do', (state) => {
    const attempt = () => {
      assertTransitionIsSound({ state, percent: 0 });
    };
    if (state === 'achieved' || state === 'dropped') {
      expect(attempt).toThrow('percent_on_closed_state');
    } else {
      expect(attempt).not.toThrow();
    }
    expect(() => {
      assertTransitionIsSound({ state, percent: null });
    }).not.toThrow();
  });
});
