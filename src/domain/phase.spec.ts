import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MergerFacts } from './facts.js';
import {
  buildFaction,
  buildFacts,
  buildMandate,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildStance,
  buildSuccession,
  buildTransition,
  endOfDay,
  passedOn,
} from './facts.fixture.js';
import { mergerAt } from './merger-at.js';
import { PHASES, phaseOf } from './phase.js';
import { timelineOf } from './timeline.js';
import { STANCES, type Stance } from './vocabulary.js';

const story: Partial<MergerFacts> = {
  factions: [
    buildFaction('mqm-p', { name: 'MQM-P' }),
    buildFaction('psp', { name: 'PSP' }),
    buildFaction('bystander', { name: 'Bystander' }),
  ],
  people: [
    buildPerson('sattar', { name: 'Farooq Sattar' }),
    buildPerson('siddiqui', { name: 'Khalid Maqbool Siddiqui' }),
  ],
  participants: [
    buildParticipant('mqm-p'),
    buildParticipant('psp', { role: 'joining' }),
    buildParticipant('bystander', { role: 'observer' }),
  ],
  milestones: [buildMilestone('announcement'), buildMilestone('posts')],
};

function phase(given: Partial<MergerFacts>, date = '2022-12-28') {
  const merger = mergerAt(buildFacts({ ...story, ...given }), endOfDay(date));
  return phaseOf(merger, timelineOf(merger));
}

const stances = (mqmP: Stance, psp: Stance, occurredOn = '2022-12-28') => [
  buildStance('s1', { stance: mqmP, occurredOn }),
  buildStance('s2', { participantId: 'psp-in', stance: psp, occurredOn }),
];
const achieved = (milestoneId: string, occurredOn = '2022-12-28') =>
  buildTransition(`${milestoneId}-done`, { milestoneId, occurredOn });
const closed = { closedOn: '2022-12-28', outcome: 'abandoned' } as const;

describe('the phase', () => {
  it.each([
    ['proposed', {}, 'Nothing has happened yet between MQM-P and PSP.'],
    ['proposed', { participants: [] }, 'Nothing has happened yet.'],
    [
      'talking',
      { stances: stances('exploring', 'undecided') },
      'The latest, of 2022-12-28: PSP has not decided.',
    ],
    [
      'deciding',
      { mandates: [buildMandate('m')] },
      'Khalid Maqbool Siddiqui holds a mandate of MQM-P.',
    ],
    [
      'deciding',
      { motions: [buildMotion('Join MQM-P', { factionId: 'psp' })] },
      'The motion “Join MQM-P” of PSP is open.',
    ],
    [
      'deciding',
      { stances: stances('conditional', 'opposed') },
      'MQM-P agrees on conditions and PSP is opposed.',
    ],
    [
      'deciding',
      { motions: [buildMotion('x')], voteEvents: [passedOn('x', '2022-12-28')] },
      'MQM-P has agreed and PSP has not decided.',
    ],
    [
      'resolving',
      { stances: stances('agreed', 'agreed') },
      'MQM-P and PSP have agreed; “posts” is still open.',
    ],
    [
      'ready',
      { stances: stances('agreed', 'agreed'), transitions: [achieved('posts')] },
      'MQM-P and PSP have agreed, and nothing that is needed is open.',
    ],
    [
      'announced',
      { transitions: [achieved('announcement')] },
      'The union was announced on 2022-12-28.',
    ],
    [
      'collapsed',
      { stances: stances('agreed', 'withdrawn'), transitions: [achieved('announcement')] },
      'PSP has withdrawn, and only MQM-P is left.',
    ],
    [
      'collapsed',
      { stances: stances('declined', 'withdrawn') },
      'MQM-P has declined and PSP has withdrawn, and nobody is left.',
    ],
    [
      'collapsed',
      { merger: { ...buildFacts().merger, ...closed } },
      'The merger was abandoned on 2022-12-28.',
    ],
    [
      'completed',
      {
        successions: [buildSuccession('s', { date: '2022-12-28' })],
        merger: { ...buildFacts().merger, ...closed },
      },
      'PSP joined MQM-P on 2022-12-28.',
    ],
  ] as const)('is %s', (name, given, reason) => {
    expect(phase(given)).toMatchObject({ name, reason });
  });

  it('does not collapse when one of three withdraws: the two that are left decide', () => {
    const sattar = buildParticipant(null, { id: 'sattar-in', personId: 'sattar', role: 'joining' });
    const left = buildStance('s3', { participantId: 'sattar-in', stance: 'withdrawn' });
    const given = {
      participants: [...(story.participants ?? []), sattar],
      stances: [...stances('agreed', 'agreed'), left],
    };
    expect(phase(given).name).toBe('resolving');
  });

  it('does not collapse because there never were two, nor is one that agrees with nobody ready', () => {
    const given = {
      participants: [buildParticipant('mqm-p')],
      stances: stances('agreed', 'agreed'),
    };
    expect(phase(given)).toMatchObject({ name: 'deciding', reason: 'MQM-P has agreed.' });
  });

  it('does not mind the stance of an observer', () => {
    const other = buildStance('s', { participantId: 'bystander-in', stance: 'withdrawn' });
    expect(phase({ stances: [...stances('agreed', 'agreed'), other] }).name).toBe('resolving');
  });

  it('sees neither an outcome nor a succession before its date', () => {
    const given = {
      merger: { ...buildFacts().merger, ...closed },
      successions: [buildSuccession('s', { date: '2022-12-29' })],
    };
    expect(phase(given, '2022-12-27').name).toBe('proposed');
    expect(phase(given, '2022-12-28').name).toBe('collapsed');
    expect(phase(given, '2022-12-29').name).toBe('completed');
  });
});

describe('the flags', () => {
  it('say what is blocked: something needed, or the announcement', () => {
    for (const milestoneId of ['posts', 'announcement']) {
      const transitions = [buildTransition('t', { milestoneId, state: 'blocked' })];
      expect(phase({ transitions }).flags).toEqual(['blocked']);
    }
    const aftermath = buildMilestone('posts', { classification: 'aftermath' });
    const transitions = [buildTransition('t', { milestoneId: 'posts', state: 'blocked' })];
    expect(phase({ transitions, milestones: [aftermath] }).flags).toEqual([]);
  });

  it('say that nothing has happened for 14 days, to the instant', () => {
    const given = { stances: stances('exploring', 'exploring', '2022-12-28') };
    expect(phase(given, '2023-01-10').flags).toEqual([]);
    expect(phase(given, '2023-01-11').flags).toEqual(['stalled']); // 28 + 14 = 42 = 11 January
    expect(phase({}, '2023-01-11').flags).toEqual([]); // nothing has begun
  });

  it.each([
    [{ dueFrom: '2022-12-20', dueTo: '2022-12-27' }, ['overdue']],
    [{ dueFrom: '2022-12-20', dueTo: '2022-12-28' }, []], // the last day is included
    [{ dueFrom: '2022-12-27' }, ['overdue']],
    [{ dueTo: '2022-12' }, []],
  ] as const)('say of %j: %j', (due, flags) => {
    const posts = buildMilestone('posts', due);
    const announcement = buildMilestone('announcement', due);
    expect(phase({ milestones: [buildMilestone('announcement'), posts] }).flags).toEqual(flags);
    expect(phase({ milestones: [announcement] }).flags).toEqual(flags);
    expect(phase({ milestones: [posts], transitions: [achieved('posts')] }).flags).toEqual([]);
  });

  it('are none once completed or collapsed', () => {
    const transitions = [buildTransition('t', { milestoneId: 'posts', state: 'blocked' })];
    expect(
      phase({ transitions, stances: stances('agreed', 'withdrawn') }, '2023-02-01'),
    ).toMatchObject({ name: 'collapsed', flags: [] });
    const successions = [buildSuccession('s')];
    expect(phase({ transitions, successions }, '2023-02-01').flags).toEqual([]);
  });
});

describe('every phase', () => {
  const stance = fc.constantFrom(...STANCES);

  it('follows from its definition, whoever takes which stance and whatever is done', () => {
    fc.assert(
      fc.property(stance, stance, fc.boolean(), fc.boolean(), (one, other, done, isAnnounced) => {
        const transitions = [
          ...(done ? [achieved('posts')] : []),
          ...(isAnnounced ? [achieved('announcement')] : []),
        ];
        const { name, reason } = phase({ stances: stances(one, other), transitions });
        const hasLeft = [one, other].some((is) => is === 'declined' || is === 'withdrawn');
        const hasMoved = [one, other].some((is) => is === 'agreed' || is === 'conditional');
        const allAgreed = one === 'agreed' && other === 'agreed';
        const cases = [
          ['collapsed', hasLeft],
          ['announced', isAnnounced],
          ['ready', allAgreed && done],
          ['resolving', allAgreed],
          ['deciding', hasMoved],
          ['talking', true],
        ] as const;
        expect(name).toBe(cases.find(([, holds]) => holds)?.[0]);
        expect(PHASES).toContain(name);
        expect(reason).toMatch(/^[A-Z].*[^.]\.$/u);
      }),
    );
  });
});
