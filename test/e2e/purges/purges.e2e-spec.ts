/** A purge leaves a mark and no word; a record that anything names is not purged. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { resources } from '../../../src/features/resources.js';
import { definitionOf } from '../../../src/platform/records/references.db.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  announcementOf,
  buildCitation,
  buildFaction,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildSource,
  buildSuccession,
  buildTransition,
  idsListed,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { Follower, inShort, wholeFeed } from '../../support/feed.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';
import { unique } from '../../support/specimens/specimen.js';
import { columnsHolding, withWord } from '../../support/words.js';

let accord: TestApp;
let sql: pg.Client;
beforeAll(async () => {
  accord = await startTestApp();
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

const purge = (
  recordType: string,
  recordId: string,
  reason = 'typed in by mistake',
): Promise<Answer> =>
  accord.send(
    'POST',
    '/v1/purges',
    { body: { recordType, recordId }, headers: { 'x-reason': reason } },
    'admin',
  );
const asEditor = (path: string): Promise<Answer> => accord.send('GET', path, {}, 'editor');

async function purged(recordType: string, recordId: string): Promise<any> {
  const answer = await purge(recordType, recordId);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body;
}

describe.each(specimens)('a purge of one of $type', (specimen) => {
  const { type } = specimen;
  const definition = definitionOf(new Map(resources.map((each) => [each.type, each])), type);
  const word = `hush${type.replaceAll('-', '')}`;

  /** Records with a word in every text, in the reason too; and changes it, so that both sides of a revision hold it. */
  async function recordWithWord(path: string, body: Fields, change: Fields): Promise<Stored> {
    const headers = { 'x-reason': `because ${word}`, 'if-match': '*' };
    // The field that a citation is about is a word of ours.
    const marked = { ...withWord(definition, body, unique(word)), field: body['field'] };
    const made = await accord.send('POST', path, { body: marked, headers }, 'editor');
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    const stored = made.body as Stored;
    const changed = await accord.patch(`/v1/${type}/${stored.id}`, change, headers);
    expect(changed.status).toBe(200);
    return stored;
  }

  it('leaves no word of it in any column of any table, and its id answers as if it had never been', async () => {
    const least = await specimen.prepare(accord);
    const whole = await specimen.prepare(accord);
    const retracted = await recordWithWord(least.path, least.minimal, {
      embargoUntil: '2020',
    });
    await accord.retract(`/v1/${type}/${retracted.id}`, `because ${word}`);
    const kept = await recordWithWord(whole.path, whole.full, specimen.change);
    // In the feed with its changes, and not yet in it.
    await wholeFeed(accord, 'reader');
    await accord.patch(`/v1/${type}/${kept.id}`, { visibility: 'draft' });
    await accord.patch(`/v1/${type}/${kept.id}`, { embargoUntil: '2031', visibility: 'public' });
    const held = await columnsHolding(accord, word);
    expect(held).toEqual(expect.arrayContaining(['revisions.reason']));
    if (definition.fields.some(({ kind }) => kind === 'text'))
      expect(held).toEqual(expect.arrayContaining(['revisions.after', 'revisions.before']));

    for (const record of [retracted, kept]) await purged(type, record.id);
    expect(await columnsHolding(accord, word)).toEqual([]);
    for (const { id, createdAt } of [retracted, kept]) {
      // An announcement's mark names the merger as well.
      expect(await columnsHolding(accord, id)).toEqual(
        type === 'mergers' ? ['purges.merger_id', 'purges.record_id'] : ['purges.record_id'],
      );
      const path = `/v1/${type}`;
      for (const read of [(url: string) => accord.get(url), asEditor])
        for (const rest of ['', '/revisions', `?knownAt=${String(createdAt)}`]) {
          const answer = await read(`${path}/${id}${rest}`);
          expectProblem(answer, [404, 'not_found']);
          expect(answer.text).toBe((await read(`${path}/${NOBODY}${rest}`)).text);
        }
      expectProblem(await purge(type, id), [422, 'reference_not_found', '/recordId']);
    }
  });

  it('frees what it had to itself: the same can be recorded again', async () => {
    const { path, full } = await specimen.prepare(accord);
    const { id } = await accord.record(path, full);
    await purged(type, id);
    const again = await accord.record(path, full);
    expect(again.id).not.toBe(id);
    if (specimen.slugged) expect(again.slug).toBe(full['slug']);
  });
});

describe('a record that anything names', () => {
  it.each<readonly [string, () => Promise<readonly [string, Stored, string, string]>]>([
    [
      'a live record',
      async () => {
        const named = await buildPerson(accord);
        const { id } = await buildParticipant(accord, { personId: named.id });
        return ['people', named, 'participants', id];
      },
    ],
    [
      'a retracted one, which no list tells of',
      async () => {
        const named = await buildFaction(accord);
        const { id } = await buildParticipant(accord, { factionId: named.id });
        await accord.retract(`/v1/participants/${id}`);
        return ['factions', named, 'participants', id];
      },
    ],
    [
      'a citation about it',
      async () => {
        const named = await buildPerson(accord);
        const { id } = await buildCitation(accord, { recordType: 'people', recordId: named.id });
        return ['people', named, 'citations', id];
      },
    ],
    [
      'a milestone that it satisfies',
      async () => {
        const merger = await buildMerger(accord);
        const named = await buildMotion(accord, { mergerId: merger.id });
        const { id } = await buildMilestone(accord, {
          mergerId: merger.id,
          satisfiedBy: { motionId: named.id },
        });
        return ['motions', named, 'milestones', id];
      },
    ],
    [
      'a milestone that depends on it',
      async () => {
        const merger = await buildMerger(accord);
        const named = await buildMilestone(accord, { mergerId: merger.id });
        const { id } = await buildMilestone(accord, {
          mergerId: merger.id,
          dependsOn: [named.id],
        });
        return ['milestones', named, 'milestones', id];
      },
    ],
    [
      'a succession of which it is a predecessor',
      async () => {
        const named = await buildFaction(accord);
        const { id } = await buildSuccession(accord, { predecessorIds: [named.id] });
        return ['factions', named, 'successions', id];
      },
    ],
    [
      'a source that derives from it',
      async () => {
        const named = await buildSource(accord);
        const { id } = await buildSource(accord, { derivedFromId: named.id });
        return ['sources', named, 'sources', id];
      },
    ],
  ])('is not purged: %s', async (_, build) => {
    const [type, named, recordType, recordId] = await build();
    const before = await wholeFeed(accord, 'editor');
    const answer = await expectRefusal(accord, () => purge(type, named.id), [
      409,
      'still_referenced',
    ]);
    expect(answer.body).toMatchObject({
      referencedBy: { [recordType]: 1 },
      references: [{ recordType, recordId }],
    });
    expect(await wholeFeed(accord, 'editor')).toEqual(before);
    await purged(recordType, recordId);
    await purged(type, named.id);
  });

  it.each([1, 2, 3])('at the same moment: either it is named or it is gone (%d)', async () => {
    const { id } = await buildPerson(accord);
    const sourceId = (await buildSource(accord)).id;
    const body = { sourceId, recordType: 'people', recordId: id };
    const [cited, gone] = await Promise.all([
      accord.post('/v1/citations', body),
      purge('people', id),
    ]);
    expect([
      [201, 409],
      [422, 201],
    ]).toContainEqual([cited.status, gone.status]);
  });

  it('is not purged in SQL either, not even one that only a citation is about', async () => {
    const { id } = await buildPerson(accord);
    await buildParticipant(accord, { personId: id });
    const cited = await buildPerson(accord);
    await buildCitation(accord, { recordType: 'people', recordId: cited.id });
    const inSql = (record: string) =>
      sql.query(`SELECT purge_record('people', $1, NULL)`, [record]);
    await expect(inSql(id)).rejects.toThrow('foreign key');
    await expect(inSql(cited.id)).rejects.toThrow('citations_record_exists');
    for (const record of [id, cited.id])
      expect((await accord.get(`/v1/people/${record}`)).status).toBe(200);
  });
});

describe('a merger', () => {
  it('is purged with its announcement, when nothing else is left of it', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const milestone = await buildMilestone(accord, { mergerId: merger.id });
    const { id } = await buildTransition(accord, { milestoneId: announcement.id });
    const refused = await expectRefusal(accord, () => purge('mergers', merger.id), [
      409,
      'still_referenced',
    ]);
    expect(refused.body.referencedBy).toEqual({ milestones: 1, transitions: 1 });
    await purged('transitions', id);
    await purged('milestones', milestone.id);
    await purged('mergers', merger.id);
    for (const record of [merger, announcement])
      expect(await columnsHolding(accord, record.id)).toContain('purges.record_id');
    expect((await accord.get(`/v1/mergers/${merger.id}/status`)).status).toBe(404);
  });

  it('keeps its announcement as long as it is there itself', async () => {
    const merger = await buildMerger(accord);
    const { id } = await announcementOf(accord, merger.id);
    await expectRefusal(accord, () => purge('milestones', id), [422, 'announcement_required']);
  });

  it('that was retracted goes with its retracted announcement', async () => {
    const merger = await buildMerger(accord);
    const { id } = await announcementOf(accord, merger.id);
    await accord.retract(`/v1/mergers/${merger.id}`);
    await purged('mergers', merger.id);
    expectProblem(await accord.get(`/v1/milestones/${id}`), [404, 'not_found']);
  });

  it('is not half purged when the second half fails', async () => {
    const merger = await buildMerger(accord);
    const { id } = await announcementOf(accord, merger.id);
    const counts = (): Promise<readonly object[]> =>
      accord.database.read(
        `SELECT (SELECT count(*)::int FROM purges) AS purges, (SELECT count(*)::int FROM pending_changes) AS pending`,
        [],
      );
    const before = await counts();
    await sql.query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53400'; END $$;
       CREATE TRIGGER zz_fail BEFORE DELETE ON mergers FOR EACH ROW EXECUTE FUNCTION fail()`,
    );
    expect((await purge('mergers', merger.id)).status).toBe(503);
    await sql.query('DROP TRIGGER zz_fail ON mergers');
    expect(await counts()).toEqual(before);
    for (const path of [`milestones/${id}`, `mergers/${merger.id}`]) {
      expect((await accord.get(`/v1/${path}`)).status).toBe(200);
      expect(await idsListed(accord, `/v1/${path}/revisions`)).toHaveLength(1);
    }
    await purged('mergers', merger.id);
  });
});

describe('the mark', () => {
  it('says what was purged, when, by whom and why, to key holders', async () => {
    const { id } = await buildPerson(accord, { name: 'Somebody' });
    const made = await purge('people', id.toUpperCase(), 'an identity');
    const mark = {
      id: expect.any(String),
      recordType: 'people',
      recordId: id,
      purgedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      actor: 'the first admin',
      reason: 'an identity',
    };
    expect(made.body).toEqual({ ...mark, actor: expect.any(String) });
    const path = `/v1/purges/${String(made.body.id)}`;
    expect(made.headers.get('location')).toBe(path);
    expect((await asEditor(path)).body).toEqual(made.body);
    expectProblem(await accord.get(path), [401, 'unauthorized']);
    expectProblem(await asEditor(`/v1/purges/${NOBODY}`), [404, 'not_found']);
    expectProblem(await asEditor('/v1/purges/x'), [404, 'not_found']);
  });

  it('is listed, the earliest first, page by page', async () => {
    const whole = (await asEditor('/v1/purges?limit=100')).body.data;
    const other = await purged('people', (await buildPerson(accord)).id);
    expect((await asEditor('/v1/purges?limit=100')).body.data).toEqual([...whole, other]);
    const paged: unknown[] = [];
    let path: string | undefined = '/v1/purges?limit=17';
    while (path !== undefined) {
      const answer: Answer = await asEditor(path);
      paged.push(...answer.body.data);
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual([...whole, other]);
    expectProblem(await asEditor('/v1/purges?cursor=x'), [400, 'invalid_cursor']);
  });

  it('is made for a reason, of a record that is there', async () => {
    const { id } = await buildPerson(accord);
    const body = { recordType: 'people', recordId: id };
    const refused = (sent: unknown, headers = {}): (() => Promise<Answer>) => {
      const asking = { body: sent, headers };
      return () => accord.send('POST', '/v1/purges', asking, 'admin');
    };
    const why = { 'x-reason': 'a test' };
    await expectRefusal(accord, refused(body), [400, 'reason_required']);
    await expectRefusal(accord, refused({ recordType: 'people' }, why), [
      400,
      'validation_failed',
      '/recordId',
    ]);
    await expectRefusal(accord, refused({ ...body, recordType: 'keys' }, why), [
      400,
      'validation_failed',
      '/recordType',
    ]);
    await expectRefusal(accord, refused({ ...body, recordType: 'factions' }, why), [
      422,
      'reference_not_found',
      '/recordId',
    ]);
  });

  it('cannot be taken away, and opens no door: nothing else can be removed by it', async () => {
    const { id } = await purged('people', (await buildPerson(accord)).id);
    const [one, other] = [await buildPerson(accord), await buildPerson(accord)];
    await wholeFeed(accord, 'reader');
    const refused = [
      [`DELETE FROM purges WHERE purges.id = $1`, id],
      [`UPDATE purges SET actor = 'nobody' WHERE purges.id = $1`, id],
      [`DELETE FROM people WHERE people.id = $1`, other.id],
      [`DELETE FROM revisions WHERE revisions.record_id = $1`, other.id],
      [`UPDATE revisions SET actor = 'nobody' WHERE revisions.record_id = $1`, one.id],
      [`UPDATE changes SET is_public = false WHERE changes.position = $1`, 1],
      [`DELETE FROM changes WHERE changes.position = $1`, 1],
      [`TRUNCATE changes`],
      [`TRUNCATE purges CASCADE`],
    ] as const;
    for (const [text, ...values] of refused) {
      await sql.query('BEGIN');
      await sql.query(`SELECT set_config('accord.purging', $1, true)`, [one.id]);
      await expect(sql.query(text, values as unknown[])).rejects.toThrow('keeps what it holds');
      await sql.query('ROLLBACK');
    }
    await sql.query('BEGIN');
    await sql.query(`SELECT purge_record('people', $1, NULL)`, [one.id]);
    await expect(sql.query(`DELETE FROM revisions`)).rejects.toThrow('keeps what it holds');
    await sql.query('ROLLBACK');
    expect((await accord.get(`/v1/people/${one.id}`)).status).toBe(200);
  });
});

describe('in the feed', () => {
  const news = async (follower: Follower): Promise<readonly string[]> =>
    (await follower.catchUp()).map(inShort);
  const begin = (as: 'reader' | 'editor'): Promise<Follower> => Follower.fromNow(accord, as);

  it('what was public is gone, and whoever followed is told; the cursor at its last change goes on', async () => {
    const before = await wholeFeed(accord, 'editor');
    const followers = [await begin('reader'), await begin('editor')];
    const merger = await buildMerger(accord);
    const milestone = await buildMilestone(accord, { mergerId: merger.id });
    for (const follower of followers)
      expect((await news(follower)).at(-1)).toBe(`${milestone.id} 1 create`);
    const { purgedAt, actor } = await purged('milestones', milestone.id);
    const other = await buildPerson(accord);
    const told = [`${milestone.id} null purged`, `${other.id} 1 create`];
    for (const follower of followers) expect(await news(follower)).toEqual(told);
    const whole = await wholeFeed(accord, 'editor');
    expect(whole.slice(before.length + 2).map(inShort)).toEqual(told);
    expect(whole.at(-2)).toEqual({
      recordType: 'milestones',
      recordId: milestone.id,
      mergerId: merger.id,
      version: null,
      operation: 'purged',
      recordedAt: purgedAt,
      actor,
      reason: 'typed in by mistake',
    });
    expect(JSON.stringify(await wholeFeed(accord, 'reader'))).not.toContain('by mistake');
  });

  it('also when its changes had not come into the feed yet', async () => {
    const [reader, editor] = [await begin('reader'), await begin('editor')];
    const { id } = await buildPerson(accord);
    await purged('people', id);
    expect(await news(reader)).toEqual([`${id} null purged`]);
    expect(await news(editor)).toEqual([`${id} null purged`]);
  });

  it('what readers never saw goes without a sign to them', async () => {
    const reader = await begin('reader');
    const editor = await begin('editor');
    const { id } = await buildPerson(accord, { visibility: 'draft' });
    const embargoed = await buildPerson(accord, { embargoUntil: '2031' });
    const cursor = reader.cursor;
    for (const record of [id, embargoed.id]) await purged('people', record);
    expect(await news(reader)).toEqual([]);
    expect(reader.cursor).toBe(cursor);
    expect(await news(editor)).toEqual([`${id} null purged`, `${embargoed.id} null purged`]);
  });

  it('what was held back again is told, for some have seen it; and so is what time has shown', async () => {
    const reader = await begin('reader');
    const again = await buildPerson(accord);
    await accord.patch(`/v1/people/${again.id}`, { visibility: 'draft' });
    await purged('people', again.id);
    const shown = await buildPerson(accord, { embargoUntil: '2031' });
    accord.setInstant('2032-01-01T00:00:00Z');
    await purged('people', shown.id);
    expect(await news(reader)).toEqual([`${again.id} null purged`, `${shown.id} null purged`]);
    accord.setInstant(null);
  });
});
