import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReportedCount } from './facts.js';
import { boundsOf, shownTally, sumOf, tallyVotes, type KnownVotes, type Tally } from './tally.js';
import {
  QUALIFIERS,
  VOTE_CHANNELS,
  VOTE_OPTIONS,
  type VoteChannel,
  type VoteOption,
} from './vocabulary.js';

type Cell = KnownVotes['votes'][number];

const repeat = (times: number, option: VoteOption, channel: VoteChannel = 'in_person'): Cell[] =>
  Array.from({ length: times }, () => ({ option, channel }));
const known = (overrides: Partial<KnownVotes> = {}): KnownVotes => ({
  votes: [],
  reportedCounts: [],
  seats: null,
  complete: false,
  ...overrides,
});
const range = ({ lower, upper }: { lower: number; upper: number | null }) => [lower, upper];
const rangesOf = (tally: Tally) => VOTE_OPTIONS.map((option) => range(tally.options[option]));

describe('a reported number', () => {
  it.each([
    ['exactly', 31, [31, 31]],
    ['at_least', 31, [31, null]],
    ['at_most', 31, [0, 31]],
    ['about', 31, [27, 35]], // 27.9 to 34.1
    ['about', 30, [27, 33]], // 27 to 33 and no wider
    ['about', 1, [0, 2]], // 0.9 to 1.1
    ['about', 0, [0, 0]],
    ['about', 70, [63, 77]], // 1.1 × 70 is 77.00000000000001 in floating point
  ] as const)('%s %i is %j', (qualifier, value, bounds) => {
    expect(range(boundsOf({ qualifier, value }))).toEqual(bounds);
  });
});

describe('a tally as it is shown', () => {
  it('leaves out the channels that nobody is known to have used, and nothing else', () => {
    const tally = tallyVotes(
      known({
        votes: repeat(3, 'yes', 'phone'),
        reportedCounts: [{ option: 'yes', value: 20, qualifier: 'at_least', channel: 'in_person' }],
      }),
    );
    const { yes, no } = shownTally(tally).options;
    expect(Object.keys(yes.channels)).toEqual(['in_person', 'phone']);
    expect(no.channels).toEqual({});
    expect(yes).toMatchObject({ lower: 23, named: 3, unnamed: 20 }); // 20 in the room and 3 by phone
    expect(tally.options.no.channels.video).toEqual({
      lower: 0,
      upper: null,
      named: 0,
      unnamed: 0,
    });
  });
});

describe('a tally by bounds', () => {
  it('tells the founding story: 31 or more said yes, 7 of them named, in the room and by phone', () => {
    const tally = tallyVotes(
      known({
        votes: [...repeat(4, 'yes'), ...repeat(3, 'yes', 'phone')],
        reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
        complete: true,
      }),
    );
    // 31 - 7 = 24; the count covers all channels, so that completeness bounds none of them
    expect(tally.options.yes).toMatchObject({ lower: 31, upper: null, named: 7, unnamed: 24 });
    expect(tally.options.yes.channels.phone).toEqual({
      lower: 3,
      upper: null,
      named: 3,
      unnamed: 0,
    });
    expect(tally.options.no).toMatchObject({ lower: 0, upper: 0, named: 0, unnamed: 0 });
    expect(tally.contradicted).toBe(false);
  });

  it('leaves 27 of at least 31 unnamed when 4 are named', () => {
    const tally = tallyVotes(
      known({
        votes: repeat(4, 'yes'),
        reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
      }),
    );
    expect(tally.options.yes.unnamed).toBe(27); // 31 - 4
  });

  it('adds up the counts of channels, and holds the count of all channels as well', () => {
    const reportedCounts: ReportedCount[] = [
      { option: 'yes', value: 20, qualifier: 'exactly', channel: 'in_person' },
      { option: 'yes', value: 5, qualifier: 'at_least', channel: 'phone' },
      { option: 'yes', value: 31, qualifier: 'at_most', channel: null },
    ];
    const { yes } = tallyVotes(known({ reportedCounts })).options;
    expect(range(yes)).toEqual([25, 31]); // 20 + 5; at most 31
    expect(range(yes.channels.phone)).toEqual([5, 11]); // 31 - 20
    expect(range(yes.channels.video)).toEqual([0, 6]); // 31 - 20 - 5
  });

  it('raises the one channel that is open by what the total asks and the others cannot hold', () => {
    const closed = VOTE_CHANNELS.filter((channel) => channel !== 'phone');
    const reportedCounts: ReportedCount[] = [
      ...closed.map(
        (channel) => ({ option: 'yes', value: 2, qualifier: 'at_most', channel }) as const,
      ),
      { option: 'yes', value: 31, qualifier: 'exactly' },
    ];
    const { yes } = tallyVotes(known({ reportedCounts })).options;
    expect(range(yes.channels.phone)).toEqual([21, 31]); // 31 - 5 × 2
  });

  it('bounds an option without counts by the named votes only when complete', () => {
    const votes = repeat(3, 'no');
    expect(range(tallyVotes(known({ votes })).options.no)).toEqual([3, null]);
    expect(range(tallyVotes(known({ votes, complete: true })).options.no)).toEqual([3, 3]);
  });

  it('bounds each channel without a count by its named votes when complete and nothing covers it', () => {
    const reportedCounts: ReportedCount[] = [
      { option: 'yes', value: 20, qualifier: 'at_most', channel: 'phone' },
    ];
    const votes = repeat(3, 'yes');
    const { yes } = tallyVotes(known({ votes, reportedCounts, complete: true })).options;
    expect(range(yes)).toEqual([3, 23]); // 3 in person, 0 to 20 by phone
    expect(range(tallyVotes(known({ votes, reportedCounts })).options.yes)).toEqual([3, null]);
  });

  it('leaves each option the seats that the others do not take', () => {
    const tally = tallyVotes(
      known({
        votes: repeat(4, 'no'),
        reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
        seats: 40,
      }),
    );
    // yes 40 - 4, no 40 - 31, the others 40 - 31 - 4
    expect(rangesOf(tally)).toEqual([
      [31, 36],
      [4, 9],
      [0, 5],
      [0, 5],
      [0, 5],
    ]);
    expect(range(tally.options.no.channels.phone)).toEqual([0, 5]); // 9 - 4 in person
  });
});

describe('a tally that contradicts itself', () => {
  const yes = (value: number, channel: VoteChannel | null = null) =>
    ({ option: 'yes', value, qualifier: 'exactly', channel }) as const;
  const yesOf = (overrides: Partial<KnownVotes>) => {
    const tally = tallyVotes(known(overrides));
    return [...range(tally.options.yes), tally.contradicted];
  };

  it('lets named votes win over a count', () => {
    expect(yesOf({ votes: repeat(4, 'yes'), reportedCounts: [yes(3)] })).toEqual([4, 4, true]);
    expect(
      yesOf({ votes: repeat(4, 'yes', 'phone'), reportedCounts: [yes(3, 'phone'), yes(9)] }),
    ).toEqual([9, 9, true]); // the phone is contradicted, the total is not
  });

  it('spans counts that exclude one another', () => {
    expect(yesOf({ reportedCounts: [yes(31), yes(33)] })).toEqual([31, 33, true]);
    const atLeast = { option: 'yes', value: 33, qualifier: 'at_least' } as const;
    expect(yesOf({ reportedCounts: [yes(31), atLeast] })).toEqual([31, null, true]);
  });

  it('spans the total and the sum of the channels when these exclude one another', () => {
    // the channels give 20 + 15 = 35 or more, for the others are uncounted; the total gives 31
    const reportedCounts = [yes(20, 'in_person'), yes(15, 'phone'), yes(31)];
    expect(yesOf({ reportedCounts })).toEqual([31, null, true]);
    expect(yesOf({ reportedCounts, seats: 40 })).toEqual([31, 40, true]);
    // if the total is right, either channel may be any part of it
    const { channels } = tallyVotes(known({ reportedCounts })).options.yes;
    expect(range(channels.in_person)).toEqual([0, 20]);
    // all six counted, 5 × 1 + 5 = 10, and the total is 31
    const six = VOTE_CHANNELS.map((channel) => yes(channel === 'phone' ? 5 : 1, channel));
    expect(yesOf({ reportedCounts: [...six, yes(31)] })).toEqual([10, 31, true]);
  });

  it('keeps to its channels when it is complete: none may hold more than it names or is reported for', () => {
    const reportedCounts = [yes(10, 'phone'), yes(8)];
    expect(yesOf({ reportedCounts, complete: true })).toEqual([8, 10, true]);
    expect(yesOf({ reportedCounts })).toEqual([8, null, true]);
    const votes = repeat(2, 'yes', 'video');
    expect(yesOf({ reportedCounts, votes, complete: true })).toEqual([8, 12, true]); // 10 + 2
    const { channels } = tallyVotes(known({ reportedCounts, votes, complete: true })).options.yes;
    expect(range(channels.phone)).toEqual([6, 10]); // 8 - 2 by video
    expect(range(channels.video)).toEqual([2, 2]);
    expect(range(channels.proxy)).toEqual([0, 0]);
    const atLeast = { option: 'yes', value: 10, qualifier: 'at_least', channel: 'phone' } as const;
    expect(yesOf({ reportedCounts: [atLeast, yes(8)], complete: true })).toEqual([8, null, true]);
  });

  it('does not bound by seats that are fewer than the votes', () => {
    expect(yesOf({ reportedCounts: [yes(31)], votes: repeat(12, 'no'), seats: 40 })).toEqual([
      31,
      31,
      true,
    ]); // 31 + 12 = 43 > 40
    expect(yesOf({ votes: repeat(31, 'yes'), reportedCounts: [], seats: 30 })).toEqual([
      31,
      null,
      true,
    ]);
  });
});

describe('the bounds of a tally', () => {
  const counts = fc.array(
    fc.record({
      option: fc.constantFrom('yes' as const, 'no' as const, 'absent' as const),
      value: fc.nat({ max: 3 }),
      qualifier: fc.constantFrom(...QUALIFIERS),
      channel: fc.option(fc.constantFrom('in_person' as const, 'phone' as const)),
    }),
    { maxLength: 4 },
  );
  const votes = fc.array(
    fc.record({
      option: fc.constantFrom('yes' as const, 'no' as const),
      channel: fc.constantFrom('in_person' as const, 'phone' as const, 'proxy' as const),
    }),
    { maxLength: 2 },
  );
  const cells = VOTE_OPTIONS.flatMap((option) =>
    VOTE_CHANNELS.map((channel) => ({ option, channel })),
  );

  /** Every way in which at most `seats` votes can fall on 5 options and 6 channels; each cell no earlier than the last. */
  const outcomesOf = (seats: number, from = 0): Cell[][] => [
    [],
    ...(seats === 0
      ? []
      : cells.flatMap((cell, i) =>
          i < from ? [] : outcomesOf(seats - 1, i).map((rest) => [cell, ...rest]),
        )),
  ];
  const outcomes = [0, 1, 2, 3].map((seats) => outcomesOf(seats));
  const countIn = (
    outcome: readonly Cell[],
    option: VoteOption,
    channel: VoteChannel | null = null,
  ) =>
    outcome.filter((cell) => cell.option === option && (channel ?? cell.channel) === cell.channel)
      .length;

  /** Whether an outcome is possible, read off the rule's words, one clause after the other. */
  const isPossible = (outcome: readonly Cell[], { votes, reportedCounts, complete }: KnownVotes) =>
    reportedCounts.every((count) => {
      const { lower, upper } = boundsOf(count);
      const there = countIn(outcome, count.option, count.channel);
      return lower <= there && there <= (upper ?? Infinity);
    }) &&
    cells.every(({ option, channel }) => {
      const named = countIn(votes, option, channel);
      const there = countIn(outcome, option, channel);
      const isCovered = reportedCounts.some(
        (count) => count.option === option && (count.channel === null || count.channel === channel),
      );
      return complete && !isCovered ? there === named : there >= named;
    });

  it('are exactly the least and the most of every possible outcome, and none is possible when contradicted', () => {
    const cases = fc.record({
      votes,
      reportedCounts: counts,
      seats: fc.nat({ max: 3 }),
      complete: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, (some) => {
        const tally = tallyVotes(some);
        const possible = (outcomes[some.seats] ?? []).filter((outcome) =>
          isPossible(outcome, some),
        );
        expect(tally.contradicted).toBe(possible.length === 0);
        if (possible.length === 0) return;
        for (const option of VOTE_OPTIONS) {
          for (const channel of [null, ...VOTE_CHANNELS]) {
            const line = channel ? tally.options[option].channels[channel] : tally.options[option];
            const all = possible.map((outcome) => countIn(outcome, option, channel));
            expect(range(line)).toEqual([Math.min(...all), Math.max(...all)]);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never cross, never go below the named votes, and agree between an option and its channels', () => {
    const large = counts.map((some) => some.map((count) => ({ ...count, value: count.value * 7 })));
    const cases = fc.record({
      votes: fc.oneof(
        votes,
        votes.map((some) => Array.from({ length: 9 }, () => some).flat()),
      ),
      reportedCounts: large,
      seats: fc.option(fc.nat({ max: 60 })),
      complete: fc.boolean(),
    });
    const upperOf = (line: { upper: number | null }) => line.upper ?? Infinity;
    fc.assert(
      fc.property(cases, (some) => {
        const tally = tallyVotes(some);
        for (const option of VOTE_OPTIONS) {
          const { channels, ...total } = tally.options[option];
          for (const line of [total, ...VOTE_CHANNELS.map((channel) => channels[channel])]) {
            expect(line.lower).toBeLessThanOrEqual(upperOf(line));
            expect(line.unnamed).toBe(line.lower - line.named);
            expect(line.unnamed).toBeGreaterThanOrEqual(0);
          }
          expect(sumOf(VOTE_CHANNELS, (channel) => channels[channel].named)).toBe(total.named);
          expect(sumOf(VOTE_CHANNELS, (channel) => channels[channel].lower)).toBeLessThanOrEqual(
            total.lower,
          );
          expect(
            sumOf(VOTE_CHANNELS, (channel) => upperOf(channels[channel])),
          ).toBeGreaterThanOrEqual(upperOf(total));
          for (const channel of VOTE_CHANNELS) {
            const others = VOTE_CHANNELS.filter((other) => other !== channel);
            const left = upperOf(total) - sumOf(others, (other) => channels[other].lower);
            expect(upperOf(channels[channel])).toBeLessThanOrEqual(left);
          }
        }
      }),
    );
  });

  it('hold the truth behind any true reports, with unknown seats too', () => {
    const truths = fc.array(fc.constantFrom(...cells), { maxLength: 40 });
    const reports = fc.array(
      fc.record({
        option: fc.constantFrom(...VOTE_OPTIONS),
        channel: fc.option(fc.constantFrom(...VOTE_CHANNELS)),
        qualifier: fc.constantFrom(...QUALIFIERS),
        off: fc.nat({ max: 5 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(truths, reports, fc.nat({ max: 40 }), (truth, some, named) => {
        const reportedCounts = some.map(({ off, ...report }) => {
          const there = countIn(truth, report.option, report.channel);
          const value = {
            exactly: there,
            about: there,
            at_least: Math.max(0, there - off),
            at_most: there + off,
          };
          return { ...report, value: value[report.qualifier] };
        });
        const tally = tallyVotes(known({ votes: truth.slice(0, named), reportedCounts }));
        expect(tally.contradicted).toBe(false);
        for (const { option, channel } of cells) {
          for (const [line, there] of [
            [tally.options[option], countIn(truth, option)],
            [tally.options[option].channels[channel], countIn(truth, option, channel)],
          ] as const) {
            expect(line.lower).toBeLessThanOrEqual(there);
            expect(line.upper ?? Infinity).toBeGreaterThanOrEqual(there);
          }
        }
      }),
    );
  });
});
