import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MergerFacts, SatisfiedBy } from './facts.js';
import {
  buildFaction,
  buildFacts,
  buildMeeting,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildStance,
  buildTransition,
  endOfDay,
  passedOn,
} from './facts.fixture.js';
import { mergerAt } from './merger-at.js';
import { blockersOf, needsOf, nextOf } from './needs.js';

const story: Partial<MergerFacts> = {
  factions: [
    buildFaction('mqm-p', { name: 'MQM-P' }),
    buildFaction('psp', { name: 'PSP' }),
    buildFaction('council', { name: 'PSP council', parentId: 'psp', classification: 'committee' }),
  ],
  people: [buildPerson('sattar', { name: 'Farooq Sattar' })],
  participants: [buildParticipant('mqm-p'), buildParticipant('psp', { role: 'joining' })],
  stances: [buildStance('s')],
};
const merger = (given: Partial<MergerFacts>, date = '2022-12-30') =>
  mergerAt(buildFacts({ ...story, ...given }), endOfDay(date));
const needs = (given: Partial<MergerFacts>) =>
  needsOf(merger(given)).map(({ recordType, recordId, text }) => [recordType, recordId, text]);

describe('what is missing', () => {
  it('is each principal that has not agreed, with the meeting it is to hold', () => {
    const meeting = { hostFactionId: 'council', venue: 'Pakistan House' };
    expect(needs({ meetings: [buildMeeting('m', meeting)] })).toEqual([
      [
        'participants',
        'psp-in',
        'PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.',
      ],
    ]);
    const confirmed = {
      status: 'confirmed',
      startsOn: '2023-01-02',
      hostFactionId: 'psp',
    } as const;
    expect(needs({ meetings: [buildMeeting('m', confirmed)] })[0]?.[2]).toBe(
      'PSP has not decided; its meeting is confirmed for 2023-01-02.',
    );
  });

  it.each([
    ['held', '2022-12-29', 'PSP has not decided.'],
    ['held', '2023-01-02', 'PSP has not decided; its meeting is to be held on 2023-01-02.'],
    ['cancelled', null, 'PSP has not decided.'],
  ] as const)('tells of a %s meeting on %s: %s', (status, startsOn, text) => {
    const meetings = [
      buildMeeting('m', { hostFactionId: 'psp', status, startsOn }),
      buildMeeting('other', { hostFactionId: 'mqm-p' }),
    ];
    expect(needs({ meetings })[0]?.[2]).toBe(text);
  });

  it('is not who has left, nor who only watches', () => {
    const participants = [
      ...(story.participants ?? []),
      buildParticipant(null, { id: 'sattar-in', personId: 'sattar', role: 'joining' }),
      buildParticipant('council', { role: 'observer' }),
    ];
    const left = buildStance('left', { participantId: 'psp-in', stance: 'withdrawn' });
    expect(needs({ participants, stances: [buildStance('s'), left] })).toEqual([
      ['participants', 'sattar-in', 'Farooq Sattar has not decided.'],
    ]);
  });

  it('is each motion that is open, with what would settle it', () => {
    const motions = [
      buildMotion('join', { factionId: 'psp', text: 'Join MQM-P.' }),
      buildMotion('later', { factionId: 'psp', proposedOn: '2023-01-05' }),
      buildMotion('done'),
    ];
    const voteEvents = [passedOn('done', '2022-12-28')];
    expect(needs({ motions, voteEvents }).slice(1)).toEqual([
      [
        'motions',
        'join',
        'The motion “Join MQM-P” of PSP is undetermined: a vote on the motion: none has been taken so far.',
      ],
    ]);
  });

  it('is each milestone that is open, with its percent, what blocks it, and the meeting it waits for', () => {
    const milestones = [
      buildMilestone('announcement'),
      buildMilestone('a', { title: 'Share out the posts' }),
      buildMilestone('b', { title: 'Choose a name' }),
      buildMilestone('c', { title: 'Hear the members', satisfiedBy: { meetingId: 'm' } }),
      buildMilestone('d', { title: 'Publish', classification: 'aftermath' }),
    ];
    const transitions = [
      buildTransition('t1', {
        milestoneId: 'a',
        state: 'blocked',
        note: 'both want the convenership',
      }),
      buildTransition('t2', { milestoneId: 'b', state: 'in_progress', percent: 40 }),
    ];
    const meetings = [buildMeeting('m', { venue: 'Pakistan House' })];
    expect(needs({ milestones, transitions, meetings }).slice(1)).toEqual([
      ['milestones', 'a', '“Share out the posts” is blocked: both want the convenership.'],
      ['milestones', 'b', '“Choose a name” is in progress, 40 percent done.'],
      [
        'milestones',
        'c',
        '“Hear the members” is planned; the meeting at Pakistan House is tentative and has no date yet.',
      ],
    ]);
  });

  it('is told once: a milestone that a listed motion or participant satisfies is left out', () => {
    const milestones = [
      buildMilestone('announcement'),
      buildMilestone('by motion', { satisfiedBy: { motionId: 'join' } }),
      buildMilestone('by psp', { satisfiedBy: { participantId: 'psp-in' } }),
      buildMilestone('by nothing on record', { satisfiedBy: { motionId: 'gone' } }),
    ];
    const motions = [buildMotion('join', { factionId: 'psp' })];
    expect(needs({ milestones, motions }).map(([, id]) => id)).toEqual([
      'psp-in',
      'join',
      'by nothing on record',
    ]);
  });

  it('is nothing once announced', () => {
    const milestones = [buildMilestone('announcement'), buildMilestone('a')];
    const transitions = [buildTransition('t', { milestoneId: 'announcement' })];
    expect(needs({ milestones, transitions })).toEqual([]);
  });

  it('names no record twice and no milestone beside what satisfies it, and leaves no other out', () => {
    const cause = fc.constantFrom<SatisfiedBy | null>(
      null,
      { motionId: 'join' },
      { participantId: 'psp-in' },
      { participantId: 'mqm-p-in' },
      { meetingId: 'm' },
    );
    fc.assert(
      fc.property(fc.array(cause, { maxLength: 8 }), fc.boolean(), (causes, hasMotion) => {
        const milestones = causes.map((satisfiedBy, i) => buildMilestone(`m${i}`, { satisfiedBy }));
        const motions = hasMotion ? [buildMotion('join', { factionId: 'psp' })] : [];
        const ids = needs({ milestones, motions }).map(([, id]) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const told = new Set(ids);
        milestones.forEach(({ id, satisfiedBy }) => {
          const by = satisfiedBy?.motionId ?? satisfiedBy?.participantId;
          const isDone = by === 'mqm-p-in'; // MQM-P has agreed
          expect(told.has(id)).toBe(!isDone && !(by !== undefined && told.has(by)));
        });
      }),
    );
  });
});

describe('what blocks', () => {
  it('is what is blocked and needed, with the note, and the announcement itself', () => {
    const milestones = [
      buildMilestone('announcement'),
      buildMilestone('a', { title: 'Share out the posts' }),
      buildMilestone('b', { classification: 'aftermath' }),
    ];
    const transitions = milestones.map(({ id }) =>
      buildTransition(`t-${id}`, { milestoneId: id, state: 'blocked', note: `note on ${id}` }),
    );
    expect(blockersOf(merger({ milestones, transitions }))).toEqual([
      {
        milestoneId: 'a',
        title: 'Share out the posts',
        classification: 'issue',
        since: '2022-12-28',
        note: 'note on a',
      },
      {
        milestoneId: 'announcement',
        title: 'announcement',
        classification: 'announcement',
        since: '2022-12-28',
        note: 'note on announcement',
      },
    ]);
    expect(blockersOf(merger({}))).toEqual([]);
  });
});

describe('what is next', () => {
  const next = (given: Partial<MergerFacts>) => nextOf(merger(given)).map((one) => one.milestoneId);

  it('is what is open and needed and waits for nothing that is open', () => {
    const milestones = [
      buildMilestone('announcement', { dependsOn: ['b', 'd'] }),
      buildMilestone('a', { dueFrom: '2023-01-09', dueTo: '2023-01' }),
      buildMilestone('b', { dependsOn: ['a'] }),
      buildMilestone('c'),
      buildMilestone('d', { dependsOn: ['dropped', 'no longer on record'] }),
      buildMilestone('dropped'),
    ];
    const dropped = buildTransition('t', { milestoneId: 'dropped', state: 'dropped' });
    expect(next({ milestones, transitions: [dropped] })).toEqual(['a', 'd']); // c is not needed
    const done = buildTransition('t2', { milestoneId: 'a' });
    expect(next({ milestones, transitions: [dropped, done] })).toEqual(['b', 'd']);
    expect(nextOf(merger({ milestones }))[0]).toEqual({
      milestoneId: 'a',
      title: 'a',
      classification: 'issue',
      state: 'planned',
      percent: null,
      dueFrom: '2023-01-09',
      dueTo: '2023-01',
    });
  });

  it('is never empty while something needed is open and nothing waits in a circle', () => {
    const graph = fc.array(
      fc.record({ before: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }), done: fc.boolean() }),
      { maxLength: 7 },
    );
    fc.assert(
      fc.property(graph, (nodes) => {
        const milestones = nodes.map(({ before }, i) =>
          buildMilestone(`m${i}`, { dependsOn: before.filter((b) => b < i).map((b) => `m${b}`) }),
        );
        const transitions = nodes.flatMap(({ done }, i) =>
          done ? [buildTransition(`t${i}`, { milestoneId: `m${i}` })] : [],
        );
        const found = next({ milestones, transitions });
        expect(found.length > 0).toBe(nodes.some(({ done }) => !done));
      }),
    );
  });
});
