import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction, buildPerson } from '../../support/factories.js';
import { expectNothing, imported, made, ndjson, rowsOf } from '../../support/importing.js';
import { merged } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe('what a newsroom has merged', () => {
  it('into a record of its own keeps the names and dates of that', async () => {
    const ours = await buildPerson(accord, { name: 'Altaf Hussain', birthDate: '1953-09-17' });
    const query = 'format=popolo&scheme=into';
    const file = (more: object): string =>
      JSON.stringify({ persons: [{ id: 'p', name: 'Altaf Husain', birth_date: '1953', ...more }] });
    const [person] = await made(accord, query, file({}));
    await merged(accord, 'people', ours.id, String(person));
    await expectNothing(accord, query, file({}));
    await imported(accord, query, file({ birth_date: '1954' }));
    expect((await accord.get(`/v1/people/${ours.id}`)).body).toMatchObject({
      name: 'Altaf Hussain',
      birthDate: '1954',
    });
    // It is remembered of the kept record, whatever the duplicate was told before.
    await imported(accord, query, file({}));
    expect((await accord.get(`/v1/people/${ours.id}`)).body).toMatchObject({ birthDate: '1953' });
  });

  it('and merged again is the record at the end, whatever the file calls it', async () => {
    const people = await Promise.all([1, 2, 3].map(() => buildPerson(accord)));
    const [one, two, three] = people.map(({ id }) => id);
    const query = 'format=ndjson&title=Chain';
    const file = ndjson(people.map(({ id, name }) => ({ recordType: 'people', id, name })));
    await expectNothing(accord, query, file);
    await merged(accord, 'people', String(two), String(one));
    await merged(accord, 'people', String(three), String(two));
    await expectNothing(accord, query, file);
    const table = 'name\nOf A Table\n';
    const csv = 'format=csv&resource=people&title=Chained%20table';
    const [told] = await made(accord, csv, table);
    const [other, last] = [await buildPerson(accord), await buildPerson(accord)];
    await merged(accord, 'people', other.id, String(told));
    await merged(accord, 'people', last.id, other.id);
    await expectNothing(accord, csv, table);
  });

  it('may be named by the id that it had', async () => {
    const [kept, gone] = [await buildPerson(accord), await buildPerson(accord)];
    const [faction, former] = [await buildFaction(accord), await buildFaction(accord)];
    const query = 'format=csv&resource=members&title=Naming';
    const table = (role: string): string =>
      `personId,factionId,role,startDate\n${gone.id},${former.id},${role},2001\n`;
    await imported(accord, query, table('deputy'));
    await merged(accord, 'people', kept.id, gone.id);
    await merged(accord, 'factions', faction.id, former.id);
    await expectNothing(accord, query, table('deputy'));
    const done = await imported(accord, query, table('convener'));
    expect(await rowsOf(accord, done.id)).toMatchObject([{ outcome: 'update', fields: ['role'] }]);
  });
});

describe('what a newsroom has retracted', () => {
  const party = { id: 'o', name: 'A party of the gone', classification: 'party' };
  const parliament = (birth: string): string =>
    JSON.stringify({
      organizations: [party],
      persons: [{ id: 'p', name: 'Gone Khan', birth_date: birth }],
      memberships: [{ person_id: 'p', organization_id: 'o', start_date: '2001', role: birth }],
    });

  it('is not made anew, neither the membership nor the person, whatever the file says of them', async () => {
    const query = 'format=popolo&scheme=gone';
    const [, person, member] = await made(accord, query, parliament('1960'));
    await accord.retract(`/v1/members/${String(member)}`);
    await expectNothing(accord, query, parliament('1960'));
    await accord.retract(`/v1/people/${String(person)}`);
    await expectNothing(accord, query, parliament('1960'));
    await expectNothing(accord, query, parliament('1961'));
    const table = 'name\nGone Of A Table\n';
    const csv = 'format=csv&resource=people&title=Gone';
    const [told] = await made(accord, csv, table);
    await accord.retract(`/v1/people/${String(told)}`);
    await expectNothing(accord, csv, table);
    const lines = ndjson([{ recordType: 'people', id: told, name: 'Gone Of A Table' }]);
    const others = await imported(accord, 'format=ndjson&title=Others', lines);
    expect(await rowsOf(accord, others.id)).toMatchObject([{ problems: [{ code: 'retracted' }] }]);
  });

  it('is not told anew to what was moved away from it; what is new may not name it', async () => {
    const query = 'format=popolo&scheme=parents';
    const file = (...more: object[]): string =>
      JSON.stringify({
        organizations: [
          { ...party, id: 'top' },
          { ...party, id: 'low', parent_id: 'top' },
          ...more,
        ],
      });
    const [top, low] = await made(accord, query, file());
    const asking = { body: { parentId: null }, headers: { 'if-match': '*' } };
    await accord.send('PATCH', `/v1/factions/${String(low)}`, asking, 'editor');
    await accord.retract(`/v1/factions/${String(top)}`);
    await expectNothing(accord, query, file());
    const done = await imported(accord, query, file({ ...party, id: 'new', parent_id: 'top' }));
    expect(await rowsOf(accord, done.id, '&outcome=refused')).toMatchObject([
      { problems: [{ code: 'reference_not_found', pointer: '/parentId' }] },
    ]);
  });
});

describe('a membership', () => {
  const file = (membership: object): string =>
    JSON.stringify({
      organizations: [{ id: 'o', name: 'A party of terms', classification: 'party' }],
      persons: [{ id: 'p', name: 'Of A Term' }],
      memberships: [{ person_id: 'p', organization_id: 'o', ...membership }],
    });

  it('whose start was corrected is the one that its file told, and takes what else changes', async () => {
    const query = 'format=popolo&scheme=terms';
    const told = { start_date: '2013-06-01', role: 'deputy' };
    const [, , member] = await made(accord, query, file(told));
    const asking = { body: { startDate: '2013-05-30' }, headers: { 'if-match': '*' } };
    await accord.send('PATCH', `/v1/members/${String(member)}`, asking, 'editor');
    await expectNothing(accord, query, file(told));
    const done = await imported(accord, query, file({ ...told, role: 'convener' }));
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'update', recordId: member, fields: ['role'] },
    ]);
    expect((await accord.get(`/v1/members/${String(member)}`)).body).toMatchObject({
      startDate: '2013-05-30',
      role: 'convener',
    });
  });

  it('with an id in its file may begin on another day there', async () => {
    const query = 'format=popolo&scheme=ids';
    const [, , member] = await made(accord, query, file({ id: 'm', start_date: '2013-06-01' }));
    const later = file({ id: 'm', start_date: '2013-05-30' });
    const done = await imported(accord, query, later);
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'update', recordId: member, fields: ['startDate'] },
    ]);
    await expectNothing(accord, query, later);
  });
});

describe('an entry of a list', () => {
  it('that was taken off here does not come back with another', async () => {
    const query = 'format=popolo&scheme=entries';
    const file = (...names: string[]): string =>
      JSON.stringify({
        persons: [{ id: 'p', name: 'Of Lists', other_names: names.map((name) => ({ name })) }],
      });
    const [person] = await made(accord, query, file('Right', 'Wrong'));
    const path = `/v1/people/${String(person)}`;
    const otherNames = [{ name: 'Right' }];
    await accord.send(
      'PATCH',
      path,
      { body: { otherNames }, headers: { 'if-match': '*' } },
      'editor',
    );
    await imported(accord, query, file('Right', 'Wrong', 'New'));
    expect((await accord.get(path)).body.otherNames).toMatchObject([
      { name: 'Right' },
      { name: 'New' },
    ]);
    // Told no more, then told again, it is news.
    await imported(accord, query, file('Right', 'New'));
    await imported(accord, query, file('Right', 'New', 'Wrong'));
    expect((await accord.get(path)).body.otherNames).toHaveLength(3);
  });

  it('that is an identifier may be moved to somebody else, and both stay who they are', async () => {
    const query = 'format=popolo&scheme=moving';
    const wikidata = { scheme: 'wikidata', identifier: 'Q-moved' };
    const file = (birth: string): string =>
      JSON.stringify({
        persons: [
          { id: 'p', name: 'Had It', birth_date: birth, identifiers: [wikidata] },
          { id: 'r', name: 'Has It' },
        ],
      });
    const [had, has] = await made(accord, query, file('1960'));
    for (const [id, identifiers] of [
      [had, [{ scheme: 'moving', identifier: 'p' }]],
      [has, [{ scheme: 'moving', identifier: 'r' }, wikidata]],
    ] as const) {
      const asking = { body: { identifiers }, headers: { 'if-match': '*' } };
      const answer = await accord.send('PATCH', `/v1/people/${String(id)}`, asking, 'editor');
      expect(answer.status).toBe(200);
    }
    await expectNothing(accord, query, file('1960'));
    const done = await imported(accord, query, file('1961'));
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'update', recordId: had, fields: ['birthDate'] },
    ]);
  });
});
