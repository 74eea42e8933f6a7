import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { objectIn } from './file.values.js';
import type { ReadRow } from './import.rows.js';
import { readElement } from './popolo.js';

const PLACE = { line: 7, scheme: 'pk' };
const read = (collection: string, value: unknown): readonly ReadRow[] => [
  ...readElement(collection, value, PLACE),
];

describe('an element of Popolo', () => {
  it.each([
    ['party', 'factions', 'party'],
    ['Party', 'factions', 'party'],
    ['alliance', 'factions', 'bloc'],
    ['committee', 'factions', 'committee'],
    ['legislature', 'organizations', 'legislature'],
    ['constructor', 'organizations', 'constructor'],
  ])('that is an organization classified %s is of the %s', (classification, kind, word) => {
    const [row] = read('organizations', { id: 'a', name: 'A', classification });
    expect(row).toMatchObject({ line: 7, kind, key: 'a', body: { classification: word } });
  });

  it('has its id as an identifier, unless that is one of ours', () => {
    const ours = '01890000-0000-7000-8000-00000000000a';
    const theirs = '9ba66d41-8e30-431f-8fcb-36eedb43f3bd';
    const identifiersOf = (id: string): unknown =>
      read('persons', { id, name: 'A' })[0]?.body['identifiers'];
    expect(identifiersOf(theirs)).toEqual([{ scheme: 'pk', identifier: theirs }]);
    expect(identifiersOf(ours)).toBeUndefined();
  });

  it('has a hundred other names, each spelling first, and keeps the rest', () => {
    const names = (count: number, name: string): object[] =>
      Array.from({ length: count }, (_, at) => ({ name: `${name}${String(at)}`, lang: 'en' }));
    const again = names(60, 'a').map((each) => ({ ...each, lang: 'fr' }));
    // 60 spellings, told again in French, and 50 others: 110 are spelt differently or stand first.
    const other_names = [...names(60, 'a'), ...again, ...names(50, 'b')];
    const [row] = read('persons', { name: 'A', other_names });
    expect(row?.body).toMatchObject({
      otherNames: [...names(60, 'a'), ...names(40, 'b')],
      extras: { pk: { other_names: [...names(50, 'b').slice(40), ...again] } },
    });
  });

  it('is passed over in a collection that we do not know', () => {
    expect(read('motions', { id: 'a' })).toEqual([]);
    expect(read('meta', ['a'])).toEqual([]);
  });

  it('tells the memberships within it', () => {
    const person = { id: 'p', name: 'A', memberships: [{ organization_id: 'o' }] };
    expect(read('persons', person)).toMatchObject([
      { kind: 'people' },
      { kind: 'members', body: { personId: 'p', factionId: 'o' } },
    ]);
  });

  it('that we exported is what it was: what accord says comes before what Popolo could', () => {
    const accord = {
      slug: 'a',
      birthDate: '1959-03-04T01:00+05:00',
      deathDate: null,
      version: 3,
      extras: { popolo: { name: 'Z' }, other: { b: 1 } },
    };
    const element = {
      id: 'x',
      name: 'A',
      other_names: [{ name: 'B', start_date: '1980', accord: { kind: 'alias' } }],
      birth_date: '1959-03-04',
      death_date: 'unknown',
      gender: 'male',
      sources: [{ url: 'https://example.org/' }],
      created_at: '2022-12-28T00:00:00Z',
      accord,
    };
    expect(read('persons', element)).toEqual([
      {
        line: 7,
        kind: 'people',
        key: 'x',
        body: {
          id: 'x',
          slug: 'a',
          name: 'A',
          otherNames: [{ name: 'B', startDate: '1980', kind: 'alias' }],
          birthDate: '1959-03-04T01:00+05:00',
          deathDate: null,
          version: 3,
          createdAt: '2022-12-28T00:00:00Z',
          extras: { popolo: { death_date: 'unknown', gender: 'male', name: 'Z' }, other: { b: 1 } },
        },
      },
    ]);
    const vote = {
      id: 'v',
      voter: { name: 'Somebody' },
      option: 'yes',
      accord: { channel: 'phone' },
    };
    expect(read('vote_events', { id: 'e', votes: [vote], accord: { quorum: 1 } })).toMatchObject([
      { kind: 'vote-events', key: 'e', body: { quorum: 1 } },
      { kind: 'votes', key: 'v', body: { voterName: 'Somebody', option: 'yes', channel: 'phone' } },
    ]);
    expect(
      read('accord', { recordType: 'citations', sourceId: 's', recordId: 'r', citedType: 'votes' }),
    ).toMatchObject([
      { kind: 'citations', body: { sourceId: 's', recordId: 'r', recordType: 'votes' } },
    ]);
    expect(() => read('accord', { recordType: 'areas' })).toThrow('recordType must be one of');
  });

  it('may be anything at all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'persons',
          'organizations',
          'memberships',
          'areas',
          'events',
          'vote_events',
        ),
        fc.anything(),
        fc.option(fc.object({ key: fc.constantFrom('name', 'extras', '__proto__', 'id') })),
        (collection, element, accord) => {
          const value = accord === null ? element : { ...objectIn(element), accord };
          for (const { line, body } of read(collection, value)) {
            expect(line).toBe(7);
            expect(typeof body).toBe('object');
          }
        },
      ),
      { seed: 20_221_228 },
    );
  });
});
