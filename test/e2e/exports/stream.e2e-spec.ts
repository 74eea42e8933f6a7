import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { ExportSettings } from '../../../src/features/exports/export.settings.js';
import { SERVER_LIMITS } from '../../../src/platform/http/server.limits.js';
import type { Transaction } from '../../../src/platform/prisma/transaction.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { exportedLines, rowsOf } from '../../support/exports.js';
import { buildPerson, buildSource } from '../../support/factories.js';
import { expectProblem } from '../../support/refusals.js';
import { openWire, requestText, type Wire } from '../../support/sockets.js';

/** Some 60 MB: more than the system takes for a client that does not read, which may be 36. */
const MANY = 3_000;

let accord: TestApp;
let settings: ExportSettings;
beforeAll(async () => {
  accord = await startTestApp();
  settings = accord.app.get(ExportSettings);
  const author = { name: 'a test', keyId: '', reason: null, requestId: null };
  const fill = (tx: Transaction): Promise<unknown> =>
    tx.query(
      `INSERT INTO people (name, slug, summary, extras)
       SELECT 'Person ' || number, 'person-' || number, repeat('Of Karachi. ', 400),
         jsonb_build_object('test', jsonb_build_object('text', repeat('x', 15000)))
       FROM generate_series(1, $1) AS number`,
      [MANY],
    );
  await accord.database.write(author, fill, { timeout: 120_000 });
});
afterAll(() => accord.stop());

/** Begins an export and reads no more than its head. */
async function pausedExport(query: string): Promise<Wire> {
  const wire = openWire(
    accord.baseUrl,
    requestText(`GET /v1/export?${query}`, { connection: 'close' }),
  );
  await once(wire.socket, 'data');
  wire.socket.pause();
  return wire;
}

/** The backends that exports have in their transactions, whether they fetch or wait to be taken from. */
async function backends(): Promise<readonly number[]> {
  const rows = await accord.database.read<{ pid: number }>(
    `SELECT activity.pid AS pid FROM pg_stat_activity AS activity
     WHERE activity.datname = current_database() AND activity.query ~ '^FETCH' AND activity.state <> 'idle'`,
    [],
  );
  return rows.map(({ pid }) => pid);
}

/** Asks until it is so; the test's own limit ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The body of an answer in chunks: the text, and whether the last chunk came. */
function bodyOf(received: string): { readonly text: string; readonly isWhole: boolean } {
  const body = received.slice(received.indexOf('\r\n\r\n') + 4);
  const text = body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '');
  return { text, isWhole: body.endsWith('0\r\n\r\n') };
}

describe('a large export', () => {
  it('is of one moment, however long it takes', async () => {
    const last = (await exportedLines(accord)).at(-1)?.id ?? '';
    const wire = await pausedExport('format=ndjson');
    const { id } = await buildPerson(accord, { name: 'Too late' });
    // Of a table that is not being read yet.
    const source = await buildSource(accord, { title: 'Too late as well' });
    await accord.patch(`/v1/people/${last}`, { name: 'Renamed', visibility: 'draft' });
    wire.socket.resume();
    const { text, isWhole } = bodyOf(await wire.received);
    const words = ['Too late', 'Renamed', last].map((word) => text.includes(word));
    expect([isWhole, ...words]).toEqual([true, false, false, true]);
    await accord.retract(`/v1/people/${id}`);
    await accord.retract(`/v1/sources/${source.id}`);
    await accord.patch(`/v1/people/${last}`, { visibility: 'public' });
  });

  it.each([
    ['format=popolo', '\n{"broken off', (text: string) => JSON.parse(text) as unknown],
    [
      'format=ndjson',
      '\n{"broken off',
      (text: string) => text.split('\n').map((line) => JSON.parse(line) as unknown),
    ],
    ['format=csv&resource=people', '\r\n"broken off', rowsOf],
  ])('%s that fails in the middle is taken by nobody for a whole one', async (query, end, read) => {
    const wire = await pausedExport(query);
    await until(() => backends().then((pids) => pids.length === 1));
    await accord.database.read('SELECT pg_terminate_backend($1, 5000)', await backends());
    wire.socket.resume();
    const { text, isWhole } = bodyOf(await wire.received);
    expect(isWhole).toBe(false);
    expect(text.trimEnd().endsWith(end)).toBe(true);
    expect(() => read(text)).toThrow();
    expect((await accord.get(`/v1/export?${query}`)).status).toBe(200);
  });

  it('frees its connection when the client goes away', async () => {
    const wire = await pausedExport('format=ndjson');
    await until(() => backends().then((pids) => pids.length === 1));
    wire.socket.destroy();
    await until(() => backends().then((pids) => pids.length === 0));
  });

  it('is cut off when it takes too long', async () => {
    settings.longest = 300;
    const wire = await pausedExport('format=ndjson');
    await until(() => backends().then((pids) => pids.length === 0));
    settings.longest = 60_000;
    wire.socket.resume();
    expect(bodyOf(await wire.received).isWhole).toBe(false);
  });

  it('is cut off when nothing of it is taken', async () => {
    const server = accord.app.getHttpServer();
    server.setTimeout(200);
    const wire = await pausedExport('format=ndjson');
    await until(() => backends().then((pids) => pids.length === 0));
    server.setTimeout(SERVER_LIMITS.silence);
    wire.socket.resume();
    expect(bodyOf(await wire.received).isWhole).toBe(false);
  });

  it('waits for its turn, and is refused when that does not come', async () => {
    settings.mostOfReaders = 1;
    settings.patience = 0;
    const wire = await pausedExport('format=ndjson');
    const refused = await accord.get('/v1/export?format=ndjson');
    expectProblem(refused, [503, 'too_many_exports']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await accord.send('HEAD', '/v1/export?format=ndjson')).status).toBe(200);
    // A key has a place that readers have not.
    expect(await exportedLines(accord, '', 'editor')).toHaveLength(MANY);
    settings.patience = 20_000;
    const waiting = exportedLines(accord);
    wire.socket.destroy();
    expect(await waiting).toHaveLength(MANY);
    settings.mostOfReaders = 3;
  });
});
