import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { ORDER } from '../../../src/features/imports/row.staging.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { exported, recordEverything, rowsOf as cellsOf } from '../../support/exports.js';
import {
  buildCitation,
  buildFaction,
  buildMember,
  buildPerson,
  buildSource,
} from '../../support/factories.js';
import { imported, revisions, rowsOf } from '../../support/importing.js';
import { merged } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
  await recordEverything(accord);
  await recordOddities();
});
afterAll(() => accord.stop());

/** What is held back, merged, kept beside fields, about other sources, and what a spreadsheet or a reader might stumble over. */
async function recordOddities(): Promise<void> {
  const extras = {
    popolo: {
      gender: 'male',
      birth_date: 'perhaps 1959',
      image: 'no address',
      name: 'another',
      memberships: [{ organization_id: 'house' }],
      version: null,
    },
    'everypolitician-pk': { images: [{ url: 'https://example.org/a.jpg' }] },
  };
  const otherNames = [
    { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' },
    { name: '=1+1', startDate: '1990-01-02T03:04+05:00', note: '\t"quoted",\r\nand broken' },
  ];
  const kept = await buildPerson(accord, {
    name: "'=HYPERLINK(1)",
    summary: '+92\u2028\\u0000 \\ "',
    birthDate: '1959-03-04T01:00:30.250+05:00',
    otherNames,
    identifiers: [{ scheme: 'wikidata', identifier: 'Q-kept' }],
    links: [{ url: 'https://example.org/متحدہ', note: '@' }],
    extras,
  });
  const duplicate = await buildPerson(accord, {
    name: 'Twice',
    identifiers: [{ scheme: 'wikidata', identifier: 'Q-duplicate' }],
  });
  await merged(accord, 'people', kept.id, duplicate.id);
  const draft = await buildFaction(accord, { name: '-1', visibility: 'draft', extras });
  const held = await buildFaction(accord, { embargoUntil: '2999-01-01', parentId: draft.id });
  await buildMember(accord, { personId: kept.id, factionId: held.id, extras });
  const secret = await buildSource(accord, { confidential: true });
  const citation = await buildCitation(accord, {
    sourceId: secret.id,
    recordType: 'factions',
    recordId: held.id,
  });
  await buildCitation(accord, { recordType: 'citations', recordId: citation.id });
  await accord.retract(`/v1/people/${(await buildPerson(accord)).id}`);
}

/** An export without when a record was written and how often: that is told of the database that it is in. */
async function told(of: TestApp, query: string): Promise<string> {
  const text = await exported(of, query, 'editor');
  return text.replaceAll(
    /"(version|createdAt|updatedAt|created_at|updated_at)": ?(\d+|"[^"]*")/g,
    '"$1":0',
  );
}

async function importedWell(of: TestApp, query: string, file: string): Promise<any> {
  const whose = query === 'format=popolo' ? '&scheme=exported' : '';
  const done = await imported(of, `${query}${whose}&cite=false`, file);
  expect(await rowsOf(of, done.id, '&outcome=refused')).toEqual([]);
  expect([query, done.state, done.problem]).toEqual([query, 'done', null]);
  return done;
}

describe('what is exported', () => {
  it.each(['format=ndjson', 'format=popolo'])(
    'as %s makes an empty database the one that it came from',
    async (query) => {
      const file = await exported(accord, query, 'editor');
      const other = await startTestApp();
      try {
        const done = await importedWell(other, query, file);
        expect(done.rows.create).toBe(done.rows.total);
        for (const each of ['format=ndjson', 'format=popolo'])
          expect(await told(other, each)).toBe(await told(accord, each));
        // Readers of the other one are shown no more than those of this one.
        expect(await other.get('/v1/export?format=ndjson').then(({ text }) => idsIn(text))).toEqual(
          await accord.get('/v1/export?format=ndjson').then(({ text }) => idsIn(text)),
        );
      } finally {
        await other.stop();
      }
    },
  );

  it('as tables does so too, where a record is not made with another one, as a merger is', async () => {
    const other = await startTestApp();
    try {
      const queries = ORDER.slice(0, 4).map((resource) => `format=csv&resource=${resource}`);
      for (const query of queries)
        await importedWell(other, query, await exported(accord, query, 'editor'));
      for (const query of queries)
        expect(tableOf(await exported(other, query, 'editor'))).toEqual(
          tableOf(await exported(accord, query, 'editor')),
        );
    } finally {
      await other.stop();
    }
  });

  it('changes nothing where it came from, whatever the format', async () => {
    const before = await revisions(accord);
    const queries = [
      'format=ndjson',
      'format=popolo',
      ...RECORD_TYPES.map((resource) => `format=csv&resource=${resource}`),
    ];
    for (const query of queries) {
      const done = await importedWell(accord, query, await exported(accord, query, 'editor'));
      expect([query, done.rows.unchanged]).toEqual([query, done.rows.total]);
    }
    expect(await revisions(accord)).toBe(before);
  });
});

/** The rows of a table, without when a record was written and how often. */
function tableOf(text: string): readonly object[] {
  return cellsOf(text).map(({ version, createdAt, updatedAt, ...rest }) => {
    expect([version, createdAt, updatedAt]).not.toContain('');
    return rest;
  });
}

function idsIn(lines: string): readonly string[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);
}
