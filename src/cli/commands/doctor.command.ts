import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { answered, Refusal, unreachable } from '../../client/answers.js';
import { type Check, checked, skipped } from '../doctor/check.js';
import { checkLedgerInDatabase, checkSchema } from '../doctor/database.db.js';
import { checkLedgerOverApi } from '../doctor/ledger.js';
import { EXIT, type Exit } from '../exit.js';
import { plain, styled } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

/** Whether all is well. */
export function addDoctor(program: Command, ending: Ending): void {
  does(
    program
      .command('doctor')
      .description('whether the service is there, and its ledger agrees with its tables')
      .option('--quick', 'without the ledger, which is read whole'),
    ending,
    examine,
  );
}

async function examine(session: Session, { quick }: { readonly quick?: true }): Promise<Exit> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const checks: Check[] = [];
  const add = async (checking: Promise<Check>): Promise<void> => {
    checks.push(await checking);
  };
  await add(checkHealth(session, '/livez', 'alive'));
  await add(checkHealth(session, '/readyz', 'ready'));
  await add(checkContract(session));
  await add(checkKey(session));
  await add(
    databaseUrl === ''
      ? Promise.resolve(
          skipped(
            'schema',
            'a service brings its database up to date when it starts; to look, set DATABASE_URL',
          ),
        )
      : checkSchema(databaseUrl),
  );
  await add(
    quick === true
      ? Promise.resolve(skipped('ledger', 'was not asked for'))
      : checkLedger(session, databaseUrl),
  );
  session.output.give({ url: session.url, checks }, () => checks.flatMap(linesOf));
  return checks.some(({ outcome }) => outcome === 'found') ? EXIT.found : EXIT.ok;
}

/** @throws Unreachable when nobody answers */
async function checkHealth(
  { client }: Session,
  path: '/livez' | '/readyz',
  name: string,
): Promise<Check> {
  try {
    await answered(client.GET(path));
    return checked(name, `GET ${path}`, []);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return checked(name, `GET ${path}`, [error.message]);
  }
}

/** Whether the service serves what this command line was made for. */
async function checkContract({ url }: Session): Promise<Check> {
  const file = ourContract();
  if (file === undefined) return skipped('contract', 'openapi.json is not here to compare with');
  const response = await fetch(`${url.replace(/\/+$/, '')}/v1/openapi.json`).catch(
    (error: unknown) => {
      throw unreachable(error);
    },
  );
  if (!response.ok) {
    await response.body?.cancel();
    return checked('contract', 'the OpenAPI document that is served', [
      `the service answered ${String(response.status)}`,
    ]);
  }
  const served: unknown = await response.json().catch(() => null);
  return checked(
    'contract',
    'the OpenAPI document that is served against that of this command line',
    isDeepStrictEqual(served, JSON.parse(readFileSync(file, 'utf8')))
      ? []
      : ['they differ: the service is of another version, and some commands may not work'],
  );
}

function ourContract(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
  const file = join(folder, 'openapi.json');
  return existsSync(file) ? file : undefined;
}

async function checkKey({ client, hasKey }: Session): Promise<Check> {
  if (!hasKey) return skipped('key', 'there is none');
  try {
    await answered(client.GET('/v1'));
    return checked('key', 'the service takes it', []);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error;
    return checked('key', 'the service does not take it', [error.message]);
  }
}

async function checkLedger({ client, hasKey }: Session, databaseUrl: string): Promise<Check> {
  if (databaseUrl !== '') return checkLedgerInDatabase(databaseUrl);
  if (!hasKey)
    return skipped('ledger', 'what is held back would be missing: give a key, or DATABASE_URL');
  return checkLedgerOverApi(client).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 401)
      return skipped('ledger', 'the key is not taken');
    throw error;
  });
}

function linesOf({ name, outcome, detail, findings }: Check): readonly string[] {
  const words = { ok: styled('green', 'ok   '), found: styled('red', 'FOUND'), skipped: 'skip ' };
  return [
    `${words[outcome]}  ${name.padEnd(8)}  ${plain(detail)}`,
    ...findings.map((finding) => `       ${plain(finding)}`),
  ];
}
