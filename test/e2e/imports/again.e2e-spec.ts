import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildPerson } from '../../support/factories.js';
import { expectNothing, imported, ndjson, rowsOf } from '../../support/importing.js';
import { merged } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

async function patched(path: string, body: object): Promise<void> {
  const headers = { 'if-match': '*' };
  expect((await accord.send('PATCH', path, { body, headers }, 'editor')).status).toBe(200);
}

describe('a file that is sent again', () => {
  it('changes nothing when two of its people, and what they are members of, were made one', async () => {
    const query = 'format=popolo&scheme=one&title=One';
    const person = (id: string): object => ({ id, name: 'Ali Khan' });
    const file = JSON.stringify({
      organizations: [{ id: 'o', name: 'A party of one', classification: 'party' }],
      persons: ['a', 'b', 'c'].map(person),
      memberships: [
        { person_id: 'a', organization_id: 'o', start_date: '2001', end_date: '2002' },
        { person_id: 'b', organization_id: 'o', start_date: '2003', end_date: '2004' },
        { person_id: 'c', organization_id: 'o', start_date: '2005' },
      ],
    });
    const done = await imported(accord, query, file);
    const [, a, b, c] = (await rowsOf(accord, done.id)).map(({ recordId }) => String(recordId));
    await merged(accord, 'people', String(b), String(a));
    await expectNothing(accord, query, file);
    await merged(accord, 'people', String(c), String(b));
    await expectNothing(accord, query, file);
  });

  it('changes nothing as lines either', async () => {
    const lines = ['x', 'y'].map((identifier) => ({
      recordType: 'people',
      name: 'Bilal Khan',
      identifiers: [{ scheme: 'lines', identifier }],
    }));
    const done = await imported(accord, 'format=ndjson&title=Lines', ndjson(lines));
    const [x, y] = (await rowsOf(accord, done.id)).map(({ recordId }) => String(recordId));
    await merged(accord, 'people', String(x), String(y));
    await expectNothing(accord, 'format=ndjson&title=Lines', ndjson(lines));
    await expectNothing(accord, 'format=ndjson&title=Others', ndjson(lines));
  });

  it('knows namesakes by what they were told as, not by their name', async () => {
    const ours = await buildPerson(accord, {
      name: 'Chand Khan',
      otherNames: [{ name: 'Chandu' }],
      links: [{ url: 'https://example.org/chand' }],
    });
    const table = 'name,otherNames,links\nChand Khan,,\n';
    const query = 'format=csv&resource=people&title=Namesakes';
    expect((await imported(accord, query, table)).rows).toMatchObject({ create: 1 });
    await expectNothing(accord, query, table);
    expect((await accord.get(`/v1/people/${ours.id}`)).body).toMatchObject({ version: 1 });
    const lines = ['1', '2'].map((id) => ({ recordType: 'people', id, name: 'Chand Khan' }));
    const done = await imported(accord, 'format=ndjson&title=Two', ndjson(lines));
    expect(done.rows).toMatchObject({ create: 2 });
    await expectNothing(accord, 'format=ndjson&title=Two', ndjson(lines));
  });

  it('leaves what was corrected meanwhile, and keeps the name that it replaces', async () => {
    const query = 'format=popolo&scheme=corrected&title=Corrected';
    const person = { id: 'p', name: 'Dawood', birth_date: '1959', gender: 'male' };
    const file = (each: object): string => JSON.stringify({ persons: [each] });
    const done = await imported(accord, query, file(person));
    const [row] = await rowsOf(accord, done.id);
    const path = `/v1/people/${String(row?.recordId)}`;
    await patched(path, { birthDate: '1960', name: 'Dawood Khan' });
    await expectNothing(accord, query, file(person));
    const renamed = { ...person, name: 'Daud' };
    const later = await imported(accord, query, file(renamed));
    expect(await rowsOf(accord, later.id)).toMatchObject([
      { outcome: 'update', fields: ['name', 'otherNames'] },
    ]);
    expect((await accord.get(path)).body).toMatchObject({
      name: 'Daud',
      birthDate: '1960',
      otherNames: [{ name: 'Dawood Khan' }],
    });
    await expectNothing(accord, query, file(renamed));
    await imported(accord, query, file({ ...renamed, birth_date: '1961' }));
    expect((await accord.get(path)).body).toMatchObject({ birthDate: '1961' });
  });

  it('is not remembered of whom it was purged', async () => {
    const table = 'name\nEjaz\n';
    const query = 'format=csv&resource=people&title=Purged&cite=false';
    const done = await imported(accord, query, table);
    const [row] = await rowsOf(accord, done.id);
    const body = { recordType: 'people', recordId: row?.recordId };
    const headers = { 'x-reason': 'by law' };
    await accord.send('POST', '/v1/purges', { body, headers }, 'admin');
    expect(
      await accord.database.read(
        'SELECT 1 FROM import_memories AS memory WHERE memory.record_id = $1::uuid',
        [row?.recordId],
      ),
    ).toEqual([]);
  });
});

describe('a row', () => {
  it('of another database is no namesake with its slug', async () => {
    const ours = await buildPerson(accord, { name: 'Farid', slug: 'farid-of-two' });
    const id = '01890000-0000-7000-8000-0000000f0001';
    const line = { recordType: 'people', id, name: 'Another', slug: 'farid-of-two' };
    const done = await imported(accord, 'format=ndjson', ndjson([line]));
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'refused', problems: [{ code: 'slug_taken' }] },
    ]);
    expect((await accord.get(`/v1/people/${ours.id}`)).body).toMatchObject({ name: 'Farid' });
  });

  it('whose cell is empty gives no visibility, vote or list', async () => {
    const ours = await buildPerson(accord, {
      name: 'Gohar',
      visibility: 'draft',
      otherNames: [{ name: 'G' }],
    });
    const table = `id,name,summary,visibility,otherNames,extras\n${ours.id},Gohar,Of Lahore,,,\n`;
    const done = await imported(accord, 'format=csv&resource=people&cite=false', table);
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'update', fields: ['summary'] },
    ]);
  });

  it('joins no more than a record holds', async () => {
    const identifiers = [{ scheme: 'wikidata', identifier: 'Q-full' }];
    const names = (of: string): object[] =>
      Array.from({ length: 60 }, (_, at) => ({ name: `${of} ${String(at)}` }));
    const extras = { ours: { text: 'x'.repeat(9_000) } };
    await buildPerson(accord, { name: 'Hamid', identifiers, otherNames: names('a'), extras });
    const told = { name: 'Hamid', identifiers };
    for (const [more, pointer] of [
      [{ other_names: names('b') }, '/otherNames'],
      [{ text: 'y'.repeat(9_000) }, '/extras'],
    ] as const) {
      const file = JSON.stringify({ persons: [{ ...told, ...more }] });
      const done = await imported(accord, 'format=popolo&scheme=full', file);
      expect(await rowsOf(accord, done.id)).toMatchObject([
        { outcome: 'refused', problems: [{ code: 'validation_failed', pointer }] },
      ]);
    }
  });

  it('may name others in lists by the ids of its file', async () => {
    const lines = [
      { recordType: 'milestones', id: 'second', mergerId: 'm', title: 'B', dependsOn: ['first'] },
      { recordType: 'milestones', id: 'first', mergerId: 'm', title: 'A' },
    ].map((each) => ({ ...each, classification: 'talks', mergerId: undefined }));
    const { body } = await accord.send(
      'POST',
      '/v1/mergers',
      { body: { title: 'By lists' } },
      'editor',
    );
    const file = ndjson(lines.map((each) => ({ ...each, mergerId: body.id })));
    const done = await imported(accord, 'format=ndjson&title=Lists', file);
    expect(await rowsOf(accord, done.id, '&outcome=refused')).toEqual([]);
    const [second, first] = await rowsOf(accord, done.id);
    expect((await accord.get(`/v1/milestones/${String(second?.recordId)}`)).body.dependsOn).toEqual(
      [first?.recordId],
    );
  });
});

describe('a seat', () => {
  it('on behalf of what is no faction is kept with the person, and refuses nothing', async () => {
    const file = JSON.stringify({
      organizations: [
        { id: 'house', name: 'A house', classification: 'legislature' },
        { id: 'list', name: 'A list', classification: 'electoral list' },
      ],
      persons: [{ id: 'p', name: 'Irfan' }],
      memberships: ['list', 'nowhere'].map((id) => ({
        person_id: 'p',
        organization_id: 'house',
        on_behalf_of_id: id,
      })),
    });
    const done = await imported(accord, 'format=popolo&scheme=seats', file);
    expect(await rowsOf(accord, done.id, '&outcome=refused')).toEqual([]);
    const [row] = await rowsOf(accord, done.id);
    const { extras } = (await accord.get(`/v1/people/${String(row?.recordId)}`)).body;
    expect(extras.seats.memberships).toMatchObject([
      { on_behalf_of_id: 'list', on_behalf_of: { name: 'A list' }, organization: { id: 'house' } },
      { on_behalf_of_id: 'nowhere', organization: { id: 'house' } },
    ]);
  });

  it('of the same party in a second house is kept with the person', async () => {
    const file = JSON.stringify({
      organizations: [
        { id: 'lower', name: 'Lower', classification: 'legislature' },
        { id: 'upper', name: 'Upper', classification: 'legislature' },
        { id: 'party', name: 'A party of two houses', classification: 'party' },
      ],
      persons: [{ id: 'p', name: 'Kashif' }],
      memberships: ['lower', 'upper'].map((id) => ({
        person_id: 'p',
        organization_id: id,
        on_behalf_of_id: 'party',
      })),
    });
    const query = 'format=popolo&scheme=houses';
    const done = await imported(accord, query, file);
    expect(done).toMatchObject({ state: 'done', rows: { create: 3, refused: 0 } });
    const row = (await rowsOf(accord, done.id)).find(({ recordType }) => recordType === 'people');
    const { extras } = (await accord.get(`/v1/people/${String(row?.recordId)}`)).body;
    expect(extras.houses.memberships).toMatchObject([
      { on_behalf_of_id: 'party', organization: { name: 'Upper' } },
    ]);
    await expectNothing(accord, query, file);
  });

  it('and what else has no field goes into the extras', async () => {
    const link = { url: 'ftp://example.org/', note: 'no page' };
    const name = { name: 'Javed Iqbal', family_name: 'Iqbal' };
    const prefix = 'Honourable '.repeat(6);
    const identifiers = Array.from({ length: 101 }, (_, at) => ({
      scheme: 'many',
      identifier: String(at),
    }));
    const person = { name: 'Javed', honorific_prefix: prefix, links: [link], other_names: [name] };
    const file = JSON.stringify({ persons: [{ ...person, id: 'j', identifiers }] });
    const done = await imported(accord, 'format=popolo&scheme=rest', file);
    const [row] = await rowsOf(accord, done.id);
    expect(row).toMatchObject({ outcome: 'create' });
    const { body } = await accord.get(`/v1/people/${String(row?.recordId)}`);
    expect(body).toMatchObject({
      links: [],
      honorificPrefix: null,
      otherNames: [{ name: 'Javed Iqbal' }],
      extras: {
        rest: {
          links: [link],
          honorific_prefix: prefix,
          other_names: [name],
          identifiers: identifiers.slice(99),
        },
      },
    });
  });
});
