import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startOf } from './dates.js';
import type { MemberFact, VoteFact } from './facts.js';
import { RuleViolation } from './violation.js';
import {
  assertNoVoteOnEqualDate,
  assertVoterIsMember,
  countedVotes,
  dateOfVoteEvent,
  voterKey,
  votingMembers,
} from './votes.js';

const EVENT_DATE = '2022-12-28';
const AFTER = startOf('2023-01-01');

function buildVote(overrides: Partial<VoteFact> = {}): VoteFact {
  return {
    id: 'v1',
    createdAt: '2022-12-29T10:00:00Z',
    voteEventId: 'event',
    personId: 'kamran',
    voterName: null,
    option: 'yes',
    channel: 'in_person',
    castOn: null,
    ...overrides,
  };
}

function buildMember(overrides: Partial<MemberFact> = {}): MemberFact {
  return {
    id: 'm1',
    createdAt: '2022-12-01T10:00:00Z',
    personId: 'kamran',
    factionId: 'committee',
    role: null,
    voting: true,
    startDate: null,
    endDate: null,
    ...overrides,
  };
}

const ids = (votes: readonly VoteFact[]) => votes.map(({ id }) => id);
const byName = (voterName: string) => ({ personId: null, voterName });
const codeOf = (act: () => void) => {
  try {
    act();
  } catch (error) {
    if (error instanceof RuleViolation) return error.code;
    throw error;
  }
  return null;
};

describe('the vote that counts', () => {
  it('is the voter’s latest by the date it was cast on, not by recording', () => {
    const phoned = buildVote({
      id: 'phoned',
      castOn: '2022-12-27',
      createdAt: '2022-12-31T10:00:00Z',
    });
    const inMeeting = buildVote({ id: 'met', option: 'no' }); // of the event's date, the 28th
    expect(ids(countedVotes([inMeeting, phoned], EVENT_DATE, AFTER))).toEqual(['met']);
  });

  it('is, of two on one date, the one recorded last, and then the one with the greater id', () => {
    const first = buildVote({ id: 'z', createdAt: '2022-12-29T10:00:00Z' });
    const second = buildVote({ id: 'b', createdAt: '2022-12-29T11:00:00Z', castOn: '2022-12-28' });
    const third = buildVote({ id: 'c', createdAt: '2022-12-29T11:00:00Z' });
    expect(ids(countedVotes([first, second], EVENT_DATE, AFTER))).toEqual(['b']);
    expect(ids(countedVotes([third, second, first], EVENT_DATE, AFTER))).toEqual(['c']);
  });

  it('is not one whose date has not begun', () => {
    const early = buildVote({ id: 'early', castOn: '2022-12-27' });
    const changed = buildVote({ id: 'changed', castOn: '2022-12-30', option: 'no' });
    const votes = [early, changed];
    expect(ids(countedVotes(votes, EVENT_DATE, startOf('2022-12-30') - 1))).toEqual(['early']);
    expect(ids(countedVotes(votes, EVENT_DATE, startOf('2022-12-30')))).toEqual(['changed']);
    expect(countedVotes(votes, EVENT_DATE, startOf('2022-12-27') - 1)).toEqual([]);
  });

  it('is not one without any date', () => {
    expect(countedVotes([buildVote()], null, AFTER)).toEqual([]);
    expect(ids(countedVotes([buildVote({ castOn: '2022-12-28' })], null, AFTER))).toEqual(['v1']);
  });

  it('is one for equal names, however they are written', () => {
    const votes = [
      buildVote({ id: 'a', ...byName('Waseem Akhtar') }),
      buildVote({ id: 'b', ...byName('  WASEEM\u00a0 akhtar ') }),
      buildVote({ id: 'c', ...byName('Waseem Aftab') }),
    ];
    expect(ids(countedVotes(votes, EVENT_DATE, AFTER))).toEqual(['b', 'c']);
  });

  it('is one for each voter who has any vote begun, in whatever order they are given', () => {
    const votes = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        voter: fc.constantFrom('kamran', 'faisal', 'waseem'),
        castOn: fc.option(fc.constantFrom('2022-12', '2022-12-27', '2022-12-28', '2022-12-29')),
        createdAt: fc.constantFrom('2022-12-29T10:00:00Z', '2022-12-29T11:00:00Z'),
      }),
      { maxLength: 8, selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(votes, fc.constantFrom('2022-12-01', '2022-12-28', '2023'), (some, day) => {
        const at = startOf(day);
        const all = some.map(({ voter, ...rest }) => buildVote({ ...rest, personId: voter }));
        const counted = countedVotes(all, EVENT_DATE, at);
        const from = (vote: VoteFact) => startOf(vote.castOn ?? EVENT_DATE);
        const begun = all.filter((vote) => from(vote) <= at);
        expect(new Set(counted.map(voterKey))).toEqual(new Set(begun.map(voterKey)));
        expect(new Set(counted.map(voterKey)).size).toBe(counted.length);
        for (const vote of begun) {
          const winner = counted.find((one) => one.personId === vote.personId);
          expect(winner && from(winner)).toBeGreaterThanOrEqual(from(vote));
        }
        expect(countedVotes(all.toReversed(), EVENT_DATE, at)).toEqual(counted);
      }),
    );
  });
});

describe('the date of a vote event', () => {
  const meetings = [
    { id: 'meeting', startsOn: '2022-12-26' },
    { id: 'undated', startsOn: null },
  ];

  it.each([
    ['2022-12-27', '2022-12-28', 'meeting', '2022-12-28'],
    ['2022-12-27', null, 'meeting', '2022-12-27'],
    [null, null, 'meeting', '2022-12-26'],
    [null, null, 'undated', null],
    [null, null, 'retracted', null],
    [null, null, null, null],
  ])('from %s to %s at %s is %s', (startDate, endDate, meetingId, date) => {
    expect(dateOfVoteEvent({ startDate, endDate, meetingId }, meetings)).toBe(date);
  });
});

describe('one voter', () => {
  it.each([
    ['Kamran Tessori', 'kamran  tessori'],
    ['ﬁrdous', 'Firdous'], // a ligature is its letters
    ['ℌamid', 'hamid'], // a capital that has no small letter of its own
    ['José', 'JOSE\u0301'],
    ['\tکامران ٹیسوری\n', 'کامران ٹیسوری'],
  ])('is both %j and %j', (one, other) => {
    expect(voterKey(byName(one))).toBe(voterKey(byName(other)));
  });

  it('is not a person and a name, even one that reads like the other’s id', () => {
    expect(voterKey(byName('kamran'))).not.toBe(voterKey({ personId: 'kamran', voterName: null }));
    expect(voterKey(byName('Kamran'))).not.toBe(voterKey(byName('Kam ran')));
  });

  it('stays one however case and spaces change', () => {
    const word = fc.stringMatching(/^[a-zA-Z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const written = byName(` ${words.join(' \t ')}`);
        expect(voterKey(written)).toBe(voterKey(byName(words.join(' ').toUpperCase())));
      }),
    );
  });
});

describe('a vote on an equal date', () => {
  const first = { personId: 'kamran', voterName: null, castOn: null };

  it.each([
    ['the event’s own date', { ...first }, 'vote_on_equal_date'],
    ['that date, written out', { ...first, castOn: '2022-12-28' }, 'vote_on_equal_date'],
    ['its first instant', { ...first, castOn: '2022-12-28T05:00+05:00' }, 'vote_on_equal_date'],
    ['a later instant', { ...first, castOn: '2022-12-28T20:00+05:00' }, null],
    ['the day before', { ...first, castOn: '2022-12-27' }, null],
    ['another voter', { ...first, personId: 'faisal' }, null],
  ])('by %s', (_, vote, code) => {
    expect(
      codeOf(() => {
        assertNoVoteOnEqualDate(vote, [first], EVENT_DATE);
      }),
    ).toBe(code);
  });

  it('is refused for a month and its first day, for a name in other letters, and without any date', () => {
    const month = { ...byName('Waseem Akhtar'), castOn: '2022-12' };
    const day = { ...byName('waseem akhtar'), castOn: '2022-12-01' };
    const refused = 'vote_on_equal_date';
    expect(
      codeOf(() => {
        assertNoVoteOnEqualDate(day, [month], EVENT_DATE);
      }),
    ).toBe(refused);
    expect(
      codeOf(() => {
        assertNoVoteOnEqualDate(first, [first], null);
      }),
    ).toBe(refused);
  });
});

describe('a known voter', () => {
  const vote = { personId: 'kamran', voterName: null, castOn: null };
  const motion = { factionId: 'committee' };

  it.each([
    ['a member without dates', {}, EVENT_DATE, null],
    ['a member until that day', { endDate: '2022-12-28' }, EVENT_DATE, null],
    ['who left the day before', { endDate: '2022-12-27' }, EVENT_DATE, 'voter_not_a_member'],
    ['who joins the day after', { startDate: '2022-12-29' }, EVENT_DATE, 'voter_not_a_member'],
    // a month is read from its first instant, and on the 1st there was no membership yet
    ['who joined within the month', { startDate: '2022-12-10' }, '2022-12', 'voter_not_a_member'],
    ['a member without a vote', { voting: false }, EVENT_DATE, 'voter_not_a_member'],
    ['a member of another faction', { factionId: 'party' }, EVENT_DATE, 'voter_not_a_member'],
    ['another person', { personId: 'faisal' }, EVENT_DATE, 'voter_not_a_member'],
    ['a former member, the date unknown', { endDate: '2020' }, null, null],
    ['a stranger, the date unknown', { personId: 'faisal' }, null, 'voter_not_a_member'],
  ])('is %s', (_, overrides, date, code) => {
    const members = [buildMember(overrides)];
    expect(
      codeOf(() => {
        assertVoterIsMember(vote, motion, members, date);
      }),
    ).toBe(code);
  });

  it('is asked on the date the vote was cast on, before that of the event', () => {
    const members = [buildMember({ endDate: '2022-12-27' })];
    const cast = { ...vote, castOn: '2022-12-27' };
    expect(
      codeOf(() => {
        assertVoterIsMember(cast, motion, members, EVENT_DATE);
      }),
    ).toBeNull();
  });

  it('may come back: two memberships are one voting member', () => {
    const members = [
      buildMember({ endDate: '2022-06' }),
      buildMember({ id: 'm2', startDate: '2022-12-01' }),
      buildMember({ id: 'm3', personId: 'faisal', startDate: '2023' }),
    ];
    expect([...votingMembers(members, 'committee', startOf(EVENT_DATE))]).toEqual(['kamran']);
    expect([...votingMembers(members, 'committee', startOf('2022-07-01'))]).toEqual([]);
  });

  it('is not who is known only by name', () => {
    const named = { ...byName('Waseem Akhtar'), castOn: null };
    expect(
      codeOf(() => {
        assertVoterIsMember(named, motion, [], EVENT_DATE);
      }),
    ).toBeNull();
  });
});
