import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aboutOf, differencesOf, isObject, type Difference, type Json } from './differences.js';
import type { MergerFacts } from './facts.js';
import {
  buildParticipant,
  buildPrediction,
  buildStance,
  buildTransition,
  endOfDay,
} from './facts.fixture.js';
import { status, type Status } from './status.js';
import { statusDiff } from './status-diff.js';
import { anyDay, anyFacts, story } from './stories.fixture.js';

const on = (date: string, facts: MergerFacts = story): Status => status(facts, endOfDay(date));
const changed = (before: Status, after: Status): readonly (readonly [string, string | null])[] =>
  statusDiff(before, after).map(({ path, text }) => [path, text]);

describe('the difference of two statuses', () => {
  it('is empty for one and the same', () => {
    expect(statusDiff(on('2022-12-30'), on('2022-12-30'))).toEqual([]);
    expect(statusDiff(null, null)).toEqual([]);
  });

  it('names the place by ids, and the record with its name, and tells it in a sentence', () => {
    const agreed = buildStance('yes', { participantId: 'psp-in', occurredOn: '2022-12-30' });
    const after = on('2022-12-30', { ...story, stances: [agreed] });
    expect(
      statusDiff(on('2022-12-30'), after).filter(({ path }) => path.endsWith('/stance')),
    ).toEqual([
      {
        kind: 'changed',
        path: '/participants/psp-in/stance',
        recordType: 'participants',
        recordId: 'psp-in',
        name: 'PSP',
        from: 'undecided',
        to: 'agreed',
        text: 'PSP has agreed; before, the stance was undecided.',
      },
    ]);
    expect(changed(on('2022-12-30'), after)).toContainEqual([
      '/needs/psp-in',
      'No longer missing: PSP has not decided; its meeting at Pakistan House is tentative and has no date yet.',
    ]);
  });

  it('tells of progress, milestones and the forecast', () => {
    const done = buildTransition('t2', {
      milestoneId: 'posts',
      state: 'blocked',
      percent: 50,
      occurredOn: '2022-12-30',
      note: 'PSP wants the convenership',
    });
    const after = on('2022-12-30', { ...story, transitions: [...story.transitions, done] });
    // Earned: 3 of 3, and of 2 a quarter, 0.5; then a half, 1. Of 5 in all: 3.5 / 5 = 70 and 4 / 5 = 80 percent.
    const told = changed(on('2022-12-30'), after);
    expect(told).toEqual(
      expect.arrayContaining([
        ['/phase/flags', 'Flagged blocked.'],
        ['/progress/percent', 'Progress rose from 70 to 80 percent.'],
        ['/progress/contributions/posts/state', '“posts” went from in progress to blocked.'],
        ['/announcement/forecast/completeness', 'The forecast went from complete to blocked.'],
        ['/announcement/forecast/likely', 'There is no likely day any more.'],
        // 12 optimistic days less a quarter are 8, less a half 5: three days earlier.
        [
          '/announcement/forecast/notBefore',
          'The announcement cannot be before 2023-01-04; that was 2023-01-07.',
        ],
        ['/blockers/posts', '“posts” is blocked: PSP wants the convenership.'],
      ]),
    );
  });

  it('tells of the phase, of predictions and of mandates', () => {
    // Without the motions nothing was open on the 27th.
    const before = on('2022-12-27', { ...story, motions: [], voteEvents: [] });
    const after = on('2022-12-30');
    expect(changed(before, after)).toEqual(
      expect.arrayContaining([
        [
          '/phase/name',
          'The phase went from proposed to deciding: MQM-P agrees on conditions and PSP has not decided.',
        ],
        [
          '/announcement/predictions/prediction',
          'A source expects the announcement between 2023-01-09 and 2023-01-14.',
        ],
        [
          '/mandates/mandate',
          'The mandate of Khalid Maqbool Siddiqui by Rabita Committee is in force.',
        ],
        [
          '/participants/mqm-p-in/stance',
          'MQM-P agrees on conditions; before, the stance was undecided.',
        ],
      ]),
    );
    const past = on('2023-01-15');
    expect(changed(after, past)).toContainEqual([
      '/announcement/predictions/prediction/outcome',
      'That a source expects it between 2023-01-09 and 2023-01-14 went from pending to overdue.',
    ]);
  });

  it('does not see a thing that only moved', () => {
    // As a lead PSP stands before MQM-P, which was recorded at the same instant and has the greater id.
    const leads = story.participants.map((one) =>
      one.factionId === 'psp' ? buildParticipant('psp', { id: 'a-psp-in', role: 'lead' }) : one,
    );
    const renamed = story.participants.map((one) =>
      one.factionId === 'psp' ? { ...one, id: 'a-psp-in' } : one,
    );
    const [before, after] = [renamed, leads].map((participants): Status =>
      on('2022-12-30', { ...story, participants }),
    );
    expect(before?.participants.map(({ name }) => name)).toEqual([
      'MQM-P',
      'PSP',
      'Kamran Tessori',
    ]);
    expect(after?.participants.map(({ name }) => name)).toEqual(['PSP', 'MQM-P', 'Kamran Tessori']);
    const moved = statusDiff(before ?? null, after ?? null).filter(({ path }) =>
      path.startsWith('/participants'),
    );
    expect(moved).toMatchObject([
      {
        path: '/participants/a-psp-in/role',
        text: 'PSP takes part as lead, no longer as joining.',
      },
    ]);
  });

  it('adds every part whole where nothing was known, and removes it where nothing is', () => {
    const now = on('2022-12-30');
    const come = statusDiff(null, now);
    expect(come.map(({ kind, path, to }) => [kind, path, to])).toEqual(
      Object.entries<unknown>({ ...now }).map(([name, part]) => ['added', `/${name}`, part]),
    );
    expect(come[1]).toMatchObject({
      recordType: 'mergers',
      recordId: 'merger',
      name: 'Union of the MQM factions',
      text: `The phase is deciding: ${now.phase.reason}`,
    });
    expect(new Set(statusDiff(now, null).map(({ kind }) => kind))).toEqual(new Set(['removed']));
  });

  it('compares parts that it was not told of', () => {
    const before = { ...on('2022-12-30'), echo: { near: 1, far: 2 } };
    const after = { ...on('2022-12-30'), echo: { near: 1, far: 3, none: 1 } };
    expect(statusDiff(before, after)).toMatchObject([
      { kind: 'changed', path: '/echo/far', from: 2, to: 3, text: null },
      { kind: 'added', path: '/echo/none', from: null, to: 1 },
    ]);
  });
});

describe('every difference of two statuses', () => {
  const pairs = fc
    .tuple(anyFacts, anyFacts, anyDay, anyDay, fc.boolean())
    .map(([one, other, day, later, isOneStory]): readonly [Status, Status] => [
      on(day, one),
      on(later, isOneStory ? one : other),
    ]);

  it('made to the one gives the other, but for the order of things with ids', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const made = differencesOf({ ...before }, { ...after }).reduce<unknown>(apply, before);
        expect(ordered(made)).toEqual(ordered(after));
      }),
    );
  });

  it('names each leaf that differs, once, and none that is equal', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const changes = statusDiff(before, after);
        expect(new Set(changes.map(({ path }) => path)).size).toBe(changes.length);
        for (const { from, to, text } of changes) {
          expect(from).not.toEqual(to);
          expect(text).not.toBe('');
        }
        const back = statusDiff(after, before).map(({ path, from, to }) => [path, to, from]);
        const forth = changes.map(({ path, from, to }) => [path, from, to]);
        expect(new Set(back.map((one) => JSON.stringify(one)))).toEqual(
          new Set(forth.map((one) => JSON.stringify(one))),
        );
      }),
    );
  });

  it('of a status and itself is empty, also when it is told in another order', () => {
    fc.assert(
      fc.property(anyFacts, anyDay, (facts, day) => {
        const one = on(day, facts);
        // Records of all kinds share their ids here, as they never do elsewhere.
        fc.pre(new Set(one.needs.map(({ recordId }) => recordId)).size === one.needs.length);
        const turned = {
          ...one,
          participants: one.participants.toReversed(),
          needs: one.needs.toReversed(),
        };
        expect(statusDiff(one, structuredClone(turned))).toEqual([]);
      }),
    );
  });

  it('is told in sentences without a hole', () => {
    const facts = { ...story, predictions: [buildPrediction('p', { statedByLabel: null })] };
    for (const { text } of [
      ...statusDiff(null, on('2022-12-30', facts)),
      ...statusDiff(on('2022-12-27', facts), on('2022-12-30', facts)),
    ]) {
      if (text !== null) expect(text).toMatch(/^\S.*[^\s.]\.$/);
      expect(text ?? '').not.toMatch(/undefined|null| {2}/);
    }
  });
});

/** Makes one difference to a piece of JSON. */
function apply(whole: unknown, { kind, steps, to }: Difference): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return to;
  const inner = (value: unknown) =>
    apply(value, { kind, steps: rest, from: null, to, about: null, within: null });
  const isGone = kind === 'removed' && rest.length === 0;
  if (Array.isArray(whole)) {
    const others = whole as readonly Json[];
    const place = others.findIndex((each) => aboutOf(each)?.recordId === step.name);
    if (place < 0) return [...others, inner(undefined)];
    return others.flatMap((each, at) => (at !== place ? [each] : isGone ? [] : [inner(each)]));
  }
  const { [step.name]: old, ...others } = isObject(whole) ? whole : {};
  return isGone ? others : { ...others, [step.name]: inner(old) };
}

/** With every list of things with ids in the order of these. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const key = (each: unknown) => (isObject(each) ? (aboutOf(each)?.recordId ?? '') : '');
    return value
      .map(ordered)
      .toSorted((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, ordered(each)]));
}
