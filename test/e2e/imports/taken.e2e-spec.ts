import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildAttendance,
  buildFaction,
  buildMeeting,
  buildMerger,
  buildPerson,
} from '../../support/factories.js';
import { imported, ndjson, rowsOf } from '../../support/importing.js';
import { storedRows } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** Rows of which the last is refused, whatever is asked; the others are stored. */
async function expectLastRefused(rows: readonly object[], code: string): Promise<void> {
  const file = ndjson(rows);
  const before = await storedRows(accord);
  for (const query of ['dryRun=true', 'atomic=true', 'atomic=false']) {
    if (query === 'atomic=false') expect(await storedRows(accord)).toEqual(before);
    const done = await imported(accord, `format=ndjson&${query}`, file);
    const refused = await rowsOf(accord, done.id, '&outcome=refused');
    expect([query, refused.map(({ line, problems }) => [line, problems[0]?.code])]).toEqual([
      query,
      [[rows.length, code]],
    ]);
    expect(done.rows).toMatchObject({ total: rows.length, refused: 1 });
    expect(done.state).toBe(query === 'atomic=true' ? 'refused' : 'done');
  }
}

const person = { recordType: 'people', name: 'Somebody' };

describe('a row that the database would refuse is told with its line', () => {
  it('for a slug that an earlier row has', async () => {
    await expectLastRefused(
      [
        { ...person, name: 'One', slug: 'taken' },
        { ...person, name: 'Other', slug: 'taken' },
      ],
      'slug_taken',
    );
  });

  it('for a slug that another record has', async () => {
    const [one, other] = [await buildPerson(accord), await buildPerson(accord)];
    await expectLastRefused(
      [
        { ...person, name: 'Beside' },
        { ...person, id: one.id, slug: other['slug'] },
      ],
      'slug_taken',
    );
  });

  it('for a death before the birth that is on record', async () => {
    const known = await buildPerson(accord, { birthDate: '1960' });
    await expectLastRefused(
      [
        { ...person, name: 'Alive' },
        { ...person, id: known.id, deathDate: '1950' },
      ],
      'end_before_start',
    );
  });

  it('for a legislative period that was over before the membership began', async () => {
    const file = JSON.stringify({
      organizations: [{ id: 'o', name: 'A party of periods', classification: 'party' }],
      persons: [{ id: 'p', name: 'Late' }],
      events: [{ id: 'e', start_date: '2008', end_date: '2013' }],
      memberships: [
        { person_id: 'p', organization_id: 'o', start_date: '2015', legislative_period_id: 'e' },
      ],
    });
    for (const query of ['dryRun=true', 'atomic=false']) {
      const done = await imported(accord, `format=popolo&scheme=periods&${query}`, file);
      expect(done.rows).toMatchObject({ create: 2, refused: 1 });
      expect(await rowsOf(accord, done.id, '&outcome=refused')).toMatchObject([
        { recordType: 'members', problems: [{ code: 'end_before_start' }] },
      ]);
    }
  });

  it('for a participant that there is, in another role', async () => {
    const [merger, faction] = [await buildMerger(accord), await buildFaction(accord)];
    const part = { recordType: 'participants', mergerId: merger.id, factionId: faction.id };
    await imported(accord, 'format=ndjson', ndjson([{ ...part, role: 'lead' }]));
    await expectLastRefused(
      [
        { ...person, name: 'Of no part' },
        { ...part, role: 'joining' },
      ],
      'participant_exists',
    );
  });

  it('for attendance that there is, of another mode', async () => {
    const meeting = await buildMeeting(accord);
    const known = await buildPerson(accord);
    await buildAttendance(accord, { meetingId: meeting.id, personId: known.id });
    await expectLastRefused(
      [
        { ...person, name: 'Of no meeting' },
        { recordType: 'attendance', meetingId: meeting.id, personId: known.id, mode: 'phone' },
      ],
      'attendance_exists',
    );
  });

  it('but a row without a slug makes way for one that gives its own', async () => {
    const rows = [
      { ...person, name: 'Giver Taker' },
      { ...person, name: 'Another', slug: 'giver-taker' },
    ];
    const done = await imported(accord, 'format=ndjson', ndjson(rows));
    expect(done).toMatchObject({ state: 'done', rows: { create: 2 } });
    const made = await rowsOf(accord, done.id);
    const slugs = await Promise.all(
      made.map(
        async ({ recordId }) => (await accord.get(`/v1/people/${String(recordId)}`)).body.slug,
      ),
    );
    expect(slugs).toEqual(['giver-taker-2', 'giver-taker']);
  });
});

describe('what is kept of an import', () => {
  it('is no row of what is unchanged, but how many there are', async () => {
    const file = ndjson([
      { ...person, name: 'Kept' },
      { ...person, name: 'Kept too' },
    ]);
    await imported(accord, 'format=ndjson', file);
    const again = await imported(accord, 'format=ndjson', file);
    expect(again.rows).toMatchObject({ total: 2, unchanged: 2, create: 0 });
    expect(await rowsOf(accord, again.id)).toEqual([]);
  });

  it('is nothing of a record that was purged', async () => {
    const known = await buildPerson(accord, { name: 'Trace Less' });
    const made = await imported(
      accord,
      'format=ndjson&cite=false',
      ndjson([{ ...person, id: known.id, summary: 'A trace.' }]),
    );
    const near = await imported(
      accord,
      'format=ndjson&dryRun=true',
      ndjson([{ ...person, name: 'Trace Lesss' }]),
    );
    expect(await rowsOf(accord, near.id)).toMatchObject([{ near: [{ id: known.id }] }]);
    const wrong = await imported(
      accord,
      'format=ndjson',
      ndjson([{ ...person, id: known.id, deathDate: '1950', birthDate: '1960' }]),
    );
    const traces = async (): Promise<number> => {
      const [row] = await accord.database.read<{ count: number }>(
        'SELECT count(*)::int AS count FROM import_rows AS row WHERE position($1 IN to_jsonb(row)::text) > 0',
        [known.id],
      );
      return row?.count ?? NaN;
    };
    expect(await traces()).toBeGreaterThanOrEqual(2);
    const purged = await accord.send(
      'POST',
      '/v1/purges',
      {
        body: { recordType: 'people', recordId: known.id },
        headers: { 'x-reason': 'by law' },
      },
      'admin',
    );
    expect(purged.status).toBe(201);
    expect(await traces()).toBe(0);
    expect(await rowsOf(accord, made.id)).toMatchObject([{ recordId: null, fields: [] }]);
    expect(wrong.state).toBe('refused');
  });
});
