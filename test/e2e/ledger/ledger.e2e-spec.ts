import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { RECORD_TYPES, type RecordType } from '../../../src/domain/vocabulary.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction, buildPerson } from '../../support/factories.js';
import { specimens } from '../../support/specimens/all.js';

interface Revision {
  readonly version: number;
  readonly operation: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly reason: string | null;
  readonly key_id: string | null;
  readonly request_id: string | null;
}

const tableOf = (type: RecordType): string => type.replace('-', '_');

let accord: TestApp;
/** Somebody at psql, past the service. */
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

async function revisionsOf(id: string): Promise<readonly Revision[]> {
  const { rows } = await sql.query<Revision>(
    `SELECT * FROM revisions AS revision WHERE revision.record_id = $1 ORDER BY revision.version`,
    [id],
  );
  return rows;
}

async function countRevisions(): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM revisions',
  );
  return rows[0]?.count ?? NaN;
}

async function rowOf(table: string, id: string): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await sql.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(record) AS row FROM ${table} AS record WHERE record.id = $1`,
    [id],
  );
  if (!rows[0]) throw new Error(`no row ${id} in ${table}`);
  return rows[0].row;
}

describe('a change by plain SQL', () => {
  let id: string;
  // What a failed test has left open.
  afterEach(() => sql.query('ROLLBACK'));
  beforeEach(async () => {
    id = (await buildFaction(accord, { name: 'Pak Sarzameen Party' })).id;
  });

  it('writes a revision with the database’s user as its actor, and advances the version', async () => {
    const before = await rowOf('factions', id);
    await sql.query(`UPDATE factions SET name = 'PSP' WHERE factions.id = $1`, [id]);
    const after = await rowOf('factions', id);
    expect(after).toMatchObject({ name: 'PSP', version: 2, created_at: before['created_at'] });
    expect(after['updated_at']).not.toBe(before['updated_at']);
    const { rows } = await sql.query<{ name: string }>('SELECT session_user AS name');
    const [, written] = await revisionsOf(id);
    expect(written).toMatchObject({
      version: 2,
      operation: 'update',
      before,
      after,
      actor: `sql:${String(rows[0]?.name)}`,
      reason: null,
      key_id: null,
      request_id: null,
    });
  });

  it('is seen through the API at once: the record, its ETag and its history', async () => {
    await sql.query(`UPDATE factions SET name = 'PSP' WHERE factions.id = $1`, [id]);
    const read = await accord.send('GET', `/v1/factions/${id}`, {}, 'editor');
    expect(read.body).toMatchObject({ name: 'PSP', version: 2 });
    expect(read.headers.get('etag')).toBe('"v2"');
    const { body } = await accord.send('GET', `/v1/factions/${id}/revisions`, {}, 'editor');
    expect(body.data).toMatchObject([
      { version: 2, actor: expect.stringMatching(/^sql:/), after: { name: 'PSP' } },
      { version: 1, actor: 'the editor', before: null },
    ]);
    const stale = await accord.patch(`/v1/factions/${id}`, { name: 'x' }, { 'if-match': '"v1"' });
    expect(stale.body).toMatchObject({
      code: 'stale',
      conflicts: [{ pointer: '/name', base: 'Pak Sarzameen Party', theirs: 'PSP', yours: 'x' }],
    });
  });

  it('bears the actor and the reason that the transaction has set, and the next one does not', async () => {
    await sql.query('BEGIN');
    await sql.query(
      `SELECT set_config('accord.actor', 'a repair', true), set_config('accord.reason', 'a typo', true),
         set_config('accord.request_id', 'r-1', true)`,
    );
    await sql.query(`UPDATE factions SET name = 'PSP' WHERE factions.id = $1`, [id]);
    await sql.query('COMMIT');
    await sql.query(`UPDATE factions SET name = 'P.S.P.' WHERE factions.id = $1`, [id]);
    const [, repaired, later] = await revisionsOf(id);
    expect(repaired).toMatchObject({ actor: 'a repair', reason: 'a typo', request_id: 'r-1' });
    expect(later).toMatchObject({ actor: expect.stringMatching(/^sql:/), reason: null });
  });

  it('that changes nothing writes no revision and keeps the version and the time', async () => {
    const before = await rowOf('factions', id);
    await sql.query('UPDATE factions SET name = name, updated_at = now() WHERE factions.id = $1', [
      id,
    ]);
    expect(await rowOf('factions', id)).toEqual(before);
    expect(await revisionsOf(id)).toHaveLength(1);
  });

  it('cannot forge the id, the version or the time of recording', async () => {
    const before = await rowOf('factions', id);
    await sql.query(
      `UPDATE factions SET id = uuid_v7(), version = 99, created_at = '2001-01-01', updated_at = '2001-01-01', summary = 'forged'
       WHERE factions.id = $1`,
      [id],
    );
    const after = await rowOf('factions', id);
    expect(after).toEqual({
      ...before,
      summary: 'forged',
      version: 2,
      updated_at: after['updated_at'],
    });
    expect(after['updated_at']).not.toBe(before['updated_at']);
    const { rows } = await sql.query<{ id: string }>(
      `INSERT INTO factions (slug, name, classification, version, retracted_at, created_at, updated_at)
       VALUES ('forged', 'Forged', 'party', 7, now(), '2001-01-01', '2001-01-01') RETURNING factions.id`,
    );
    const made = await rowOf('factions', String(rows[0]?.id));
    expect(made).toMatchObject({ version: 1, retracted_at: null });
    expect(String(made['created_at'])).not.toMatch(/^2001/);
    expect(made['updated_at']).toBe(made['created_at']);
  });

  it('that fails leaves no revision, nor does one that is taken back', async () => {
    const before = await countRevisions();
    const failing = `WITH changed AS (UPDATE factions SET name = 'PSP' WHERE factions.id = $1 RETURNING 1) SELECT 1 / 0 FROM changed`;
    await expect(sql.query(failing, [id])).rejects.toThrow('division by zero');
    await sql.query('BEGIN');
    await sql.query(`UPDATE factions SET name = 'PSP' WHERE factions.id = $1`, [id]);
    expect(await countRevisions()).toBe(before + 1);
    await sql.query('ROLLBACK');
    expect(await countRevisions()).toBe(before);
    expect(await rowOf('factions', id)).toMatchObject({ version: 1, name: 'Pak Sarzameen Party' });
  });

  it('is refused when it would lose something: a delete or a truncate of records', async () => {
    const before = await countRevisions();
    for (const type of RECORD_TYPES) {
      const table = tableOf(type);
      await expect(sql.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('keeps what it holds');
    }
    await expect(sql.query('DELETE FROM factions WHERE factions.id = $1', [id])).rejects.toThrow(
      'factions keeps what it holds: DELETE refused',
    );
    expect(await countRevisions()).toBe(before);
  });

  it('of the ledger itself is refused', async () => {
    const before = await revisionsOf(id);
    const forgeries = [
      `UPDATE revisions SET actor = 'nobody'`,
      `UPDATE revisions SET after = '{}'`,
      'DELETE FROM revisions',
      'TRUNCATE revisions CASCADE',
    ];
    for (const forgery of forgeries)
      await expect(sql.query(forgery)).rejects.toThrow('revisions keeps what it holds');
    expect(await revisionsOf(id)).toEqual(before);
  });

  it('says of a retraction and of its end what they are', async () => {
    await sql.query('UPDATE factions SET retracted_at = now() WHERE factions.id = $1', [id]);
    expect(await accord.get(`/v1/factions/${id}`)).toMatchObject({ status: 410 });
    await sql.query('UPDATE factions SET retracted_at = NULL WHERE factions.id = $1', [id]);
    expect(await accord.get(`/v1/factions/${id}`)).toMatchObject({ status: 200 });
    const operations = (await revisionsOf(id)).map(({ operation }) => operation);
    expect(operations).toEqual(['create', 'retract', 'restore']);
  });
});

describe('every record table', () => {
  it('has its triggers: on each row and on the statements that would lose one', async () => {
    const { rows } = await sql.query<{ trigger: string; on: string }>(
      `SELECT trigger.tgname || ' ' || pg_get_triggerdef(trigger.oid) AS trigger, class.relname AS on
       FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
       WHERE NOT trigger.tgisinternal AND trigger.tgenabled = 'O'`,
    );
    const found = RECORD_TYPES.map((type) => {
      const own = rows.filter(({ on }) => on === tableOf(type)).map(({ trigger }) => trigger);
      const has = (pattern: RegExp): boolean => own.filter((one) => pattern.test(one)).length === 1;
      return [
        type,
        has(
          /^a_keep_record .* BEFORE INSERT OR UPDATE ON .* FOR EACH ROW EXECUTE FUNCTION keep_record/,
        ),
        has(
          /^z_write_revision .* AFTER INSERT OR UPDATE ON .* FOR EACH ROW EXECUTE FUNCTION write_rev/,
        ),
        has(/ BEFORE DELETE ON .* FOR EACH ROW EXECUTE FUNCTION refuse_removal/),
        has(/ BEFORE TRUNCATE ON .* FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal/),
      ];
    });
    expect(found).toEqual(RECORD_TYPES.map((type) => [type, true, true, true, true]));
    expect(RECORD_TYPES).toHaveLength(18);
  });

  it('is one of those with a version: nothing that is recorded escapes the ledger', async () => {
    const { rows } = await sql.query<{ name: string }>(
      `SELECT column_of.table_name AS name FROM information_schema.columns AS column_of
       WHERE column_of.table_schema = 'public' AND column_of.column_name = 'retracted_at' ORDER BY name`,
    );
    expect(rows.map(({ name }) => name)).toEqual(RECORD_TYPES.map(tableOf).toSorted());
  });

  it.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
    'writes one revision for one change of one row: %s',
    async (type, specimen) => {
      const table = tableOf(type);
      const { path, full } = await specimen.prepare(accord);
      const { id } = await accord.record(path, full);
      const before = await countRevisions();
      // What a service would never do in one row's stead: the row is set to itself, then one thing in it is changed.
      await sql.query(`UPDATE ${table} SET version = version WHERE id = $1`, [id]);
      expect(await countRevisions()).toBe(before);
      await sql.query(`UPDATE ${table} SET retracted_at = now() WHERE id = $1`, [id]);
      expect(await countRevisions()).toBe(before + 1);
      const [made, retracted] = await revisionsOf(id);
      expect(made).toMatchObject({ version: 1, operation: 'create', before: null });
      expect(retracted).toMatchObject({
        version: 2,
        operation: 'retract',
        before: made?.after,
        after: await rowOf(table, id),
      });
      await expect(sql.query(`DELETE FROM ${table} WHERE id = $1`, [id])).rejects.toThrow(
        'refused',
      );
    },
  );
});

describe('the history of a record', () => {
  /** An edit: of one field or two, to one of few values, so that some change nothing. */
  const edit = fc.record(
    {
      name: fc.constantFrom('Farooq Sattar', 'Dr Farooq Sattar', 'فاروق ستار'),
      summary: fc.constantFrom(null, '', 'of Karachi'),
      birth_date: fc.constantFrom(null, '1959', '1959-04'),
      other_names: fc.constantFrom('[]', '[{"name":"Sattar"}]'),
      retracted_at: fc.constantFrom(null, '2023-01-01T00:00Z'),
    },
    { requiredKeys: [] },
  );

  it('has exactly n revisions at version n, each beginning where the one before it ended', async () => {
    const { id } = await buildPerson(accord);
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        for (const changes of edits) {
          const names = Object.keys(changes);
          if (names.length === 0) continue;
          const assignments = names.map((name, at) => `${name} = $${String(at + 2)}`);
          await sql.query(`UPDATE people SET ${assignments.join(', ')} WHERE people.id = $1`, [
            id,
            ...Object.values(changes),
          ]);
        }
        const row = await rowOf('people', id);
        const revisions = await revisionsOf(id);
        expect(revisions.map(({ version }) => version)).toEqual(
          Array.from({ length: Number(row['version']) }, (_, at) => at + 1),
        );
        expect(revisions.at(-1)?.after).toEqual(row);
        revisions.forEach(({ before, after, version }, at) => {
          expect(before).toEqual(revisions[at - 1]?.after ?? null);
          expect(after['version']).toBe(version);
          expect({ ...after, version: 0, updated_at: 0 }).not.toEqual({
            ...before,
            version: 0,
            updated_at: 0,
          });
        });
      }),
      { numRuns: 25 },
    );
  });

  it('keeps its order when several write at once: no version is missed or given twice', async () => {
    const { id } = await buildPerson(accord);
    const clients = Array.from(
      { length: 4 },
      () => new pg.Client({ connectionString: accord.databaseUrl }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(
      clients.map(async (client, who) => {
        for (let at = 0; at < 5; at += 1)
          await client.query('UPDATE people SET summary = $2 WHERE people.id = $1', [
            id,
            `${String(who)} ${String(at)}`,
          ]);
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    const revisions = await revisionsOf(id);
    expect(revisions.map(({ version }) => version)).toEqual(
      Array.from({ length: 21 }, (_, at) => at + 1),
    );
    revisions.slice(1).forEach(({ before }, at) => {
      expect(before).toEqual(revisions[at]?.after);
    });
  });

  it('holds what a refused request would have changed no more than the record does', async () => {
    const { id } = await buildFaction(accord);
    const before = await countRevisions();
    const cyclic = await accord.patch(`/v1/factions/${id}`, { name: 'changed', parentId: id });
    expect(cyclic).toMatchObject({ status: 422, body: { code: 'cycle' } });
    const half = await accord.post('/v1/factions', { name: 'x', classification: 'no such' });
    expect(half.status).toBe(400);
    expect(await countRevisions()).toBe(before);
    expect(await rowOf('factions', id)).toMatchObject({ version: 1 });
  });

  it('names the key that wrote, the request and the reason', async () => {
    const { body } = await accord.send(
      'POST',
      '/v1/people',
      { body: { name: 'Anis Kaimkhani' }, headers: { 'x-reason': 'named in the report' } },
      'editor',
    );
    const [written] = await revisionsOf(String(body.id));
    const { rows } = await sql.query<{ id: string }>(
      `SELECT key.id::text AS id FROM keys AS key WHERE key.name = 'the editor'`,
    );
    expect(written).toMatchObject({
      actor: 'the editor',
      key_id: rows[0]?.id,
      reason: 'named in the report',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});
