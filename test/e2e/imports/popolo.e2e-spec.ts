import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildPerson } from '../../support/factories.js';
import { imported, revisions, rowsOf } from '../../support/importing.js';
import { merged } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** Two people of a party and one of none, as parliaments are told in Popolo. */
function parliament(scheme: string): any {
  return {
    meta: { sources: ['https://example.org/members'] },
    memberships: [
      {
        person_id: 'p1',
        organization_id: 'house',
        on_behalf_of_id: 'mqm',
        legislative_period_id: 'term/14',
        area_id: 'area/na-240',
        role: 'member',
      },
      {
        person_id: 'p2',
        organization_id: 'house',
        on_behalf_of_id: 'mqm',
        legislative_period_id: 'term/14',
        start_date: '2015-02-03',
      },
      { person_id: 'p3', organization_id: 'house', legislative_period_id: 'term/14' },
      { person_id: 'p3', organization_id: 'rabita', role: 'convener', post_id: 'convener' },
    ],
    organizations: [
      { id: 'house', name: 'National Assembly', classification: 'legislature', seats: 336 },
      {
        id: 'mqm',
        name: `Muttahida ${scheme}`,
        classification: 'Party',
        parent_id: 'house',
        identifiers: [{ scheme: 'wikidata', identifier: `Q-${scheme}` }],
      },
      { id: 'rabita', name: `Rabita ${scheme}`, classification: 'committee', parent_id: 'mqm' },
    ],
    persons: [
      {
        id: 'p1',
        name: `Farooq ${scheme}`,
        family_name: 'Sattar',
        gender: 'male',
        birth_date: '1959',
        other_names: [
          { name: 'فاروق ستار', lang: 'ur', note: 'multilingual' },
          { name: 'Faruq Sattar' },
        ],
        identifiers: [{ scheme: 'wikidata', identifier: `P1-${scheme}` }],
        links: [{ url: 'https://example.org/sattar', note: 'Wikipedia' }],
        images: [{ url: 'https://example.org/sattar.jpg' }],
      },
      { id: 'p2', name: `Nasreen ${scheme}` },
      { id: 'p3', name: `Nobody ${scheme}`, email: null },
    ],
    areas: [{ id: 'area/na-240', name: 'NA-240 (Karachi)', type: 'constituency' }],
    posts: [{ id: 'convener', label: 'Convener' }],
    events: [
      {
        id: 'term/14',
        name: '14th National Assembly',
        classification: 'legislative period',
        start_date: '2013-06-01',
        end_date: '2018-05-31',
      },
    ],
  };
}

async function found(type: string, name: string): Promise<any> {
  const { body } = await accord.get(`/v1/${type}?q=${encodeURIComponent(name)}`);
  return body.data[0];
}

describe('a file of Popolo', () => {
  it('becomes people, factions and members, and what has no field stays with them as extras', async () => {
    const query = 'format=popolo&scheme=first&title=The%20first';
    const done = await imported(accord, query, JSON.stringify(parliament('first')));
    expect(done).toMatchObject({
      state: 'done',
      rows: { total: 8, create: 8, update: 0, unchanged: 0, refused: 0 },
      applied: 8,
    });
    const person = await found('people', 'Farooq first');
    expect(person).toMatchObject({
      name: 'Farooq first',
      slug: 'farooq-first',
      familyName: 'Sattar',
      birthDate: '1959',
      otherNames: [
        { name: 'فاروق ستار', lang: 'ur', note: 'multilingual' },
        { name: 'Faruq Sattar' },
      ],
      identifiers: [
        { scheme: 'first', identifier: 'p1' },
        { scheme: 'wikidata', identifier: 'P1-first' },
      ],
      links: [{ url: 'https://example.org/sattar', note: 'Wikipedia' }],
      extras: { first: { gender: 'male', images: [{ url: 'https://example.org/sattar.jpg' }] } },
      version: 1,
    });
    const party = await found('factions', 'Muttahida first');
    expect(party).toMatchObject({
      classification: 'party',
      parentId: null,
      extras: { first: { parent: { name: 'National Assembly', seats: 336 } } },
    });
    expect(await found('factions', 'Rabita first')).toMatchObject({ parentId: party.id });
    const member = await accord.get(`/v1/members?personId=${String(person.id)}`);
    expect(member.body.data).toEqual([
      expect.objectContaining({
        factionId: party.id,
        role: 'member',
        startDate: '2013-06-01',
        endDate: '2018-05-31',
        extras: {
          first: {
            organization_id: 'house',
            organization: expect.objectContaining({ name: 'National Assembly' }),
            area_id: 'area/na-240',
            area: expect.objectContaining({ name: 'NA-240 (Karachi)' }),
            legislative_period_id: 'term/14',
            legislative_period: expect.objectContaining({ id: 'term/14' }),
          },
        },
      }),
    ]);
    const independent = await found('people', 'Nobody first');
    expect(independent.extras.first.memberships).toEqual([
      expect.objectContaining({ organization_id: 'house', legislative_period_id: 'term/14' }),
    ]);
    const convener = await accord.get(`/v1/members?personId=${String(independent.id)}`);
    expect(convener.body.data[0].extras.first).toEqual({
      post_id: 'convener',
      post: { id: 'convener', label: 'Convener' },
    });
  });

  it('is cited by each record that it made', async () => {
    const done = await imported(
      accord,
      'format=popolo&scheme=cited&title=A%20cited%20file',
      JSON.stringify(parliament('cited')),
    );
    const source = await accord.get(`/v1/sources/${String(done.sourceId)}`);
    expect(source.body).toMatchObject({
      title: 'A cited file',
      publisher: 'cited',
      kind: 'article',
    });
    const { body } = await accord.get(`/v1/citations?sourceId=${String(done.sourceId)}&limit=100`);
    expect(body.data).toHaveLength(8);
    const person = await found('people', 'Farooq cited');
    expect(await accord.get(`/v1/people/${String(person.id)}/standing`)).toMatchObject({
      body: { standing: 'reported' },
    });
  });

  it('changes nothing when it is sent again, and what it changes when it was changed', async () => {
    const file = parliament('again');
    const query = 'format=popolo&scheme=again&title=Again';
    await imported(accord, query, JSON.stringify(file));
    const before = await revisions(accord);
    const again = await imported(accord, query, JSON.stringify(file));
    expect(again).toMatchObject({ state: 'done', rows: { unchanged: 8, create: 0, update: 0 } });
    expect(await revisions(accord)).toBe(before);

    file.persons[0].name = 'Farooq Sattar again';
    file.memberships[1].start_date = '2015-02-04';
    const changed = await imported(accord, query, JSON.stringify(file));
    // The membership that began on another day would overlap the one of before: it is refused, and so is all.
    expect(changed).toMatchObject({ state: 'refused', rows: { refused: 1 } });
    expect(await revisions(accord)).toBe(before);

    file.memberships[1].start_date = '2015-02-03';
    const named = await imported(accord, query, JSON.stringify(file));
    expect(named).toMatchObject({ state: 'done', rows: { unchanged: 7, update: 1 }, applied: 1 });
    expect(await revisions(accord)).toBe(before + 1);
    const [row] = await rowsOf(accord, named.id, '&outcome=update');
    expect(row).toMatchObject({ recordType: 'people', fields: ['name', 'otherNames'] });
  });

  it('is told, taken, taken again for nothing, and of ten names that change makes ten revisions', async () => {
    const people = Array.from({ length: 30 }, (_, at) => ({
      id: `m${String(at)}`,
      name: `Member ${String(at)}`,
      other_names: [{ name: `رکن ${String(at)}`, lang: 'ur' }],
      gender: 'female',
    }));
    const file = (persons: readonly object[]): string =>
      JSON.stringify({
        organizations: [{ id: 'ten', name: 'A party of thirty', classification: 'party' }],
        persons,
        memberships: people.map(({ id }) => ({ person_id: id, organization_id: 'ten' })),
      });
    const query = 'format=popolo&scheme=ten&title=Ten';
    const begin = await revisions(accord);
    const told = await imported(accord, `${query}&dryRun=true`, file(people));
    expect(told).toMatchObject({ state: 'done', rows: { create: 61, refused: 0 }, applied: 0 });
    expect(await revisions(accord)).toBe(begin);
    const first = await imported(accord, query, file(people));
    expect(first).toMatchObject({ state: 'done', rows: { create: 61 }, applied: 61 });
    // A source, 61 records, and for each of these a citation.
    expect(await revisions(accord)).toBe(begin + 1 + 61 + 61);
    const again = await imported(accord, query, file(people));
    expect(again).toMatchObject({ state: 'done', rows: { unchanged: 61 }, applied: 0 });
    expect(await revisions(accord)).toBe(begin + 123);
    const renamed = file(
      people.map((each, at) => (at % 3 === 0 ? { ...each, name: `${each.name} Khan` } : each)),
    );
    const foretold = await imported(accord, `${query}&dryRun=true`, renamed);
    expect(foretold).toMatchObject({ rows: { update: 10, unchanged: 51 } });
    expect(await revisions(accord)).toBe(begin + 123);
    const changed = await imported(accord, query, renamed);
    expect(changed).toMatchObject({ rows: { update: 10, unchanged: 51 }, applied: 10 });
    expect(await revisions(accord)).toBe(begin + 133);
    const rows = await rowsOf(accord, changed.id, '&outcome=update');
    expect(rows.map(({ fields }) => fields)).toEqual(Array(10).fill(['name', 'otherNames']));
  });

  it('adds names to those that a newsroom has, and finds who was merged', async () => {
    const file = parliament('merge');
    const query = 'format=popolo&scheme=merge&title=Merge';
    await imported(accord, query, JSON.stringify(file));
    const person = await found('people', 'Farooq merge');
    const ours = await buildPerson(accord, { name: 'Dr Sattar', otherNames: [{ name: 'Bhai' }] });
    await merged(accord, 'people', ours.id, String(person.id));
    file.persons[0].other_names.push({ name: 'Sattar Bhai' });
    const done = await imported(accord, query, JSON.stringify(file));
    expect(done).toMatchObject({ state: 'done', rows: { create: 0, refused: 0 } });
    const { body } = await accord.get(`/v1/people/${ours.id}`);
    const names = body.otherNames.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['Bhai', 'Faruq Sattar', 'Sattar Bhai']));
  });

  it('is told row by row by a dry run, with those who have names like it, and stores nothing', async () => {
    const known = await buildPerson(accord, { name: 'Kamran Tessori' });
    const before = await revisions(accord);
    const file = parliament('dry');
    file.persons[1].name = 'Kamran Tesori';
    const done = await imported(
      accord,
      'format=popolo&scheme=dry&dryRun=true',
      JSON.stringify(file),
    );
    expect(done).toMatchObject({ state: 'done', rows: { create: 8 }, applied: 0, sourceId: null });
    expect(await revisions(accord)).toBe(before);
    const rows = await rowsOf(accord, done.id);
    expect(rows.map(({ recordId }) => recordId)).toEqual(rows.map(() => null));
    const near = rows.flatMap((row) => row.near);
    expect(near).toContainEqual({
      id: known.id,
      name: 'Kamran Tessori',
      score: expect.any(Number),
    });
  });
});
