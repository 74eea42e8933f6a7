import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { resources } from '../../../src/features/resources.js';
import { bodyExpression } from '../../../src/platform/records/records.db.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMerger,
  buildMotion,
  buildPerson,
  buildVoteEvent,
} from '../../support/factories.js';
import { imported, ndjson, revisions, rowsOf } from '../../support/importing.js';
import { storedRows } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** Every live record, as our files have them. */
async function everything(of: TestApp): Promise<readonly any[]> {
  const found = [];
  for (const definition of resources) {
    const rows = await of.database.read<{ body: object }>(
      `SELECT ${bodyExpression(definition, 'record')}::jsonb AS body FROM ${definition.table} AS record
       WHERE record.retracted_at IS NULL ORDER BY record.id`,
      [],
    );
    found.push(...rows.map(({ body }) => ({ recordType: definition.type, ...body })));
  }
  return found;
}

describe('a file of ours', () => {
  it('makes an empty database the one that it came from, whatever the order of its lines', async () => {
    await tellFoundingStory(accord.app.get(RecordsService));
    const told = await everything(accord);
    const other = await startTestApp();
    try {
      const query = 'format=ndjson&cite=false';
      const done = await imported(other, query, ndjson(told.toReversed()));
      expect(await rowsOf(other, done.id, '&outcome=refused')).toEqual([]);
      expect(done).toMatchObject({ state: 'done', applied: told.length });
      const kept = ({ version, createdAt, updatedAt, ...rest }: any): object => {
        expect([version, createdAt, updatedAt]).toHaveLength(3);
        return rest as object;
      };
      expect((await everything(other)).map(kept)).toEqual(told.map(kept));
      const before = await revisions(other);
      const again = await imported(other, query, ndjson(told));
      expect(again.rows).toMatchObject({ unchanged: told.length });
      expect(await revisions(other)).toBe(before);
    } finally {
      await other.stop();
    }
  });

  it('changes the fields that it gives and leaves the others', async () => {
    const made = await buildPerson(accord, { summary: 'Of Karachi.', otherNames: [{ name: 'A' }] });
    const line = {
      recordType: 'people',
      id: made.id,
      name: 'Renamed',
      otherNames: [{ name: 'B' }],
    };
    const done = await imported(accord, 'format=ndjson&cite=false', ndjson([line]));
    const [row] = await rowsOf(accord, done.id);
    expect(row).toMatchObject({ outcome: 'update', fields: ['name', 'otherNames'] });
    expect((await accord.get(`/v1/people/${made.id}`)).body).toMatchObject({
      name: 'Renamed',
      summary: 'Of Karachi.',
      otherNames: [{ name: 'B' }],
      version: 2,
    });
  });

  it('asks the rules of each record, and tells the line of whoever breaks them', async () => {
    const motion = await buildMotion(accord);
    const event = await buildVoteEvent(accord, { motionId: motion.id, startDate: '2022-12-29' });
    const [person, stranger] = [await buildPerson(accord), await buildPerson(accord)];
    const member = { recordType: 'members', personId: person.id, factionId: motion['factionId'] };
    const vote = { recordType: 'votes', voteEventId: event.id, option: 'yes', channel: 'phone' };
    const file = ndjson([
      { ...vote, personId: stranger.id },
      { ...vote, personId: person.id },
      member,
    ]);
    const before = await storedRows(accord);
    const done = await imported(accord, 'format=ndjson', file);
    expect(done).toMatchObject({ state: 'refused' });
    expect(await storedRows(accord)).toEqual(before);
    const rows = await rowsOf(accord, done.id, '&outcome=refused');
    expect(rows).toMatchObject([{ line: 1, problems: [{ code: 'voter_not_a_member' }] }]);
    const good = await imported(accord, 'format=ndjson&atomic=false', file);
    expect(good).toMatchObject({ state: 'done', applied: 2, rows: { refused: 1, create: 2 } });
  });

  it('tells the line of what only the database knows to be wrong, and stores the rest', async () => {
    const merger = await buildMerger(accord);
    const [one, other] = [await buildFaction(accord), await buildFaction(accord)];
    const part = { recordType: 'participants', mergerId: merger.id };
    const step = { recordType: 'milestones', mergerId: merger.id, classification: 'talks' };
    const ids = Array.from(
      { length: 3 },
      (_, at) => `01890000-0000-7000-8000-00000000010${String(at)}`,
    );
    const slugged = {
      recordType: 'factions',
      classification: 'party',
      name: 'A',
      slug: 'one-slug',
    };
    const file = ndjson([
      { ...part, factionId: one.id, role: 'lead' },
      { ...part, factionId: one.id, role: 'joining' },
      { ...part, factionId: other.id, role: 'joining' },
      { ...step, title: 'Another announcement', classification: 'announcement' },
      { ...step, title: 'First', id: ids[0], dependsOn: [ids[1]] },
      { ...step, title: 'Second', id: ids[1], dependsOn: [ids[0]] },
      { ...step, title: 'Third', id: ids[2] },
      { ...slugged, name: 'A' },
      { ...slugged, name: 'B' },
    ]);
    const before = await storedRows(accord);
    const done = await imported(accord, 'format=ndjson&dryRun=true', file);
    expect(await storedRows(accord)).toEqual(before);
    const rows = await rowsOf(accord, done.id, '&outcome=refused');
    expect(rows.map(({ line, problems }) => [line, problems[0]?.code])).toEqual([
      [2, 'participant_exists'],
      [4, 'announcement_exists'],
      [5, 'reference_not_found'],
      [6, 'reference_not_found'],
      [9, 'slug_taken'],
    ]);
    expect(done).toMatchObject({ state: 'done', rows: { refused: 5, create: 4 } });
    const strict = await imported(accord, 'format=ndjson', file);
    expect(strict).toMatchObject({ state: 'refused' });
    expect(await storedRows(accord)).toEqual(before);
    const good = await imported(accord, 'format=ndjson&atomic=false', file);
    expect(good).toMatchObject({ state: 'done', applied: 4, rows: { refused: 5, create: 4 } });
  });

  it('refuses steps that depend on one another, and nothing else', async () => {
    const merger = await buildMerger(accord);
    const step = { recordType: 'milestones', mergerId: merger.id, classification: 'talks' };
    const [one, other] = [
      '01890000-0000-7000-8000-000000000110',
      '01890000-0000-7000-8000-000000000111',
    ] as const;
    const file = ndjson([
      { ...step, title: 'First', id: one, dependsOn: [other] },
      { ...step, title: 'Second', id: other, dependsOn: [one] },
      { ...step, title: 'Third' },
    ]);
    const done = await imported(accord, 'format=ndjson&atomic=false', file);
    expect(done).toMatchObject({ state: 'done', applied: 1, rows: { refused: 2, create: 1 } });
    const rows = await rowsOf(accord, done.id, '&outcome=refused');
    expect(rows.map(({ line, problems }) => [line, problems])).toEqual(
      [1, 2].map((line) => [
        line,
        [expect.objectContaining({ code: 'cycle', pointer: '/dependsOn' })],
      ]),
    );
  });

  it('gives a new merger its announcement', async () => {
    const line = { recordType: 'mergers', title: 'A third attempt' };
    const done = await imported(accord, 'format=ndjson', ndjson([line]));
    const [row] = await rowsOf(accord, done.id);
    const { body } = await accord.get(`/v1/milestones?mergerId=${String(row?.recordId)}`);
    expect(body.data).toMatchObject([{ classification: 'announcement' }]);
  });

  it('does not bring back what was retracted, nor what was purged', async () => {
    const gone = await buildPerson(accord);
    await accord.retract(`/v1/people/${gone.id}`);
    const purged = await buildPerson(accord);
    await accord.send(
      'POST',
      '/v1/purges',
      {
        body: { recordType: 'people', recordId: purged.id },
        headers: { 'x-reason': 'by law' },
      },
      'admin',
    );
    const faction = await buildFaction(accord);
    const line = { recordType: 'people', name: 'Back' };
    const file = ndjson([gone.id, purged.id, faction.id].map((id) => ({ ...line, id })));
    const done = await imported(accord, 'format=ndjson', file);
    const rows = await rowsOf(accord, done.id);
    expect(rows.map(({ problems }) => problems[0]?.code)).toEqual([
      'retracted',
      'id_taken',
      'id_taken',
    ]);
  });

  it('does not decide between two records that one row may be', async () => {
    const identifiers = ['Q-one', 'Q-two'].map((identifier) => ({ scheme: 'x', identifier }));
    for (const each of identifiers) await buildPerson(accord, { identifiers: [each] });
    const line = { recordType: 'people', name: 'Both', identifiers };
    const done = await imported(accord, 'format=ndjson', ndjson([line]));
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'refused', problems: [{ code: 'matches_several', pointer: '/identifiers' }] },
    ]);
  });

  it('refuses to move what is fixed', async () => {
    const [merger, other] = [await buildMerger(accord), await buildMerger(accord)];
    const motion = await buildMotion(accord, { mergerId: merger.id });
    const line = { ...motion, recordType: 'motions', mergerId: other.id };
    const done = await imported(accord, 'format=ndjson', ndjson([line]));
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { outcome: 'refused', problems: [{ code: 'validation_failed' }] },
    ]);
  });

  it('may be sent by two at once: each record is made once', async () => {
    const file = ndjson(
      Array.from({ length: 50 }, (_, at) => ({
        recordType: 'people',
        name: `Twice ${String(at)}`,
        identifiers: [{ scheme: 'twice', identifier: String(at) }],
      })),
    );
    const done = await Promise.all(
      [1, 2, 3].map(() => imported(accord, 'format=ndjson&title=Twice', file)),
    );
    expect(done.map(({ rows }) => rows['create']).toSorted()).toEqual([0, 0, 50]);
    expect(done.map(({ rows }) => rows['unchanged']).toSorted()).toEqual([0, 50, 50]);
  });

  it('is answered once under one Idempotency-Key', async () => {
    const asking = {
      body: ndjson([{ recordType: 'people', name: 'Once' }]),
      headers: { 'idempotency-key': 'an import' },
    };
    const [one, other] = [
      await accord.send('POST', '/v1/imports?format=ndjson', asking, 'editor'),
      await accord.send('POST', '/v1/imports?format=ndjson', asking, 'editor'),
    ];
    expect(other.headers.get('location')).toBe(one.headers.get('location'));
    expect(other.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a table', () => {
  it('has a header with the names of fields; lists are JSON, and an empty cell is nothing', async () => {
    const file = [
      '\uFEFFname,birthDate,otherNames,summary,identifiers',
      `"Sattar, Farooq",1959,"[{""name"":""Bhai""}]",'=1+1,"[{""scheme"":""csv"",""identifier"":""1""}]"`,
      `Nasreen,,,"two`,
      `lines","[{""scheme"":""csv"",""identifier"":""2""}]"`,
    ].join('\r\n');
    const query = 'format=csv&resource=people&title=A%20table';
    const done = await imported(accord, query, file);
    expect(done).toMatchObject({ state: 'done', rows: { create: 2 } });
    const rows = await rowsOf(accord, done.id);
    const people = await Promise.all(
      rows.map(async (row) => (await accord.get(`/v1/people/${String(row.recordId)}`)).body),
    );
    expect(people).toMatchObject([
      {
        name: 'Sattar, Farooq',
        birthDate: '1959',
        otherNames: [{ name: 'Bhai' }],
        summary: '=1+1',
      },
      { name: 'Nasreen', birthDate: null, otherNames: [], summary: 'two\r\nlines' },
    ]);
    const again = await imported(accord, query, file);
    expect(again.rows).toMatchObject({ unchanged: 2 });
  });

  it('without ids or identifiers is recognized by all that it says', async () => {
    const file = 'title,kind,publisher\nA paper of its own,article,Dawn\n';
    const query = 'format=csv&resource=sources';
    expect((await imported(accord, query, file)).rows).toMatchObject({ create: 1 });
    expect((await imported(accord, query, file)).rows).toMatchObject({ unchanged: 1 });
  });

  it('tells which cell is no JSON, and which value is wrong', async () => {
    const file = 'name,otherNames,birthDate\nA,[,2023\nB,,soon\n';
    const done = await imported(accord, 'format=csv&resource=people', file);
    expect(done).toMatchObject({ state: 'refused' });
    expect(await rowsOf(accord, done.id)).toMatchObject([
      { line: 2, problems: [{ pointer: '/otherNames' }] },
      { line: 3, problems: [{ pointer: '/birthDate' }] },
    ]);
  });
});
