import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestApp, type TestApp } from '../../support/app.js';
import { imported, ndjson, revisions, rowsOf } from '../../support/importing.js';

let accord: TestApp;
let made = 0;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const name = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter(
    (text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) && text.isWellFormed() && !text.includes('\0'),
  );
const date = fc.option(
  fc
    .tuple(fc.integer({ min: 1900, max: 2030 }), fc.integer({ min: 1, max: 12 }))
    .map(([year, month]) => `${String(year)}-${String(month).padStart(2, '0')}`),
  { nil: undefined },
);
const otherNames = fc.array(
  fc.record({ name, lang: fc.constantFrom('en', 'ur') }, { requiredKeys: ['name'] }),
  { maxLength: 4 },
);
const person = fc.record(
  {
    name,
    birth_date: date,
    gender: fc.constantFrom('male', 'female', ''),
    other_names: otherNames,
  },
  { requiredKeys: ['name'] },
);
const organization = fc.record({
  name,
  classification: fc.constantFrom('party', 'bloc', 'legislature'),
});
const membership = fc.record(
  {
    person: fc.nat(9),
    organization: fc.nat(4),
    behalf: fc.nat(4),
    role: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['person', 'organization'] },
);

/** A file of Popolo, whatever it may hold; ids are those of its lists. */
const popolo = fc
  .record({
    persons: fc.array(person, { minLength: 1, maxLength: 10 }),
    organizations: fc.array(organization, { minLength: 1, maxLength: 5 }),
    memberships: fc.array(membership, { maxLength: 10 }),
  })
  .map(({ persons, organizations, memberships }) => ({
    memberships: memberships.map((each, at) => ({
      id: `m${String(at)}`,
      person_id: `p${String(each.person % persons.length)}`,
      organization_id: `o${String(each.organization % organizations.length)}`,
      ...(each.behalf === undefined
        ? {}
        : { on_behalf_of_id: `o${String(each.behalf % organizations.length)}` }),
      role: each.role ?? null,
    })),
    persons: persons.map((each, at) => ({ ...each, id: `p${String(at)}` })),
    organizations: organizations.map((each, at) => ({ ...each, id: `o${String(at)}` })),
  }));

describe('the same file twice', () => {
  it('writes no revision the second time, with all of it or with what is good of it', async () => {
    await fc.assert(
      fc.asyncProperty(popolo, fc.boolean(), async (file, atomic) => {
        const scheme = `s${String((made += 1))}`;
        const query = `format=popolo&scheme=${scheme}&title=${scheme}&atomic=${String(atomic)}`;
        const first = await imported(accord, query, JSON.stringify(file));
        const before = await revisions(accord);
        const second = await imported(accord, query, JSON.stringify(file));
        expect(await revisions(accord)).toBe(before);
        expect(second.state).toBe(first.state);
        expect(second.rows['refused']).toBe(first.rows['refused']);
        if (first.state === 'done') expect(second.rows).toMatchObject({ create: 0, update: 0 });
      }),
      { numRuns: 40, seed: 20_221_228 },
    );
  });

  it('writes as many revisions as names were changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(19), { maxLength: 10 }),
        fc.array(name, { minLength: 20, maxLength: 20 }),
        async (changed, names) => {
          const scheme = `c${String((made += 1))}`;
          const people = names.map((each, at) => ({
            recordType: 'people',
            name: each,
            identifiers: [{ scheme, identifier: String(at) }],
          }));
          const query = `format=ndjson&title=${scheme}`;
          await imported(accord, query, ndjson(people));
          const before = await revisions(accord);
          const later = people.map((each, at) =>
            changed.includes(at) ? { ...each, name: `${scheme} ${String(at)}` } : each,
          );
          const done = await imported(accord, query, ndjson(later));
          expect(await revisions(accord)).toBe(before + changed.length);
          const rows = await rowsOf(accord, done.id, '&outcome=update');
          expect(rows.map(({ line }) => line - 1)).toEqual(changed.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 15, seed: 20_221_228 },
    );
  });
});
