import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subjectsOf, type Claim, type Subjects } from './claims.js';
import type { CitationFact, Evidence } from './facts.js';
import {
  buildCitation,
  buildEvidence,
  buildFacts,
  buildMandate,
  buildMeeting,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPrediction,
  buildStance,
  buildSuccession,
  buildTransition,
  buildVoteEvent,
  endOfDay,
} from './facts.fixture.js';
import { standingOf, standingsOf } from './standing.js';

const at = endOfDay('2022-12-31');
const SUBJECTS: Subjects = { people: ['siddiqui'], factions: ['mqm-p'] };
const mandate: Claim = { recordType: 'mandates', recordId: 'mandate', subjects: SUBJECTS };
const standing = (evidence: Evidence, claim = mandate, retracted = false) =>
  standingOf({ ...claim, retracted }, evidence, at);
const cite = (id: string, given: Partial<Omit<CitationFact, 'id'>> = {}) =>
  buildCitation(id, { sourceId: `source of ${id}`, ...given });
const wordFor = (...citations: readonly CitationFact[]) =>
  standing(buildEvidence({ citations })).standing;

const disputes = { stance: 'disputes' } as const;
const onRecord = { onRecord: true, speakerId: 'siddiqui' };

describe('the standing of a record', () => {
  it.each([
    ['unsourced', []],
    ['reported', [cite('a')]],
    ['corroborated', [cite('a'), cite('b')]],
    // A second report of the publisher adds nothing.
    ['reported', [cite('a', { publisher: 'ARY' }), cite('b', { publisher: 'ary ' })]],
    ['confirmed', [cite('a', onRecord)]],
    ['confirmed', [cite('a', { sourceKind: 'official_statement' })]],
    ['confirmed', [cite('a', { sourceKind: 'document' }), cite('b')]],
    ['reported', [cite('a', { sourceKind: 'press_release' })]],
    // Not on the record, or somebody else, or against it: no confirmation.
    ['reported', [cite('a', { onRecord: false, speakerId: 'siddiqui' })]],
    ['reported', [cite('a', { onRecord: null, speakerId: 'siddiqui' })]],
    ['reported', [cite('a', { onRecord: true, speakerId: 'sattar' })]],
    ['reported', [cite('a', { onRecord: true, speakerLabel: 'siddiqui' })]],
    ['disputed', [cite('a', { ...onRecord, ...disputes })]],
    ['disputed', [cite('a', { sourceKind: 'document' }), cite('b', disputes)]],
    ['disputed', [cite('a'), cite('b'), cite('c', disputes)]],
    // Who says both is no independent voice against it, and one voice for it.
    ['reported', [cite('a', { publisher: 'ARY' }), cite('b', { publisher: 'ARY', ...disputes })]],
    [
      'corroborated',
      [cite('a', { publisher: 'ARY' }), cite('b', { publisher: 'ARY', ...disputes }), cite('c')],
    ],
    // A source counts from its date; without a date it always does.
    ['unsourced', [cite('a', { publishedOn: '2023-01-01' })]],
    ['reported', [cite('a', { publishedOn: '2022-12-31T23:59Z' })]],
    ['reported', [cite('a', { publishedOn: null })]],
    ['reported', [cite('a'), cite('b', { ...disputes, publishedOn: '2023' })]],
    // Citations of other records do not count.
    ['unsourced', [cite('a', { recordId: 'another' })]],
  ] as const)('is %s: case %#', (word, citations) => {
    expect(wordFor(...citations)).toBe(word);
  });

  it('is retracted before anything else, and still tells what was said', () => {
    const evidence = buildEvidence({ citations: [cite('a'), cite('b', disputes)] });
    const answer = standing(evidence, mandate, true);
    expect(answer.standing).toBe('retracted');
    expect([answer.supporting.length, answer.disputing.length]).toEqual([1, 1]);
  });

  it('tells the roots with their sources and citations, in the order of recording', () => {
    const evidence = buildEvidence({
      citations: [
        cite('d', { sourceId: 'copy', createdAt: '2022-12-05T00:00:00.000Z' }),
        cite('a', {
          sourceId: 'original',
          sourceTitle: 'The original',
          publisher: 'Pakistan Today',
        }),
        cite('b', { sourceId: 'other', ...onRecord }),
        cite('c', { sourceId: 'original', ...disputes }),
      ],
      lineage: [
        { id: 'copy', derivedFromId: 'original', publisher: null },
        { id: 'original', derivedFromId: null, publisher: 'Pakistan Today' },
        { id: 'other', derivedFromId: null, publisher: null },
      ],
    });
    expect(standing(evidence)).toMatchObject({
      standing: 'confirmed',
      supporting: [
        {
          sources: [
            {
              sourceId: 'original',
              title: 'The original',
              publisher: 'Pakistan Today',
              publishedOn: '2022-12-30',
            },
            { sourceId: 'copy' },
          ],
          citationIds: ['a', 'd'],
        },
        { sources: [{ sourceId: 'other' }], citationIds: ['b'] },
      ],
      disputing: [{ sources: [{ sourceId: 'original' }], citationIds: ['c'], independent: false }],
      confirming: ['b'],
      fields: [],
    });
  });

  it('of a field is told by its own citations, which count for the record as well', () => {
    const evidence = buildEvidence({
      citations: [
        cite('a', { field: 'role' }),
        cite('b', { field: 'endDate', ...disputes }),
        cite('c'),
      ],
    });
    const answer = standing(evidence);
    expect(answer.standing).toBe('disputed');
    expect(answer.supporting.flatMap(({ citationIds }) => citationIds)).toEqual(['a', 'c']);
    expect(answer.fields.map(({ field, standing: word }) => [field, word])).toEqual([
      ['endDate', 'disputed'],
      ['role', 'reported'],
    ]);
    expect(standing(evidence, mandate, true).fields.map((one) => one.standing)).toEqual([
      'retracted',
      'retracted',
    ]);
  });

  it('of a citation counts the citation’s own source, whatever that says of the record', () => {
    const citation = cite('a', { ...disputes, field: 'holderId' });
    const evidence = buildEvidence({ citations: [citation, cite('b', { recordId: 'a' })] });
    const claim = { ...mandate, recordType: 'citations', recordId: 'a' } as const;
    expect(standing(evidence, claim)).toMatchObject({ standing: 'corroborated', fields: [] });
    expect(standingsOf([claim], evidence, at).get('a')).toBe('corroborated');
  });
});

describe('a member who speaks on the record', () => {
  // party ← bloc ← committee
  const factions = [
    { id: 'committee', parentId: 'bloc' },
    { id: 'bloc', parentId: 'mqm-p' },
    { id: 'mqm-p', parentId: null },
  ];
  const says = (
    factionId: string,
    term: readonly [string | null, string | null],
    publishedOn: string | null = '2022-12-30',
  ) =>
    standing(
      buildEvidence({
        citations: [cite('a', { onRecord: true, speakerId: 'haque', publishedOn })],
        members: [{ personId: 'haque', factionId, startDate: term[0], endDate: term[1] }],
        factions,
      }),
    ).standing;

  it.each([
    ['mqm-p', [null, null], 'confirmed'],
    ['committee', [null, null], 'confirmed'], // a committee beneath it, at any depth
    ['psp', [null, null], 'reported'],
    ['mqm-p', ['2022-12-30', '2022-12-30'], 'confirmed'], // on the first and last day of it
    ['mqm-p', [null, '2022-12-29'], 'reported'], // had left the day before the report
    ['mqm-p', ['2022-12-31', null], 'reported'], // joined the day after
  ] as const)('of %s for %j makes it %s', (factionId, term, word) => {
    expect(says(factionId, term)).toBe(word);
  });

  it('in a source without a date is taken at the time asked for', () => {
    expect(says('mqm-p', [null, '2022-12-31'], null)).toBe('confirmed');
    expect(says('mqm-p', [null, '2022-12-30'], null)).toBe('reported');
  });

  it('of the bloc does not speak for the committee beneath it', () => {
    const evidence = buildEvidence({
      citations: [cite('a', { onRecord: true, speakerId: 'haque' })],
      members: [{ personId: 'haque', factionId: 'bloc', startDate: null, endDate: null }],
      factions,
    });
    const claim = { ...mandate, subjects: { people: [], factions: ['committee'] } };
    expect(standing(evidence, claim).standing).toBe('reported');
  });
});

describe('whom a record is about', () => {
  const near = buildFacts({
    participants: [
      buildParticipant('mqm-p'),
      buildParticipant('psp', { role: 'joining' }),
      buildParticipant(null, { id: 'sattar-in', personId: 'sattar', role: 'joining' }),
      buildParticipant(null, { id: 'tessori-in', personId: 'tessori', role: 'broker' }),
    ],
    motions: [buildMotion('motion', { factionId: 'rabita' })],
  });
  const recorded = { createdAt: '' };
  const vote = {
    ...recorded,
    id: 'v',
    voteEventId: 'e',
    option: 'yes',
    channel: 'phone',
    castOn: null,
  } as const;

  it.each([
    ['factions', subjectsOf('factions', { id: 'psp' }, near), [], ['psp']],
    ['people', subjectsOf('people', { id: 'kamal' }, near), ['kamal'], []],
    [
      'members',
      subjectsOf(
        'members',
        {
          ...recorded,
          id: 'm',
          personId: 'kamal',
          factionId: 'psp',
          role: null,
          voting: true,
          startDate: null,
          endDate: null,
        },
        near,
      ),
      ['kamal'],
      ['psp'],
    ],
    // Its principals: not the broker.
    ['mergers', subjectsOf('mergers', { id: 'merger' }, near), ['sattar'], ['mqm-p', 'psp']],
    ['participants', subjectsOf('participants', buildParticipant('psp'), near), [], ['psp']],
    [
      'stances',
      subjectsOf('stances', buildStance('s', { participantId: 'tessori-in' }), near),
      ['tessori'],
      [],
    ],
    ['milestones', subjectsOf('milestones', buildMilestone('issue'), near), [], []],
    ['transitions', subjectsOf('transitions', buildTransition('t'), near), [], []],
    [
      'meetings',
      subjectsOf('meetings', buildMeeting('m', { hostFactionId: 'psp' }), near),
      [],
      ['psp'],
    ],
    ['a meeting without a host', subjectsOf('meetings', buildMeeting('m'), near), [], []],
    [
      'attendance',
      subjectsOf('attendance', { ...recorded, id: 'a', meetingId: 'm', personId: 'haque' }, near),
      ['haque'],
      [],
    ],
    ['motions', subjectsOf('motions', buildMotion('m', { factionId: 'psp' }), near), [], ['psp']],
    ['vote-events', subjectsOf('vote-events', buildVoteEvent('e'), near), [], ['rabita']],
    [
      'votes',
      subjectsOf('votes', { ...vote, personId: 'haque', voterName: null }, near),
      ['haque'],
      [],
    ],
    [
      'a vote by a name',
      subjectsOf('votes', { ...vote, personId: null, voterName: 'Haque' }, near),
      [],
      [],
    ],
    ['mandates', subjectsOf('mandates', buildMandate('m'), near), ['siddiqui'], ['mqm-p']],
    [
      'predictions',
      subjectsOf('predictions', buildPrediction('p', { statedById: 'kamal' }), near),
      ['kamal'],
      [],
    ],
    ['a prediction by nobody named', subjectsOf('predictions', buildPrediction('p'), near), [], []],
    ['successions', subjectsOf('successions', buildSuccession('s'), near), [], ['psp', 'mqm-p']],
    ['sources', subjectsOf('sources', {}, near), [], []],
    ['citations', subjectsOf('citations', {}, near), [], []],
  ])('of %s', (_, subjects, people, factions) => {
    expect(subjects).toEqual({ people, factions });
  });
});

describe('standing, whatever is cited', () => {
  const citation = fc.record({
    sourceId: fc.constantFrom('s0', 's1', 's2', 's3'),
    stance: fc.constantFrom('supports', 'disputes'),
    field: fc.constantFrom(null, null, 'scope'),
    onRecord: fc.constantFrom(true, false, null),
    speakerId: fc.constantFrom('siddiqui', 'sattar', null),
    publishedOn: fc.constantFrom(null, '2022-12-30', '2023-01-01'),
  });
  const parent = fc.option(fc.nat({ max: 3 }));
  const cases = fc.record({
    citations: fc.array(citation, { maxLength: 6 }),
    from: fc.tuple(parent, parent, parent, parent),
  });
  const evidenceOf = (
    { citations, from }: typeof cases extends fc.Arbitrary<infer Case> ? Case : never,
    more: readonly CitationFact[] = [],
  ): Evidence => ({
    ...buildEvidence(),
    citations: [
      ...citations.map((given, index) =>
        buildCitation(`c${index}`, given as Partial<CitationFact>),
      ),
      ...more,
    ],
    lineage: [
      ...from.map((above, index) => ({
        id: `s${index}`,
        derivedFromId: above === null ? null : `s${above}`,
        publisher: null,
      })),
      { id: 'copy', derivedFromId: 's0', publisher: 'A blog' },
    ],
  });

  it('does not change when what supports it is copied', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const before = standing(evidenceOf(given));
        const said = before.supporting.some(({ sources }) =>
          sources.some(({ sourceId }) => sourceId === 's0'),
        );
        fc.pre(said);
        const copy = buildCitation('copy', { sourceId: 'copy' });
        const after = standing(evidenceOf(given, [copy]));
        expect(after.standing).toBe(before.standing);
        expect(after.supporting).toHaveLength(before.supporting.length);
      }),
    );
  });

  it('does not depend on the order of the citations, and is the same one by one and in bulk', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const evidence = evidenceOf(given);
        const reversed = { ...evidence, citations: evidence.citations.toReversed() };
        expect(standing(reversed)).toEqual(standing(evidence));
        expect(standingsOf([mandate], evidence, at).get('mandate')).toBe(
          standing(evidence).standing,
        );
      }),
    );
  });

  it('is by its words what its roots say', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const answer = standing(evidenceOf(given));
        const independent = answer.disputing.filter((root) => root.independent).length;
        const byRoots =
          independent > 0
            ? 'disputed'
            : answer.confirming.length > 0
              ? 'confirmed'
              : (['unsourced', 'reported'][answer.supporting.length] ?? 'corroborated');
        expect(answer.standing).toBe(byRoots);
        const counted = evidenceOf(given).citations.filter(
          ({ publishedOn }) => publishedOn !== '2023-01-01',
        );
        const told = [...answer.supporting, ...answer.disputing].flatMap(
          (root) => root.citationIds,
        );
        expect(told.toSorted()).toEqual(counted.map(({ id }) => id).toSorted());
      }),
    );
  });
});
