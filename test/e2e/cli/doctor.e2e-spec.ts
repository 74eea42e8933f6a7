import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Ended, runAccord } from '../../support/command.js';
import { buildPerson } from '../../support/factories.js';

interface Check {
  readonly name: string;
  readonly outcome: string;
  readonly findings: readonly string[];
}

let accord: TestApp;
let sql: pg.Client;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
  sql = new pg.Client({ connectionString: accord.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await accord.stop();
});

function examine(env: Readonly<Record<string, string>>): Promise<Ended> {
  return runAccord(['doctor', '--json', '--url', accord.baseUrl], { env });
}

async function checksOf(env: Readonly<Record<string, string>>): Promise<Record<string, Check>> {
  const { stdout } = await examine(env);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

/**
 * Changes rows past the ledger, as only somebody does who switches the triggers off, and puts them back. The service learns of
 * changes by the ledger: another one has it look again.
 */
async function pastTheLedger(
  table: string,
  [change, undo]: readonly [string, string],
  look: () => Promise<void>,
): Promise<void> {
  const write = async (statement: string): Promise<void> => {
    await sql.query('BEGIN');
    await sql.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await sql.query(statement);
    await sql.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    await sql.query('COMMIT');
  };
  await write(change);
  await buildPerson(accord);
  try {
    await look();
  } finally {
    await write(undo);
  }
}

describe('accord doctor', () => {
  it('finds nothing where all is well, with a key or in the database', async () => {
    const asKeyHolder = { ACCORD_KEY: accord.editorKey };
    expect((await examine(asKeyHolder)).code).toBe(0);
    const [overApi, inDatabase] = [
      await checksOf(asKeyHolder),
      await checksOf({ ...asKeyHolder, DATABASE_URL: accord.databaseUrl }),
    ];
    const outcomes = (checks: Record<string, Check>): object =>
      Object.fromEntries(Object.values(checks).map(({ name, outcome }) => [name, outcome]));
    const well = { alive: 'ok', ready: 'ok', contract: 'ok', key: 'ok', ledger: 'ok' };
    expect(outcomes(overApi)).toEqual({ ...well, schema: 'skipped' });
    expect(outcomes(inDatabase)).toEqual({ ...well, schema: 'ok' });
  });

  it('says what it could not look at', async () => {
    const { key, schema, ledger } = await checksOf({});
    expect([key, schema, ledger].map((check) => check?.outcome)).toEqual(Array(3).fill('skipped'));
  });

  it('finds a key that does not hold', async () => {
    const { code, stdout } = await examine({ ACCORD_KEY: 'accord_not-one-of-ours' });
    expect(code).toBe(5);
    expect(stdout).toMatch(/"name":"key","outcome":"found"/);
  });

  it('finds a row that is not as the ledger says', async () => {
    const { rows } = await sql.query<{ id: string; name: string }>(
      'SELECT people.id, people.name FROM people ORDER BY people.id LIMIT 1',
    );
    const [{ id, name }] = rows as [{ id: string; name: string }];
    const renamed = (to: string): string =>
      `UPDATE people SET name = '${to}' WHERE people.id = '${id}'`;
    await pastTheLedger('people', [renamed('Somebody Else'), renamed(name)], async () => {
      const { code, stdout } = await examine({ DATABASE_URL: accord.databaseUrl });
      expect(code).toBe(5);
      expect(stdout).toContain(`people ${id}: differs from the ledger in name`);
      const { ledger } = await checksOf({ ACCORD_KEY: accord.editorKey });
      expect(ledger?.findings).toContain(`people/${id} differs from its last revision in name`);
    });
  });

  it('finds a version that the ledger does not know', async () => {
    const { rows } = await sql.query<{ id: string }>('SELECT motions.id FROM motions LIMIT 1');
    const id = rows[0]?.id ?? '';
    const at = (version: number): string =>
      `UPDATE motions SET version = ${String(version)} WHERE motions.id = '${id}'`;
    await pastTheLedger('motions', [at(7), at(1)], async () => {
      const { ledger: inDatabase } = await checksOf({ DATABASE_URL: accord.databaseUrl });
      expect(inDatabase?.findings).toContain(`motions ${id}: is at version 7, and the ledger at 1`);
      const { ledger } = await checksOf({ ACCORD_KEY: accord.editorKey });
      expect(ledger?.findings).toContain(
        `motions/${id} is live at version 7, and the feed tells of one live at version 1`,
      );
    });
  });

  it('finds what the feed does not tell', async () => {
    const take =
      'CREATE TABLE taken AS SELECT * FROM changes ORDER BY changes.position DESC LIMIT 1;';
    await pastTheLedger(
      'changes',
      [
        `${take} DELETE FROM changes WHERE changes.position = (SELECT taken.position FROM taken)`,
        'INSERT INTO changes SELECT * FROM taken; DROP TABLE taken',
      ],
      async () => {
        const { ledger } = await checksOf({ DATABASE_URL: accord.databaseUrl });
        expect(ledger?.findings).toEqual([
          'the feed does not tell 1 revisions, and none of them waits to be told',
        ]);
      },
    );
  });

  it('finds a migration that is not applied', async () => {
    const { rows } = await sql.query<{ name: string }>(
      'SELECT max(migration_name) AS name FROM _prisma_migrations',
    );
    const name = rows[0]?.name ?? '';
    const set = (column: string): string =>
      `UPDATE _prisma_migrations SET rolled_back_at = ${column} WHERE migration_name = '${name}'`;
    await sql.query(set('now()'));
    try {
      const { schema } = await checksOf({ DATABASE_URL: accord.databaseUrl });
      expect(schema?.findings).toEqual([`${name} is not applied`]);
    } finally {
      await sql.query(set('NULL'));
    }
  });

  it('finds a database of a later version', async () => {
    const later = '99990101000000_of_a_later_version';
    await sql.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ($1, $1, $1, now())`,
      [later],
    );
    try {
      const { schema } = await checksOf({ DATABASE_URL: accord.databaseUrl });
      expect([schema?.outcome, schema?.findings]).toEqual([
        'found',
        [`${later} is of a later version than this one`],
      ]);
    } finally {
      await sql.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [later]);
    }
  });

  it('tells of a database that is not there, and what else it found', async () => {
    const { code, stdout } = await runAccord(['doctor', '--json', '--url', accord.baseUrl], {
      env: { DATABASE_URL: 'postgresql://127.0.0.1:9/none' },
    });
    expect(code).toBe(5);
    const { checks } = JSON.parse(stdout) as {
      checks: { name: string; outcome: string; findings: string[] }[];
    };
    expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'alive ok',
      'ready ok',
      'contract ok',
      'key skipped',
      'schema found',
      'ledger found',
    ]);
    expect(checks.at(-1)?.findings).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('ends with 4 where the database is away', async () => {
    const { code } = await runAccord(['doctor', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(4);
  });
});
