import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { imported, made, ndjson, revisions, rowsOf } from '../../support/importing.js';
import { merged, undo } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** What a file changes, which is told by its dry run just so. */
async function changed(query: string, file: string): Promise<readonly object[]> {
  const told = async (asked: string): Promise<readonly object[]> => {
    const done = await imported(accord, asked, file);
    const rows = await rowsOf(accord, done.id);
    return rows.map(({ line, outcome, fields }) => ({ line, outcome, fields }));
  };
  const before = await told(`${query}&dryRun=true`);
  const rows = await told(query);
  expect(before).toEqual(rows);
  return rows;
}

async function expectNothing(query: string, file: string): Promise<void> {
  const before = await revisions(accord);
  expect(await changed(query, file)).toEqual([]);
  expect(await revisions(accord)).toBe(before);
}

async function bodyOf(id: unknown): Promise<Readonly<Record<string, unknown>>> {
  return (await accord.get(`/v1/people/${String(id)}`)).body;
}

async function patched(id: unknown, body: object): Promise<void> {
  const asking = { body, headers: { 'if-match': '*' } };
  expect((await accord.send('PATCH', `/v1/people/${String(id)}`, asking, 'editor')).status).toBe(
    200,
  );
}

describe('an id of a table of its own', () => {
  const table = (
    ...rows: readonly (readonly [id: string, name: string, birth: string])[]
  ): string => ['id,name,birthDate', ...rows.map((row) => row.join(','))].join('\n');
  const people = 'format=csv&resource=people&cite=false';

  it('is that of the same record in the next table, of which just what changed is written', async () => {
    const query = `${people}&title=With%20ids`;
    const [one] = await made(accord, query, table(['1', 'Asif', '1960'], ['2', 'Asif', '1961']));
    const later = table(['2', 'Asif', '1961'], ['1', 'Asif Ali', '1960'], ['3', 'Asif', '1962']);
    expect(await changed(query, later)).toEqual([
      { line: 3, outcome: 'update', fields: ['name'] },
      { line: 4, outcome: 'create', fields: [] },
    ]);
    expect(await bodyOf(one)).toMatchObject({ name: 'Asif Ali' });
    await expectNothing(query, later);
    await patched(one, { name: 'Asif A.' });
    await expectNothing(query, later);
  });

  it('may be a number in lines, and is not that of another title or of files without one', async () => {
    const lines = (name: string): string =>
      ndjson([17, 18].map((id) => ({ recordType: 'people', id, name })));
    const query = 'format=ndjson&cite=false';
    const created = [{ outcome: 'create' }, { outcome: 'create' }];
    for (const asked of [query, `${query}&title=North`, `${query}&title=South`])
      expect(await changed(asked, lines('Babar'))).toMatchObject(created);
    expect(await changed(query, lines('Babar Awan'))).toMatchObject(created);
    expect(await changed(`${query}&title=South`, lines('Babar Awan'))).toMatchObject([
      { outcome: 'update' },
      { outcome: 'update' },
    ]);
    await expectNothing(query, lines('Babar Awan'));
  });

  it('is still that of whom a newsroom has merged or retracted, whatever the table says of them', async () => {
    const query = `${people}&title=Decided`;
    const file = (year: string): string =>
      table(['1', 'Chaudhry', year], ['2', 'Chaudri', year], ['3', 'Chohan', year]);
    const [one, two, three] = await made(accord, query, file('1960'));
    await merged(accord, 'people', String(one), String(two));
    await accord.retract(`/v1/people/${String(three)}`);
    await expectNothing(query, file('1960'));
    expect(await changed(query, file('1961'))).toEqual([
      { line: 2, outcome: 'update', fields: ['birthDate'] },
    ]);
  });
});

describe('of two rows that were made one record, that of the duplicate', () => {
  it('alone in the file changes only what it says differently than before', async () => {
    const query = 'format=popolo&scheme=alone';
    const person = (id: string, name: string, more = {}): object => ({ id, name, ...more });
    const file = (...persons: object[]): string => JSON.stringify({ persons });
    const [kept, gone] = await made(
      accord,
      query,
      file(person('a', 'Danish'), person('b', 'Daanish')),
    );
    await merged(accord, 'people', String(kept), String(gone));
    await expectNothing(query, file(person('b', 'Daanish')));
    const later = person('b', 'Daanish', { birth_date: '1970' });
    expect(await changed(query, file(later))).toEqual([
      { line: 1, outcome: 'update', fields: ['birthDate'] },
    ]);
    expect(await bodyOf(kept)).toMatchObject({ name: 'Danish', birthDate: '1970' });
    await patched(kept, { birthDate: '1971', name: 'Danish K.' });
    await expectNothing(query, file(later));
    await expectNothing(query, file(person('a', 'Danish'), later));
  });

  it('is told of that again when they are two after all', async () => {
    const query = 'format=popolo&scheme=undone';
    const file = (summary?: string): string =>
      JSON.stringify({ persons: [{ id: 'b', name: 'Faisal', summary }] });
    const [gone] = await made(accord, query, file());
    const kept = { persons: [{ id: 'a', name: 'Faysal' }] };
    const [first] = await made(accord, query, JSON.stringify(kept));
    const { id } = await merged(accord, 'people', String(first), String(gone));
    expect(await changed(query, file('New.'))).toMatchObject([{ fields: ['summary'] }]);
    await expectNothing(query, file('New.'));
    expect((await undo(accord, id)).status).toBe(204);
    expect(await changed(query, file('New.'))).toMatchObject([{ fields: ['summary'] }]);
    expect(await bodyOf(gone)).toMatchObject({ summary: 'New.' });
  });

  it('alone among lines leaves the lists of both', async () => {
    const query = 'format=ndjson&title=Alone';
    const line = (identifier: string, name: string, more = {}): object => ({
      recordType: 'people',
      name,
      identifiers: [{ scheme: 'alone-lines', identifier }],
      ...more,
    });
    const [kept, gone] = await made(
      accord,
      query,
      ndjson([line('a', 'Ehsan'), line('b', 'Ahsan')]),
    );
    await merged(accord, 'people', String(kept), String(gone));
    await expectNothing(query, ndjson([line('b', 'Ahsan')]));
    expect(await changed(query, ndjson([line('b', 'Ahsan', { summary: 'New.' })]))).toEqual([
      { line: 1, outcome: 'update', fields: ['summary'] },
    ]);
    expect((await bodyOf(kept))['identifiers']).toHaveLength(2);
  });
});

describe('a membership of a file', () => {
  it('that was retracted does not come back by another start', async () => {
    const query = 'format=popolo&scheme=starts';
    const file = (start: string): string =>
      JSON.stringify({
        organizations: [{ id: 'o', name: 'A party of starts', classification: 'party' }],
        persons: [{ id: 'p', name: 'Of Starts' }],
        memberships: [{ id: 'm', person_id: 'p', organization_id: 'o', start_date: start }],
      });
    const [, , member] = await made(accord, query, file('2013'));
    await accord.retract(`/v1/members/${String(member)}`);
    await expectNothing(query, file('2014'));
  });
});
