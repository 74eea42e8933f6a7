import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildPerson, buildSource } from '../../support/factories.js';
import { imported, ndjson, rowsOf } from '../../support/importing.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

function parliament(name: string): string {
  return JSON.stringify({ persons: [{ id: '1', name }] });
}

async function madePerson(importId: string): Promise<string> {
  const [row] = await rowsOf(accord, importId, '&outcome=create');
  return String(row?.recordId);
}

async function standing(personId: string): Promise<string> {
  return (await accord.get(`/v1/people/${personId}/standing`)).body.standing as string;
}

describe('the source of an import', () => {
  it('is a report of whose file it is: what it alone says is reported, and confirmed by nothing', async () => {
    const done = await imported(accord, 'format=popolo&scheme=voice', parliament('Reported'));
    const person = await madePerson(done.id);
    expect(await standing(person)).toBe('reported');
    const source = await accord.get(`/v1/sources/${String(done.sourceId)}`);
    expect(source.body).toMatchObject({
      kind: 'article',
      title: 'A file of voice (popolo)',
      publisher: 'voice',
    });
    const later = JSON.stringify({ persons: [{ id: '1', name: 'Reported', summary: 'More.' }] });
    const again = await imported(accord, 'format=popolo&scheme=voice&title=Another', later);
    expect(again.sourceId).not.toBe(done.sourceId);
    // Two files of one publisher are one voice.
    expect(await standing(person)).toBe('reported');
    const other = ndjson([
      { recordType: 'people', id: person, name: 'Reported', summary: 'And more.' },
    ]);
    await imported(accord, 'format=ndjson&title=Somebody%20else', other);
    expect(await standing(person)).toBe('corroborated');
  });

  it('is found again by an import of the same title and scheme, and by no other', async () => {
    const source = async (query: string, name: string): Promise<string | null> =>
      (await imported(accord, `format=popolo&${query}`, parliament(name))).sourceId;
    const first = await source('scheme=north', 'A');
    expect(await source('scheme=north', 'B')).toBe(first);
    expect(await source('scheme=south', 'C')).not.toBe(first);
    const titled = await source('scheme=north&title=Members', 'D');
    expect(await source('scheme=south&title=Members', 'E')).not.toBe(titled);
  });
});

describe('a source that an import has made', () => {
  it('is cited by the next file, whatever it is called by now and whoever sees it', async () => {
    const query = 'format=popolo&scheme=renamed&title=Nightly';
    const { sourceId } = await imported(accord, query, parliament('Before'));
    const asking = { body: { title: 'The list of members' }, headers: { 'if-match': '*' } };
    const path = `/v1/sources/${String(sourceId)}`;
    expect((await accord.send('PATCH', path, asking, 'editor')).status).toBe(200);
    expect((await imported(accord, query, parliament('After'))).sourceId).toBe(sourceId);
    const hiding = { ...asking, body: { confidential: true } };
    expect((await accord.send('PATCH', path, hiding, 'editor')).status).toBe(200);
    expect((await imported(accord, query, parliament('Later'))).sourceId).toBe(sourceId);
  });

  it('is no document that an earlier file of this title came with', async () => {
    const document = await buildSource(accord, { title: 'A document', kind: 'document' });
    const query = 'format=ndjson&title=By%20turns';
    const lines = (name: string): string => ndjson([{ recordType: 'people', name }]);
    await imported(accord, `${query}&sourceId=${document.id}`, lines('With a document'));
    const { sourceId } = await imported(accord, query, lines('Without'));
    expect(sourceId).not.toBe(document.id);
  });

  it('is held back with all that it is cited for, and cited for nothing that is public', async () => {
    const query = 'format=ndjson&title=Who%20will%20cross%20the%20floor';
    const lines = (...names: readonly [string, string][]): string =>
      ndjson(names.map(([name, visibility]) => ({ recordType: 'people', name, visibility })));
    const { sourceId } = await imported(accord, query, lines(['Secret One', 'draft']));
    const path = `/v1/sources/${String(sourceId)}`;
    expect((await accord.get(path)).status).toBe(404);
    const seen = async (): Promise<string> =>
      (await accord.get('/v1/sources?limit=100')).text + (await accord.get('/v1/changes')).text;
    expect(await seen()).not.toContain('cross the floor');
    expect((await accord.send('GET', path, {}, 'editor')).body).toMatchObject({
      visibility: 'draft',
    });
    expect((await imported(accord, query, lines(['Secret Two', 'draft']))).sourceId).toBe(sourceId);
    const shown = await imported(accord, query, lines(['Secret 3', 'draft'], ['Open', 'public']));
    expect(shown.sourceId).not.toBe(sourceId);
    expect((await accord.get(`/v1/sources/${String(shown.sourceId)}`)).status).toBe(200);
  });
});

describe('a dry run', () => {
  it('looks for those who have a name like any of the row', async () => {
    const known = await buildPerson(accord, { name: 'Khalid Maqbool Siddiqui' });
    const file = ndjson([
      {
        recordType: 'people',
        name: 'Doctor Sahib',
        otherNames: [{ name: 'Khalid Maqbol Siddiqui' }],
      },
    ]);
    const done = await imported(accord, 'format=ndjson&dryRun=true', file);
    expect(await rowsOf(accord, done.id)).toMatchObject([{ near: [{ id: known.id }] }]);
  });
});

describe('a file of Popolo', () => {
  it('says whose ids it has: the same one elsewhere is somebody else', async () => {
    const refused = await expectRefusal(
      accord,
      () =>
        accord.send('POST', '/v1/imports?format=popolo', { body: parliament('Nobody') }, 'editor'),
      [400, 'validation_failed'],
    );
    expect(refused.body.errors).toMatchObject([{ pointer: '?scheme' }]);
    const [east, west] = [
      await imported(accord, 'format=popolo&scheme=east', parliament('Eastern')),
      await imported(accord, 'format=popolo&scheme=west', parliament('Western')),
    ];
    expect([east.rows, west.rows]).toMatchObject([{ create: 1 }, { create: 1 }]);
    expect(await madePerson(east.id)).not.toBe(await madePerson(west.id));
  });
});
