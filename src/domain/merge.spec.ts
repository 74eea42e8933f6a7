import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOf, overlapCertainly, startOf } from './dates.js';
import {
  heldAgain,
  mergeClashes,
  undoClashes,
  type Held,
  type MergeFacts,
  type Side,
} from './merge.js';

const AT = startOf('2023-01-12');

function side(id: string, given: Partial<Side> = {}): Side {
  return {
    id,
    name: id,
    otherNames: [],
    identifiers: [],
    links: [],
    extras: {},
    visibility: 'public',
    embargoUntil: null,
    ...given,
  };
}

function factsOf(given: Partial<MergeFacts> = {}): MergeFacts {
  return {
    recordType: 'people',
    kept: side('tessori'),
    duplicate: side('tesori'),
    above: { kept: [], duplicate: [] },
    participants: [],
    attendance: [],
    votes: [],
    members: [],
    namingBoth: [],
    most: 100,
    mostExtras: 16_384,
    ...given,
  };
}

const rulesOf = (facts: MergeFacts): string[] => mergeClashes(facts, AT).map(({ rule }) => rule);
const kept = { id: 'a', of: 'kept' } as const;
const duplicate = { id: 'b', of: 'duplicate' } as const;

describe('a merge', () => {
  it.each<[string, Partial<MergeFacts>, string[]]>([
    ['of two who share nothing', {}, []],
    ['of a record with itself', { duplicate: side('tessori') }, ['same_record']],
    [
      'of two in one merger',
      {
        participants: [
          { ...kept, mergerId: 'm' },
          { ...duplicate, mergerId: 'm' },
        ],
      },
      ['both_take_part'],
    ],
    [
      'of two in two mergers',
      {
        participants: [
          { ...kept, mergerId: 'm' },
          { ...duplicate, mergerId: 'n' },
        ],
      },
      [],
    ],
    [
      'of two at one meeting',
      {
        attendance: [
          { ...kept, meetingId: 'm' },
          { ...duplicate, meetingId: 'm' },
        ],
      },
      ['both_attend'],
    ],
    [
      'of two whom one record tells apart',
      { namingBoth: [{ recordType: 'mandates', recordId: 'm' }] },
      ['named_together'],
    ],
    [
      'of a party and its committee',
      { above: { kept: ['tessori'], duplicate: ['tesori', 'tessori'] } },
      ['one_above_the_other'],
    ],
    [
      'of a committee and its party',
      { above: { kept: ['tessori', 'bloc', 'tesori'], duplicate: ['tesori'] } },
      ['one_above_the_other'],
    ],
    [
      'of two beneath one bloc',
      { above: { kept: ['tessori', 'bloc'], duplicate: ['tesori', 'bloc'] } },
      [],
    ],
  ])('%s: %j clashes by %j', (_, given, rules) => {
    expect(rulesOf(factsOf(given))).toEqual(rules);
  });

  // The vote event is on the 28th; a vote without a date of its own counts from then.
  it.each([
    [null, null, true],
    [null, '2022-12-28', true],
    ['2022-12', '2022-12-01', true],
    [null, '2022-12-27', false],
    ['2022-12-28T01:00Z', null, false],
  ])('of two who voted in one vote event, %s and %s: clashes is %s', (one, other, clashes) => {
    const event = { voteEventId: 'v', eventDate: '2022-12-28' };
    const votes = [
      { ...kept, ...event, castOn: one },
      { ...duplicate, ...event, castOn: other },
    ];
    expect(rulesOf(factsOf({ votes }))).toEqual(clashes ? ['votes_on_equal_date'] : []);
    const elsewhere = votes.map((vote, at) => ({ ...vote, voteEventId: String(at) }));
    expect(rulesOf(factsOf({ votes: elsewhere }))).toEqual([]);
  });

  it.each([
    [[null, null], [null, null], true],
    [['2018', '2020'], ['2019', null], true],
    [['2018', '2020-06-30'], ['2020-07-01', null], false],
    // One ended some time in 2020, the other began some time in 2020: perhaps they overlap.
    [[null, '2020'], ['2020', null], false],
  ])('of two members of one faction, %j and %j: clashes is %s', (one, other, clashes) => {
    const periodOf = ([startDate = null, endDate = null]: readonly (string | null)[]) => ({
      other: 'mqm',
      startDate,
      endDate,
    });
    const members = [
      { ...kept, ...periodOf(one) },
      { ...duplicate, ...periodOf(other) },
    ];
    expect(rulesOf(factsOf({ members }))).toEqual(clashes ? ['memberships_overlap'] : []);
    const elsewhere = members.map((member, at) => ({ ...member, other: String(at) }));
    expect(rulesOf(factsOf({ members: elsewhere }))).toEqual([]);
  });

  it.each<[Partial<Held>, Partial<Held>, boolean]>([
    [{ visibility: 'draft' }, {}, false],
    [{ visibility: 'draft' }, { visibility: 'draft', embargoUntil: '2051' }, true],
    [{ visibility: 'draft' }, { embargoUntil: '2051' }, false],
    [{ embargoUntil: '2051' }, { embargoUntil: '2051-12-31' }, true],
    [{ embargoUntil: '2051' }, { embargoUntil: '2052' }, false],
    [{ embargoUntil: '2023-01-12' }, {}, false],
    [{ embargoUntil: '2023-01-11' }, {}, true], // over at the first instant of the 12th
  ])('of %j with %j: equally visible is %s', (one, other, isEqual) => {
    const facts = factsOf({ kept: side('one', one), duplicate: side('other', other) });
    expect(rulesOf(facts)).toEqual(isEqual ? [] : ['unequal_visibility']);
  });

  it('of two with 60 names each: 60 + 60 + 1 = 121 are more than 100', () => {
    const named = (prefix: string) =>
      Array.from({ length: 60 }, (__, at) => ({ name: `${prefix} ${String(at)}` }));
    const one = side('one', { otherNames: named('A') });
    expect(
      rulesOf(factsOf({ kept: one, duplicate: side('o', { otherNames: named('B') }) })),
    ).toEqual(['too_many_names']);
    // The same 60 again: only the main name is new.
    expect(
      rulesOf(factsOf({ kept: one, duplicate: side('o', { otherNames: named('A') }) })),
    ).toEqual([]);
  });

  it('clashes exactly where the two as one would break a rule that neither breaks', () => {
    const of = fc.constantFrom('kept' as const, 'duplicate' as const);
    const place = fc.constantFrom('x', 'y');
    const date = fc.constantFrom(null, '2022', '2022-06', '2022-06-01', '2022-07-01');
    const members = fc.array(fc.record({ of, other: place, startDate: date, endDate: date }));
    const votes = fc.array(
      fc.record({ of, voteEventId: place, castOn: date, eventDate: fc.constant('2022-06-01') }),
    );
    fc.assert(
      fc.property(members, votes, (allMembers, allVotes) => {
        const facts = factsOf({
          members: allMembers.map((one, at) => ({ ...one, id: String(at) })),
          votes: allVotes.map((one, at) => ({ ...one, id: String(at) })),
        });
        const broken = [
          ...pairsOf(facts.votes).filter(
            ([one, other]) =>
              one.voteEventId === other.voteEventId &&
              startOf(one.castOn ?? '2022-06-01') === startOf(other.castOn ?? '2022-06-01'),
          ),
          ...pairsOf(facts.members).filter(
            ([one, other]) => one.other === other.other && overlapCertainly(one, other),
          ),
        ];
        const between = broken.filter(([one, other]) => one.of !== other.of);
        expect(mergeClashes(facts, AT)).toHaveLength(between.length);
      }),
    );
  });
});

function pairsOf<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((one, at) => items.slice(at + 1).map((other): [Item, Item] => [one, other]));
}

describe('undoing a merge', () => {
  const facts = {
    recordType: 'factions',
    keptId: 'psp',
    mergedInto: null,
    parent: null,
    aboveDuplicate: [],
    childrenAgain: [],
  } as const;

  it.each([
    [{}, []],
    [{ mergedInto: 'mqm' }, ['merged_again']],
    [{ parent: { id: 'bloc', retracted: false } }, []],
    [{ parent: { id: 'bloc', retracted: true } }, ['parent_retracted']],
    [{ aboveDuplicate: ['bloc', 'party'], childrenAgain: ['party'] }, ['circle_of_parents']],
    [{ aboveDuplicate: ['bloc'], childrenAgain: ['party'] }, []],
  ])('of %j clashes by %j', (given, rules) => {
    expect(undoClashes({ ...facts, ...given }).map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('two with extras', () => {
  it('clash when together they are too large', () => {
    const large = side('tesori', { extras: { n: { p: 'x'.repeat(16_384) } } });
    expect(mergeClashes(factsOf({ duplicate: large }), AT).map(({ rule }) => rule)).toEqual([
      'too_many_extras',
    ]);
  });
});

describe('a duplicate that comes back', () => {
  const held = fc.record<Held>({
    visibility: fc.constantFrom('public', 'draft'),
    embargoUntil: fc.constantFrom(null, '2022', '2023-02', '2024'),
  });
  const isHidden = ({ visibility, embargoUntil }: Held, at: number): boolean =>
    visibility === 'draft' || (embargoUntil !== null && at < endOf(embargoUntil));

  it('is hidden whenever it was to be or the kept one is, from now on', () => {
    fc.assert(
      fc.property(held, held, fc.integer({ min: 0, max: 900 }), (mine, theirs, days) => {
        const then = AT + days * 86_400_000;
        const again = heldAgain(mine, theirs, AT);
        expect(isHidden(again, then)).toBe(isHidden(mine, then) || isHidden(theirs, then));
      }),
    );
  });
});
