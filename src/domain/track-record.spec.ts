import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CitationFact, MergerFacts, SourceLink } from './facts.js';
import {
  buildCitation,
  buildEvidence,
  buildFacts,
  buildMilestone,
  buildPrediction,
  buildTransition,
  endOfDay,
} from './facts.fixture.js';
import { trackRecordOf } from './track-record.js';

const none = { pending: 0, overdue: 0, hit: 0, early: 0, late: 0, missed: 0 };
const stated = (id: string, recordId: string, given: Partial<Omit<CitationFact, 'id'>> = {}) =>
  buildCitation(id, {
    recordType: 'predictions',
    recordId,
    sourceId: id,
    publisher: 'ARY',
    publishedOn: '2022-12-29',
    ...given,
  });
const sunday = { from: '2023-01-01', to: '2023-01-01' };

/** ARY said "on Sunday" three times, Dawn said "9 to 14 January". */
const story = (announcedOn: string | null, more: Partial<MergerFacts> = {}): MergerFacts =>
  buildFacts({
    predictions: [
      buildPrediction('one', { ...sunday, statedOn: '2022-12-29' }),
      buildPrediction('two', { ...sunday, statedOn: '2022-12-30' }),
      buildPrediction('dawn'),
    ],
    milestones: [buildMilestone('announcement')],
    transitions:
      announcedOn === null
        ? []
        : [buildTransition('t', { milestoneId: 'announcement', occurredOn: announcedOn })],
    evidence: buildEvidence({
      citations: [
        stated('ary-1', 'one'),
        stated('ary-2', 'one'),
        stated('ary-3', 'two', { publishedOn: '2022-12-30' }),
        stated('dawn-1', 'dawn', { publisher: 'Dawn', publishedOn: '2022-12-30' }),
      ],
    }),
    ...more,
  });
const ARY = new Set(['ary-1', 'ary-2', 'ary-3']);
const counts = (facts: MergerFacts, date: string, sources: ReadonlySet<string> = ARY) =>
  trackRecordOf([facts], sources, endOfDay(date)).counts;

describe('a track record', () => {
  it.each([
    [null, '2022-12-28', none], // nothing was said yet
    [null, '2022-12-29', { ...none, pending: 1 }],
    [null, '2023-01-01', { ...none, pending: 1 }],
    [null, '2023-01-02', { ...none, overdue: 1 }],
    ['2023-01-01', '2023-01-02', { ...none, hit: 1 }],
    ['2022-12-31', '2023-01-02', { ...none, early: 1 }],
    ['2023-01-12', '2023-01-12', { ...none, late: 1 }],
  ])(
    'with an announcement on %s, asked on %s, counts one window once: %j',
    (on, date, expected) => {
      expect(counts(story(on), date)).toEqual(expected);
    },
  );

  it('counts as missed what a merger without an announcement left behind', () => {
    const { merger } = buildFacts();
    const closed = { ...merger, closedOn: '2023-01-03', outcome: 'abandoned' } as const;
    expect(counts(story(null, { merger: closed }), '2023-01-03')).toEqual({ ...none, missed: 1 });
  });

  it('lists what was counted, with everything that stated it', () => {
    const { counted } = trackRecordOf([story(null)], ARY, endOfDay('2023-01-02'));
    expect(counted).toMatchObject([
      {
        mergerId: 'merger',
        mergerTitle: 'Union of the MQM factions',
        ...sunday,
        outcome: 'overdue',
        days: null,
        statedOn: '2022-12-29',
        predictionIds: ['one', 'two'],
        sources: [{ sourceId: 'ary-1' }, { sourceId: 'ary-2' }, { sourceId: 'ary-3' }],
      },
    ]);
  });

  it('of one source is about what that source is cited for', () => {
    const { counted } = trackRecordOf([story(null)], new Set(['ary-3']), endOfDay('2023-01-02'));
    expect(counted).toMatchObject([{ statedOn: '2022-12-30', predictionIds: ['two'] }]);
  });

  it('counts windows by their days, however they are written, and each merger by itself', () => {
    const facts = story(null, {
      predictions: [
        buildPrediction('one', { from: '2023-01-01', to: '2023-01-31' }),
        buildPrediction('two', { from: '2023-01', to: '2023-01' }),
      ],
    });
    expect(counts(facts, '2023-01-02')).toEqual({ ...none, pending: 1 });
    const both = trackRecordOf([story(null), story(null)], ARY, endOfDay('2023-01-02'));
    expect(both.counts).toEqual({ ...none, overdue: 2 });
  });

  it('does not count what a source disputes, nor what it says only later', () => {
    const evidence = buildEvidence({
      citations: [
        stated('ary-1', 'one', { stance: 'disputes' }),
        stated('ary-3', 'two', { publishedOn: '2023-01-05' }),
      ],
    });
    expect(counts(story(null, { evidence }), '2023-01-02')).toEqual(none);
    expect(counts(story(null, { evidence }), '2023-01-05')).toEqual({ ...none, overdue: 1 });
  });

  it('does not grow by copies, whoever makes them, and grows by each independent root', () => {
    const lineage = (copies: readonly boolean[]): readonly SourceLink[] => [
      { id: 'origin', derivedFromId: null, publisher: 'Dawn' },
      ...copies.map((isCopy, at) => ({
        id: `s${at}`,
        derivedFromId: isCopy ? 'origin' : null,
        publisher: `Blog ${at}`,
      })),
    ];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 5 }), (copies) => {
        const names = ['origin', ...copies.map((_, at) => `s${at}`)];
        const facts = story(null, {
          evidence: {
            ...buildEvidence(),
            citations: names.map((sourceId, at) => stated(`c${at}`, 'one', { sourceId })),
            lineage: lineage(copies),
          },
        });
        const independent = 1 + copies.filter((isCopy) => !isCopy).length;
        expect(counts(facts, '2023-01-02', new Set(names)).overdue).toBe(independent);
      }),
    );
  });
});
