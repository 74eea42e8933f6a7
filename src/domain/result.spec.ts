import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startOf } from './dates.js';
import type { MemberFact, MotionFact, Quorum, VoteEventFact, VoteFact } from './facts.js';
import {
  isMotionOpen,
  motionResult,
  resultOf,
  tallyOfVoteEvent,
  type VoteFacts,
} from './result.js';
import { forOptions, tallyVotes, type Tally } from './tally.js';
import { REQUIREMENTS, VOTE_OPTIONS, type Requirement, type VoteOption } from './vocabulary.js';

type Outcome = Readonly<Record<VoteOption, number>>;

/** A tally with these bounds, nobody named unless said; an option that is left out has no votes. */
function buildTally(
  bounds: Partial<Record<VoteOption, readonly [number, number | null]>>,
  seats: number | null = null,
  named = 0,
): Tally {
  const empty = tallyVotes({ votes: [], reportedCounts: [], seats, complete: true });
  const options = forOptions((option) => {
    const [lower, upper] = bounds[option] ?? [0, 0];
    const namedHere = option === 'yes' ? named : 0;
    return { ...empty.options[option], lower, upper, named: namedHere, unnamed: lower - namedHere };
  });
  return { ...empty, options };
}

const percent = (value: number): Quorum => ({ value, unit: 'percent' });
const count = (value: number): Quorum => ({ value, unit: 'count' });

describe('the result of a vote', () => {
  it.each([
    // simple_majority: yes > no
    ['simple_majority', { yes: [5, 9], no: [0, 4] }, null, 'pass'], // 5 > 4
    ['simple_majority', { yes: [5, 9], no: [0, 5] }, null, 'undetermined'], // 5 = 5 is a tie
    ['simple_majority', { yes: [0, 4], no: [4, null] }, null, 'fail'], // 4 = 4
    ['simple_majority', { yes: [31, null] }, null, 'pass'], // 31 > 0
    ['simple_majority', { yes: [31, 40], no: [0, null] }, 40, 'pass'], // 31 > 40 - 31
    ['simple_majority', {}, null, 'fail'], // 0 > 0 is false
    // absolute_majority: 2 · yes > seats
    ['absolute_majority', { yes: [21, null] }, 40, 'pass'], // 42 > 40
    ['absolute_majority', { yes: [20, null] }, 40, 'undetermined'], // 40 > 40 is false
    ['absolute_majority', { yes: [0, 20] }, 40, 'fail'],
    ['absolute_majority', { yes: [31, null] }, null, 'undetermined'], // of 61 seats or of 62?
    ['absolute_majority', { yes: [5, 5], no: [5, null] }, null, 'fail'], // 10 > 10 seats or more is false
    ['absolute_majority', { yes: [5, 5], no: [4, null] }, null, 'undetermined'], // 10 > 9 seats, if there are 9
    // two_thirds_cast: 3 · yes ≥ 2 · (yes + no)
    ['two_thirds_cast', { yes: [4, 4], no: [2, 2], abstain: [9, 9] }, null, 'pass'], // 12 ≥ 12
    ['two_thirds_cast', { yes: [4, 4], no: [3, 3] }, null, 'fail'], // 12 ≥ 14 is false
    ['two_thirds_cast', { yes: [4, 5], no: [2, 3] }, null, 'undetermined'],
    ['two_thirds_cast', { abstain: [9, 9] }, null, 'fail'], // nothing cast
    // two_thirds_all: 3 · yes ≥ 2 · seats
    ['two_thirds_all', { yes: [31, null] }, 40, 'pass'], // 93 ≥ 80
    ['two_thirds_all', { yes: [26, 26] }, 40, 'fail'], // 78 ≥ 80 is false
    ['two_thirds_all', { yes: [26, 27] }, 40, 'undetermined'], // 81 ≥ 80
    ['two_thirds_all', { yes: [31, null] }, null, 'undetermined'],
    ['two_thirds_all', { no: [0, null] }, null, 'fail'], // no yes is possible
    ['two_thirds_all', { yes: [4, 4], absent: [3, 3] }, null, 'fail'], // 12 ≥ 2 × 7 is false
    // unanimity: some yes, no `no`, no `abstain`
    ['unanimity', { yes: [1, null], absent: [9, 9] }, null, 'pass'],
    ['unanimity', { yes: [9, 9], abstain: [1, 1] }, null, 'fail'],
    ['unanimity', { yes: [9, 9], no: [0, 1] }, null, 'undetermined'],
    ['unanimity', { yes: [0, 3] }, null, 'undetermined'],
    ['unanimity', { yes: [40, 40], no: [0, null] }, 40, 'pass'], // 40 - 40 = 0 left for no
    // consensus: some yes, no `no`
    ['consensus', { yes: [1, 1], abstain: [3, 3] }, null, 'pass'],
    ['consensus', { yes: [9, 9], no: [1, 1] }, null, 'fail'],
  ] as const)('%s of %j with %s seats: %s', (requirement, bounds, seats, outcome) => {
    const result = resultOf(buildTally(bounds, seats), requirement, { quorum: null });
    expect(result.outcome).toBe(outcome);
    expect(result.settles.length > 0).toBe(outcome === 'undetermined');
    expect(result.quorumMet).toBeNull();
  });

  it.each([
    [{ yes: [31, null] }, count(31), null, 'pass', true],
    [{ yes: [31, null] }, count(32), null, 'undetermined', null],
    [{ yes: [31, 31] }, count(32), null, 'fail', false],
    [
      { yes: [11, 11], no: [3, 3], abstain: [4, 4], not_voting: [2, 2] },
      percent(50),
      40,
      'pass',
      true,
    ], // 20 of 40
    [{ yes: [16, 16], no: [3, 3], absent: [21, 21] }, percent(50), 40, 'fail', false], // 100 × 19 ≥ 50 × 40 is false
    [{ yes: [20, 20], absent: [0, 20] }, percent(51), 39, 'pass', true], // 2000 ≥ 1989
    [{ yes: [31, 31] }, percent(50), null, 'undetermined', null], // of at most 62 seats
    [{}, percent(50), null, 'fail', false], // nobody of one seat or more
    [{ yes: [5, 5], absent: [6, 6] }, percent(50), null, 'fail', false], // 500 ≥ 50 × 11 is false
    // 7 present need 4 of no or abstain; carried with at most 2 no, and nobody else: each can be, not both
    [{ yes: [3, 3], no: [0, 4] }, count(7), null, 'fail', null],
  ] as const)(
    'with %j, a quorum of %j and %s seats is %s',
    (bounds, quorum, seats, outcome, met) => {
      const result = resultOf(buildTally(bounds, seats), 'simple_majority', { quorum });
      expect([result.outcome, result.quorumMet]).toEqual([outcome, met]);
    },
  );

  it.each([
    [[7, 7], 7, 0, 'pass'],
    [[31, null], 4, 27, 'pass'], // 31 - 4 = 27 unnamed cover 27 members
    [[31, null], 4, 28, 'undetermined'],
    [[7, 7], 7, 1, 'fail'], // all votes are known, and one member has none
    [[7, 8], 7, 1, 'undetermined'],
  ] as const)(
    'of consensus with yes %j, %i named, %i members without a vote: %s',
    (yes, named, membersWithoutVote, outcome) => {
      const tally = buildTally({ yes }, null, named);
      expect(resultOf(tally, 'consensus', { quorum: null, membersWithoutVote }).outcome).toBe(
        outcome,
      );
    },
  );

  it('fails for consensus when the seats cannot hold the members without a vote', () => {
    const tally = buildTally({ yes: [2, 3], absent: [0, 1] }, 3, 2);
    const result = (membersWithoutVote: number) =>
      resultOf(tally, 'consensus', { quorum: null, membersWithoutVote }).outcome;
    expect(result(1)).toBe('undetermined'); // 2 named + 1 = 3 seats
    expect(result(2)).toBe('fail'); // 2 named + 2 > 3 seats
  });

  it('fails when no report allows yes as many as no, though the reports contradict one another', () => {
    const tally = tallyVotes({
      votes: [],
      reportedCounts: [
        { option: 'yes', value: 10, qualifier: 'exactly', channel: 'phone' },
        { option: 'yes', value: 8, qualifier: 'exactly' },
        { option: 'no', value: 20, qualifier: 'exactly' },
      ],
      seats: null,
      complete: true,
    });
    expect(resultOf(tally, 'simple_majority', { quorum: null }).outcome).toBe('fail'); // 10 < 20
  });

  it('counts from the seats even when more votes are known than there are seats', () => {
    const tally = buildTally({ yes: [31, 31], no: [12, 12] }, 40); // 43 > 40
    expect(resultOf(tally, 'absolute_majority', { quorum: null }).outcome).toBe('pass'); // 62 > 40
    expect(resultOf(tally, 'unanimity', { quorum: null }).outcome).toBe('fail');
  });

  it.each([
    [
      'simple_majority',
      { yes: [4, 20], no: [2, 12] },
      null,
      'That yes is 13 or more, or that no is 3 or fewer: so far yes is 4 to 20 and no is 2 to 12.',
    ],
    [
      'simple_majority',
      { yes: [0, null], no: [0, null] },
      null,
      'How many said yes and how many said no: so far yes is 0 or more and no is 0 or more.',
    ],
    [
      'two_thirds_cast',
      { yes: [31, null], no: [0, null] },
      null,
      'That no is 15 or fewer: so far yes is 31 or more and no is 0 or more.',
    ],
    [
      'two_thirds_cast',
      { yes: [0, 3] },
      null,
      'That yes is 1 or more: so far yes is 0 to 3 and no is 0.', // nobody against: still one yes
    ],
    [
      'absolute_majority',
      { yes: [4, 40] },
      40,
      'That yes is 21 or more of 40 seats: so far yes is 4 to 40.',
    ],
    [
      'two_thirds_all',
      { yes: [4, 40] },
      40,
      'That yes is 27 or more of 40 seats: so far yes is 4 to 40.',
    ],
    ['two_thirds_all', { yes: [31, 31] }, null, 'The number of seats: so far yes is 31.'],
    ['unanimity', { yes: [3, 3], no: [0, 2] }, null, 'That nobody said no: so far it is 0 to 2.'],
  ] as const)(
    '%s of %j with %s seats would be settled: %s',
    (requirement, bounds, seats, sentence) => {
      expect(resultOf(buildTally(bounds, seats), requirement, { quorum: null }).settles).toEqual([
        sentence,
      ]);
    },
  );

  it('would be settled, for consensus with a quorum and contradicting reports, by four things', () => {
    const tally = { ...buildTally({ yes: [0, 5], no: [0, 1] }), contradicted: true };
    const result = resultOf(tally, 'consensus', { quorum: percent(50), membersWithoutVote: 2 });
    expect(result.settles).toEqual([
      'A first yes vote: none is certain so far.',
      'That nobody said no: so far it is 0 to 1.',
      'The vote of 2 more voting members, or a reported count that covers them.',
      'The number of seats, 50 percent of which make a quorum: so far 0 are certain (yes, no, abstain and not voting).',
      'Which of the reports that contradict one another is right.',
    ]);
  });
});

describe('a result', () => {
  /** The requirements in the words of the design, for one outcome. */
  const carries = (requirement: Requirement, { yes, no, abstain }: Outcome, seats: number) =>
    ({
      simple_majority: yes > no,
      absolute_majority: 2 * yes > seats,
      two_thirds_cast: yes + no > 0 && 3 * yes >= 2 * (yes + no),
      two_thirds_all: 3 * yes >= 2 * seats,
      unanimity: yes > 0 && no === 0 && abstain === 0,
      consensus: yes > 0 && no === 0,
    })[requirement];
  const isQuorate = (quorum: Quorum | null, outcome: Outcome, seats: number) => {
    const present = outcome.yes + outcome.no + outcome.abstain + outcome.not_voting;
    if (quorum === null) return true;
    return quorum.unit === 'count'
      ? present >= quorum.value
      : 100 * present >= quorum.value * seats;
  };
  const votesIn = (outcome: Outcome) =>
    VOTE_OPTIONS.reduce((sum, option) => sum + outcome[option], 0);
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

  /** Far more than any threshold of the cases below needs, where nothing bounds an option. */
  const FAR = 24;
  const everyOutcome = ({ options, seats }: Tally): Outcome[] => {
    const least = VOTE_OPTIONS.reduce((sum, option) => sum + options[option].lower, 0);
    const room = seats === null || least > seats ? Infinity : seats;
    const all = VOTE_OPTIONS.reduce<Outcome[]>(
      (outcomes, option) => {
        const { lower, upper } = options[option];
        const numbers = range(lower, Math.min(upper ?? FAR, room));
        return outcomes.flatMap((outcome) =>
          numbers.map((number) => ({ ...outcome, [option]: number })),
        );
      },
      [forOptions(() => 0)],
    );
    return all.filter((outcome) => votesIn(outcome) <= room);
  };
  /** Unknown seats hold the votes, one at least; what fails for very many has failed for some of these. */
  const everySeats = (seats: number | null, outcome: Outcome) =>
    seats === null
      ? [...range(Math.max(1, votesIn(outcome)), votesIn(outcome) + 4), 1_000_000]
      : [seats];

  const bounded = fc
    .tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }))
    .map(([lower, more]): [number, number | null] => [lower, lower + more]);
  const open = fc.nat({ max: 2 }).map((lower): [number, number | null] => [lower, null]);
  const cases = fc
    .record({
      yes: fc.oneof(bounded, open),
      no: fc.oneof(bounded, open),
      abstain: bounded,
      absent: bounded,
      not_voting: bounded,
      named: fc.nat({ max: 2 }),
      seats: fc.option(fc.integer({ min: 1, max: 12 })),
      quorum: fc.option(
        fc.oneof(
          fc.integer({ min: 0, max: 9 }).map(count),
          fc.constantFrom(0, 1, 50, 67, 90, 100).map(percent),
        ),
      ),
      membersWithoutVote: fc.nat({ max: 14 }),
      contradicted: fc.boolean(),
    })
    .map(({ named, seats, quorum, membersWithoutVote, contradicted, ...options }) => {
      const tally = buildTally(options, seats, Math.min(named, options.yes[0]));
      return { tally: { ...tally, contradicted }, quorum, membersWithoutVote };
    });

  it.each(REQUIREMENTS)('by %s is what every single outcome says', (requirement) => {
    fc.assert(
      fc.property(cases, ({ tally, quorum, membersWithoutVote }) => {
        const { named } = tally.options.yes;
        const judged = everyOutcome(tally).flatMap((outcome) => {
          const isCovered =
            requirement !== 'consensus' || votesIn(outcome) - named >= membersWithoutVote;
          return everySeats(tally.seats, outcome).map((seats) => {
            const quorate = isQuorate(quorum, outcome, seats);
            return {
              quorate,
              passes: quorate && isCovered && carries(requirement, outcome, seats),
            };
          });
        });
        const all = judged.every(({ passes }) => passes);
        const some = judged.some(({ passes }) => passes);
        const result = resultOf(tally, requirement, { quorum, membersWithoutVote });
        expect(judged.length).toBeGreaterThan(0);
        expect(result.outcome).toBe(all ? 'pass' : some ? 'undetermined' : 'fail');
        expect(result.settles.length > 0).toBe(result.outcome === 'undetermined');
        if (quorum === null) expect(result.quorumMet).toBeNull();
        else if (judged.every(({ quorate }) => quorate)) expect(result.quorumMet).toBe(true);
        else expect(result.quorumMet).toBe(judged.some(({ quorate }) => quorate) ? null : false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the result of a motion', () => {
  const recorded = { createdAt: '2022-12-29T10:00:00Z' };
  const motion: MotionFact = {
    ...recorded,
    id: 'motion',
    factionId: 'committee',
    text: 'Kamran Tessori may rejoin',
    classification: 'accept_entry',
    requirement: 'consensus',
    quorum: null,
    proposedOn: '2022-12-20',
  };
  const buildEvent = (overrides: Partial<VoteEventFact>): VoteEventFact => ({
    ...recorded,
    id: 'event',
    motionId: 'motion',
    meetingId: null,
    startDate: null,
    endDate: null,
    seats: null,
    complete: true,
    reportedCounts: [],
    ...overrides,
  });
  const buildVote = (overrides: Partial<VoteFact>): VoteFact => ({
    ...recorded,
    id: 'vote',
    voteEventId: 'event',
    personId: 'khalid',
    voterName: null,
    option: 'yes',
    channel: 'in_person',
    castOn: null,
    ...overrides,
  });
  const buildMember = (personId: string, overrides: Partial<MemberFact> = {}): MemberFact => ({
    ...recorded,
    id: `member ${personId}`,
    personId,
    factionId: 'committee',
    role: null,
    voting: true,
    startDate: null,
    endDate: null,
    ...overrides,
  });
  const buildFacts = (overrides: Partial<VoteFacts>): VoteFacts => ({
    voteEvents: [],
    votes: [],
    meetings: [],
    members: [],
    ...overrides,
  });
  const onThe = (day: number) => startOf(`2022-12-${day}`);

  it('is open and undetermined before any vote event has begun', () => {
    const facts = buildFacts({
      voteEvents: [buildEvent({ startDate: '2022-12-27', endDate: '2022-12-28' })],
    });
    const result = motionResult(motion, facts, onThe(28) - 1);
    expect(result).toMatchObject({
      voteEventId: null,
      date: null,
      tally: null,
      outcome: 'undetermined',
    });
    expect(result.settles).toEqual(['A vote on the motion: none has been taken so far.']);
    expect(motionResult(motion, facts, onThe(28))).toMatchObject({
      voteEventId: 'event',
      outcome: 'fail',
    });
  });

  it('is that of the latest vote event by date, then by recording', () => {
    const voteEvents = [
      buildEvent({ id: 'b', startDate: '2022-12-28' }),
      buildEvent({
        id: 'later recorded',
        startDate: '2022-12-27',
        createdAt: '2023-01-02T10:00:00Z',
      }),
      buildEvent({ id: 'a', endDate: '2022-12-28' }),
      buildEvent({ id: 'undated' }),
      buildEvent({ id: 'of another', motionId: 'other', startDate: '2022-12-30' }),
    ];
    const facts = buildFacts({ voteEvents });
    expect(motionResult(motion, facts, onThe(31)).voteEventId).toBe('b');
    expect(motionResult(motion, facts, onThe(27)).voteEventId).toBe('later recorded');
  });

  it('asks for consensus the voting members of that day, not of today', () => {
    const members = [
      buildMember('khalid'),
      buildMember('faisal', { endDate: '2022-12-28' }),
      buildMember('came later', { startDate: '2022-12-29' }),
      buildMember('without a vote', { voting: false }),
    ];
    const votes = [buildVote({})];
    const voteEvents = [buildEvent({ startDate: '2022-12-28' })];
    const facts = buildFacts({ members, votes, voteEvents });
    expect(motionResult(motion, facts, onThe(31)).outcome).toBe('fail'); // complete, and Faisal has no vote
    const byPhone = buildVote({
      id: 'phone',
      personId: 'faisal',
      channel: 'phone',
      castOn: '2022-12-30',
    });
    const all = { ...facts, votes: [...votes, byPhone] };
    expect(motionResult(motion, all, onThe(29)).outcome).toBe('fail'); // not yet cast
    expect(motionResult(motion, all, onThe(30)).outcome).toBe('pass');
  });

  it('has no reported counts before the date of the vote event', () => {
    const event = buildEvent({
      endDate: '2022-12-28',
      seats: 40,
      reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
    });
    const facts = buildFacts({ votes: [buildVote({ castOn: '2022-12-27' })] });
    expect(tallyOfVoteEvent(event, facts, onThe(27)).options.yes).toMatchObject({
      lower: 1,
      upper: 40,
    });
    expect(tallyOfVoteEvent(event, facts, onThe(28)).options.yes).toMatchObject({
      lower: 31,
      unnamed: 30,
    });
  });

  it.each([
    ['2022-12-20', 'undetermined', true],
    ['2022-12-20', 'pass', false],
    ['2022-12-20', 'fail', false],
    ['2022-12-29', 'undetermined', false],
    ['2022-12', 'undetermined', true],
    [null, 'undetermined', true],
  ] as const)(
    'leaves a motion of %s that is %s open on the 28th: %s',
    (proposedOn, outcome, open) => {
      expect(isMotionOpen({ proposedOn }, { outcome }, onThe(28))).toBe(open);
    },
  );
});
