import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { resources } from '../../../src/features/resources.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  cellFor,
  exported,
  exportedLines,
  idsNamedIn,
  recordOf,
  recordEverything,
  rowsOf,
  type Line,
} from '../../support/exports.js';
import {
  buildCitation,
  buildFaction,
  buildMember,
  buildMerger,
  buildMilestone,
  buildPerson,
  buildSource,
} from '../../support/factories.js';
import { expectProblem, storedRows } from '../../support/refusals.js';
import { scribeOf } from '../../support/scribe.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
  await recordEverything(accord);
});
afterAll(() => accord.stop());

/** The lines about some records. */
function about(lines: readonly Line[], ...ids: readonly string[]): readonly Line[] {
  return lines.filter(({ id }) => ids.includes(id));
}

describe('the lines of an export', () => {
  it('are every record that there is, each as its address shows it', async () => {
    const lines = await exportedLines(accord);
    const stored = await storedRows(accord);
    for (const type of RECORD_TYPES) {
      const found = lines.filter(({ recordType }) => recordType === type);
      expect([type, found.length]).toEqual([type, stored[type.replace('-', '_')]]);
    }
    for (const line of lines)
      expect((await accord.get(`/v1/${line.recordType}/${line.id}`)).body).toEqual(recordOf(line));
  });

  it('come after those that they name, whatever was recorded first', async () => {
    const child = await buildFaction(accord, { name: 'A committee', classification: 'committee' });
    const [copy, copied] = [await buildSource(accord), await buildSource(accord)];
    const mergerId = (await buildMerger(accord)).id;
    const steps = [];
    for (let nth = 0; nth < 4; nth += 1) steps.push(await buildMilestone(accord, { mergerId }));
    const [last, middle, other, first] = steps.map(({ id }) => id);
    const parentId = (await buildFaction(accord, { parentId: (await buildFaction(accord)).id })).id;
    await accord.patch(`/v1/factions/${child.id}`, { parentId });
    await accord.patch(`/v1/sources/${copy.id}`, { derivedFromId: copied.id });
    await accord.patch(`/v1/milestones/${String(last)}`, { dependsOn: [middle, other, first] });
    await accord.patch(`/v1/milestones/${String(middle)}`, { dependsOn: [first] });
    await accord.patch(`/v1/milestones/${String(other)}`, { dependsOn: [middle] });
    const citation = await buildCitation(accord);
    await buildCitation(accord, { recordType: 'citations', recordId: citation.id });
    const seen = new Set<string>();
    const early: string[] = [];
    for (const line of await exportedLines(accord)) {
      const missing = idsNamedIn(line).filter((id) => !seen.has(id));
      early.push(...missing.map((id) => `${line.recordType} before ${id}`));
      seen.add(line.id);
    }
    expect(early).toEqual([]);
  });

  it('are none of what was retracted, nor citations about that', async () => {
    const person = await buildPerson(accord);
    const citation = await buildCitation(accord, { recordType: 'people', recordId: person.id });
    expect(about(await exportedLines(accord), person.id, citation.id)).toHaveLength(2);
    await accord.retract(`/v1/people/${person.id}`);
    expect(about(await exportedLines(accord), person.id, citation.id)).toEqual([]);
  });

  it('are what held by asOf, where records hold for a time', async () => {
    const { id } = await buildMember(accord, { startDate: '2018', endDate: '2022-12-28' });
    const person = await buildPerson(accord, { deathDate: '1999' });
    const found = async (asOf: string): Promise<number> =>
      about(await exportedLines(accord, `asOf=${asOf}`), id, person.id).length;
    expect([await found('2017'), await found('2018')]).toEqual([1, 2]);
    // Through the end of the last day.
    expect([await found('2022-12-28'), await found('2022-12-29')]).toEqual([2, 1]);
  });

  it('are what was recorded by knownAt', async () => {
    const scribe = scribeOf(accord);
    const id = await scribe.create('2022-12-27T10:00Z', 'people', { name: 'Kamran Tesori' });
    await scribe.patch('2022-12-29T10:00Z', 'people', id, { name: 'Kamran Tessori' });
    const gone = await scribe.create('2022-12-27T10:00Z', 'people', { name: 'Nobody' });
    await scribe.retract('2022-12-30T10:00Z', 'people', gone);
    const known = async (at: string): Promise<readonly object[]> =>
      (await exportedLines(accord, `knownAt=${at}`)).map(({ name, version }) => ({
        name,
        version,
      }));
    expect(await known('2022-12-26')).toEqual([]);
    const nobody = { name: 'Nobody', version: 1 };
    expect(await known('2022-12-28')).toEqual([{ name: 'Kamran Tesori', version: 1 }, nobody]);
    expect(await known('2022-12-29')).toEqual([{ name: 'Kamran Tessori', version: 2 }, nobody]);
    expect(await known('2022-12-31')).toEqual([{ name: 'Kamran Tessori', version: 2 }]);
  });

  it('are those that the caller may see', async () => {
    const draft = await buildPerson(accord, { visibility: 'draft' });
    const held = await buildFaction(accord, { embargoUntil: '2999' });
    const below = await buildFaction(accord, { parentId: held.id });
    const secret = await buildSource(accord, { confidential: true });
    const cited = await buildCitation(accord, { sourceId: secret.id });
    const ids = [draft.id, held.id, below.id, secret.id, cited.id] as const;
    expect(about(await exportedLines(accord), ...ids)).toMatchObject([
      { id: below.id, parentId: null },
    ]);
    expect(about(await exportedLines(accord, '', 'editor'), ...ids)).toHaveLength(5);
    expect(await exported(accord, 'format=ndjson&view=public', 'editor')).toBe(
      await exported(accord, 'format=ndjson'),
    );
    accord.setInstant('3000-01-01T00:00:00Z');
    expect(about(await exportedLines(accord), ...ids)).toHaveLength(2);
    accord.setInstant(null);
  });
});

describe('the table of an export', () => {
  it.each(resources.map(({ type }) => type))(
    'of %s is every record in every field',
    async (type) => {
      const rows = rowsOf(await exported(accord, `format=csv&resource=${type}`));
      const lines = (await exportedLines(accord)).filter(({ recordType }) => recordType === type);
      expect(rows.length).toBeGreaterThan(1);
      expect(rows).toEqual(
        lines.map((line) =>
          Object.fromEntries(
            Object.entries(recordOf(line)).map(([name, value]) => [name, cellFor(value)]),
          ),
        ),
      );
    },
  );

  it('computes nothing, and keeps what it holds', async () => {
    const names = ['=HYPERLINK("http://evil.example")', '+1', '-1', '@a', "'=1", 'a,"b"\r\nc'];
    for (const name of names) await buildPerson(accord, { name });
    const text = await exported(accord, 'format=csv&resource=people');
    expect(text).not.toMatch(/(^|,|\n)"?[=+\-@]/);
    expect(rowsOf(text).map((row) => row['name'])).toEqual(expect.arrayContaining(names));
  });

  it('of nothing is its header', async () => {
    const text = await exported(accord, 'format=csv&resource=mergers&knownAt=2001');
    expect(text).toBe(
      'id,slug,title,summary,expectedKind,startedOn,closedOn,outcome,visibility,embargoUntil,version,retractedAt,createdAt,updatedAt\r\n',
    );
  });
});

describe('an export', () => {
  it.each([
    ['format=popolo', 'application/json; charset=utf-8', 'accord-popolo.json'],
    ['format=ndjson', 'application/x-ndjson; charset=utf-8', 'accord.ndjson'],
    ['format=csv&resource=votes', 'text/csv; charset=utf-8; header=present', 'accord-votes.csv'],
  ])('%s says what it is, and is not to be kept; HEAD says the same', async (query, type, name) => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await accord.send(method, `/v1/export?${query}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('etag')).toBe(false);
    }
  });

  it.each([
    ['', '?format'],
    ['format=xml', '?format'],
    ['format=csv', '?resource'],
    ['format=csv&resource=keys', '?resource'],
    ['format=ndjson&resource=votes', '?resource'],
    ['format=ndjson&asOf=yesterday', '?asOf'],
    ['format=ndjson&knownAt=2023-02-30', '?knownAt'],
    ['format=ndjson&format=csv', '?format'],
    ['format=ndjson&limit=2', '?limit'],
  ])('with %j is refused', async (query, pointer) => {
    const answer = await accord.get(`/v1/export?${query}`);
    expectProblem(answer, [400, 'validation_failed', pointer]);
    expect((await accord.send('HEAD', `/v1/export?${query}`)).status).toBe(400);
  });
});
