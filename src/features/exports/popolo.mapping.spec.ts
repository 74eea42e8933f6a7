import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popoloFaults } from '../../../test/support/popolo/facts.js';
import { readBack, withoutNothing } from '../../../test/support/popolo/read.back.js';
import {
  ATTENDEE,
  EVENT,
  MEMBERSHIP,
  MOTION,
  ORGANIZATION,
  PERSON,
  VOTE,
  VOTE_EVENT,
  linksOf,
  present,
} from './popolo.mapping.js';

const ID = '01856f3a-0000-7000-8000-000000000001';
const OTHER = '01856f3a-0000-7000-8000-000000000002';
const kept = { version: 2, visibility: 'public', embargoUntil: null, retractedAt: null };
const at = { createdAt: '2022-12-28T10:00:00.000Z', updatedAt: '2022-12-29T10:00:00.000Z' };
const shownAt = { created_at: at.createdAt, updated_at: at.updatedAt };

const person = {
  id: ID,
  slug: 'kamran-tessori',
  name: 'Kamran Tessori',
  familyName: 'Tessori',
  givenName: null,
  honorificPrefix: null,
  otherNames: [
    { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' },
    { name: 'K. Tessori', startDate: '2018', endDate: '2022-12-28T10:00Z', note: 'in print' },
  ],
  identifiers: [{ scheme: 'wikidata', identifier: 'Q15715800' }],
  birthDate: '1974-05-12T00:00+05:00',
  deathDate: null,
  summary: 'Governor of Sindh.',
  links: [{ url: 'https://example.org/ٹیسوری' }],
  extras: { popolo: { gender: 'male', email: 'none', id: 'p/7' }, csv: { seat: 4 } },
  ...kept,
  ...at,
};

describe('in the words of Popolo', () => {
  it('is a person, with what came from there where it came from', () => {
    expect(present(PERSON, person)).toEqual({
      id: ID,
      name: 'Kamran Tessori',
      family_name: 'Tessori',
      other_names: [
        { name: 'کامران ٹیسوری', lang: 'ur', accord: { kind: 'transliteration' } },
        {
          name: 'K. Tessori',
          start_date: '2018',
          end_date: '2022-12-28',
          note: 'in print',
          accord: { endDate: '2022-12-28T10:00Z' },
        },
      ],
      identifiers: [{ scheme: 'wikidata', identifier: 'Q15715800' }],
      birth_date: '1974-05-12',
      summary: 'Governor of Sindh.',
      links: [
        {
          url: 'https://example.org/%D9%B9%DB%8C%D8%B3%D9%88%D8%B1%DB%8C',
          accord: { url: 'https://example.org/ٹیسوری' },
        },
      ],
      gender: 'male',
      ...shownAt,
      accord: {
        slug: 'kamran-tessori',
        birthDate: '1974-05-12T00:00+05:00',
        version: 2,
        visibility: 'public',
        extras: { popolo: { email: 'none', id: 'p/7' }, csv: { seat: 4 } },
      },
    });
  });

  it('is an organization; a description from elsewhere stands there only while there is none of ours', () => {
    const faction = {
      id: ID,
      slug: 'psp',
      name: 'PSP',
      classification: 'party',
      parentId: OTHER,
      foundingDate: '2016-03-23',
      summary: null,
      extras: { popolo: { description: 'A party.' } },
    };
    expect(present(ORGANIZATION, faction)).toEqual({
      id: ID,
      name: 'PSP',
      classification: 'party',
      parent_id: OTHER,
      founding_date: '2016-03-23',
      description: 'A party.',
      accord: { slug: 'psp', summary: null },
    });
    expect(present(ORGANIZATION, { ...faction, summary: 'Of Karachi.' })).toMatchObject({
      description: 'Of Karachi.',
      accord: { slug: 'psp', extras: { popolo: { description: 'A party.' } } },
    });
  });

  it('is a membership', () => {
    const member = {
      id: ID,
      personId: OTHER,
      factionId: ID,
      role: 'convener',
      voting: false,
      startDate: '2018-02',
      endDate: '2023-01-12T18:00:00.500Z',
      extras: { popolo: { area: { id: 'area/na-240' }, organization_id: 'parliament' } },
    };
    expect(present(MEMBERSHIP, member)).toEqual({
      id: ID,
      person_id: OTHER,
      organization_id: ID,
      role: 'convener',
      start_date: '2018-02',
      end_date: '2023-01-12T18:00:00Z',
      area: { id: 'area/na-240' },
      accord: {
        voting: false,
        endDate: '2023-01-12T18:00:00.500Z',
        extras: { popolo: { organization_id: 'parliament' } },
      },
    });
  });

  it('is an event, and who attended it', () => {
    const meeting = {
      id: ID,
      mergerId: OTHER,
      title: 'At Pakistan House',
      classification: 'talks',
      hostFactionId: OTHER,
      venue: 'Pakistan House',
      startsOn: '2022-12-28T20:00+05:00',
      durationMinutes: 90,
      status: 'held',
      reportedAttendance: { value: 31, qualifier: 'at_least' },
    };
    expect(present(EVENT, meeting)).toEqual({
      id: ID,
      name: 'At Pakistan House',
      classification: 'talks',
      organization_id: OTHER,
      location: 'Pakistan House',
      start_date: '2022-12-28T20:00+05:00',
      status: 'held',
      accord: {
        mergerId: OTHER,
        durationMinutes: 90,
        reportedAttendance: { value: 31, qualifier: 'at_least' },
      },
    });
    const attendance = { id: ID, meetingId: ID, personId: OTHER, mode: 'phone', role: null };
    expect(present(ATTENDEE, { name: 'Kamran Tessori', ...attendance })).toEqual({
      id: OTHER,
      name: 'Kamran Tessori',
      accord: { id: ID, meetingId: ID, mode: 'phone' },
    });
  });

  it('is a motion', () => {
    const motion = {
      id: ID,
      mergerId: OTHER,
      factionId: ID,
      text: 'To accept PSP.',
      rationale: null,
      classification: 'accept_entry',
      requirement: 'simple_majority',
      quorum: { value: 50, unit: 'percent' },
      proposedOn: '2022-12-28',
    };
    expect(present(MOTION, motion)).toEqual({
      id: ID,
      organization_id: ID,
      text: 'To accept PSP.',
      classification: 'accept_entry',
      requirement: 'simple_majority',
      date: '2022-12-28T00:00:00Z',
      accord: {
        mergerId: OTHER,
        quorum: { value: 50, unit: 'percent' },
        proposedOn: '2022-12-28',
      },
    });
  });

  it('is a vote event with its counts, and a vote', () => {
    const voteEvent = {
      id: ID,
      motionId: OTHER,
      meetingId: null,
      startDate: null,
      endDate: '2022-12-28',
      seats: 40,
      complete: false,
      reportedCounts: [
        { option: 'yes', value: 31, qualifier: 'at_least', channel: null },
        { option: 'no', value: 0, qualifier: 'exactly', channel: 'phone' },
      ],
    };
    expect(present(VOTE_EVENT, voteEvent)).toEqual({
      id: ID,
      motion_id: OTHER,
      end_date: '2022-12-28T23:59:59Z',
      counts: [
        { option: 'yes', value: 31, accord: { qualifier: 'at_least' } },
        { option: 'no', value: 0, accord: { qualifier: 'exactly', channel: 'phone' } },
      ],
      accord: { endDate: '2022-12-28', seats: 40, complete: false },
    });
    const vote = { id: ID, voteEventId: OTHER, option: 'yes', channel: 'in_person' };
    expect(present(VOTE, { ...vote, personId: OTHER, voterName: null, factionId: ID })).toEqual({
      id: ID,
      vote_event_id: OTHER,
      voter_id: OTHER,
      group_id: ID,
      option: 'yes',
      accord: { channel: 'in_person' },
    });
    expect(present(VOTE, { ...vote, personId: null, voterName: 'Aminul Haque' })).toMatchObject({
      voter: { name: 'Aminul Haque' },
      accord: { channel: 'in_person' },
    });
  });

  it('are the sources of a record', () => {
    const sources = JSON.stringify([{ url: 'https://example.org/|', note: 'A report' }]);
    expect(linksOf(sources)).toEqual([{ url: 'https://example.org/%7C', note: 'A report' }]);
  });

  it('is everything, valid, and can be read back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const date = fc.constantFrom(null, '2018', '2018-02', '2018-02-03', '2018-02-03T10:00+05:00');
    const url = fc.constantFrom('https://example.org/a|b', 'http://example.org', 'https://x.org/ٹ');
    const extra = fc.dictionary(
      fc.constantFrom('gender', 'image', 'summary', 'id', 'area', 'sources', 'organization', 'x'),
      fc.oneof(text, fc.integer(), fc.dictionary(fc.constantFrom('id', 'b'), text)),
    );
    const body = fc.record({
      id: fc.constant(ID),
      name: text,
      summary: fc.option(text),
      birthDate: date,
      otherNames: fc.array(fc.record({ name: text, startDate: date, kind: fc.option(text) })),
      links: fc.array(fc.record({ url, note: fc.option(text) })),
      extras: fc.record({ popolo: extra, csv: fc.dictionary(fc.constant('a'), text) }),
      slug: text,
    });
    fc.assert(
      fc.property(body, (record) => {
        const shown = present(PERSON, record);
        expect(popoloFaults('persons', shown)).toEqual([]);
        const { extras, ...rest } = withoutNothing({ recordType: 'people', ...record });
        const [read] = readBack('persons', JSON.parse(JSON.stringify(shown)) as typeof shown);
        const { extras: told, ...own } = read ?? {};
        expect(own).toEqual(rest);
        expect(withoutNothing((told ?? {}) as typeof rest)).toEqual(
          withoutNothing((extras ?? {}) as typeof rest),
        );
      }),
      { numRuns: 500 },
    );
  });
});
