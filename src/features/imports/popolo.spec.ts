import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readElement } from './popolo.js';

const PLACE = { line: 7, scheme: 'pk' };
const read = (collection: string, value: unknown): any[] => [
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
    expect(read('persons', { id: theirs, name: 'A' })[0].body.identifiers).toEqual([
      { scheme: 'pk', identifier: theirs },
    ]);
    expect(read('persons', { id: ours, name: 'A' })[0].body.identifiers).toBeUndefined();
  });

  it('has a hundred other names, each spelling first, and keeps the rest', () => {
    const names = (count: number, name: string): object[] =>
      Array.from({ length: count }, (_, at) => ({ name: `${name}${String(at)}`, lang: 'en' }));
    const again = names(60, 'a').map((each) => ({ ...each, lang: 'fr' }));
    // 60 spellings, told again in French, and 50 others: 110 are spelt differently or stand first.
    const other_names = [...names(60, 'a'), ...again, ...names(50, 'b')];
    const [{ body }] = read('persons', { name: 'A', other_names });
    expect(body.otherNames).toHaveLength(100);
    expect(body.otherNames.slice(0, 60)).toEqual(names(60, 'a'));
    expect(body.otherNames.slice(60)).toEqual(names(40, 'b'));
    expect(body.extras.pk.other_names).toEqual([...names(50, 'b').slice(40), ...again]);
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

  it('may be anything at all', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('persons', 'organizations', 'memberships', 'areas', 'events'),
        fc.anything(),
        (collection, value) => {
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
