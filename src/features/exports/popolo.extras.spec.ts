import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popoloFaults } from '../../../test/support/popolo/facts.js';
import { isTaken } from './popolo.extras.js';

const NAMES = [
  ...['gender', 'image', 'email', 'pronouns', 'birth_date', 'contact_details', 'area', 'post'],
  ...['other_names', 'identifiers', 'links', 'on_behalf_of', 'on_behalf_of_id', 'area_id', 'label'],
  ...['start_date', 'founding_date', 'additional_name', 'created_at', 'biography'],
];

describe('what Popolo takes of extras', () => {
  it.each([
    ['gender', 'male', true],
    ['gender', null, true],
    ['gender', 4, false],
    ['image', 'http://www.na.gov.pk/uploads/images/73.jpg', true],
    ['image', 'a.png', false],
    ['email', 'somebody@example.org', true],
    ['email', 'nobody', false],
    ['pronouns', ['he', 'him'], true],
    ['pronouns', [1], false],
    ['contact_details', [{ type: 'phone', value: '0300' }], true],
    ['contact_details', [{ type: 'phone' }], false],
    ['contact_details', [{ type: 'phone', value: '0300', note: 4 }], false],
    ['area', { id: 'area/na-240', name: 'Karachi Korangi' }, true],
    ['area', { name: 240 }, false],
    ['post', { area: { classification: [] } }, false],
    ['area', 'Karachi', false],
    ['start_date', '2013-06', true],
    ['start_date', '1 June', false],
    ['memberships', [], false],
    // Of a name that it does not know it says nothing.
    ['legislative_period_id', 'term/14', true],
    ['seats', [4, { a: null }], true],
  ])('%s: %j is taken: %s', (name, value, taken) => {
    expect(isTaken(name, value)).toBe(taken);
  });

  it('is valid in every class that has extras', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constantFrom('2013-06-01', 'a@b.org', 'https://example.org/a', '2013-06-01T00:00:00Z'),
    );
    const names = [...NAMES, 'url', 'type', 'value', 'name', 'note', 'identifier', 'id'];
    const object = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 4 });
    const value = fc.oneof(leaf, object, fc.array(fc.oneof(leaf, object), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), value, (name, given) => {
        fc.pre(isTaken(name, given));
        for (const list of ['persons', 'organizations', 'memberships'])
          expect(popoloFaults(list, { [name]: given })).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
