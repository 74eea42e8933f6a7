/** Files into the service and out of it, by the command line. */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Ended, runAccord } from '../../support/command.js';
import { buildPerson, buildSource, NOBODY } from '../../support/factories.js';
import { ndjson, revisions } from '../../support/importing.js';

let accord: TestApp;
let folder: string;
beforeAll(async () => {
  accord = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'accord-files-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await accord.stop();
});

function run(args: readonly string[], input?: string, key = accord.editorKey): Promise<Ended> {
  const env = { ACCORD_URL: accord.baseUrl, ACCORD_KEY: key };
  return runAccord(args, { env, cwd: folder, ...(input !== undefined && { input }) });
}

const inFolder = (name: string): string => join(folder, name);

/** Runs a command that must succeed, and reads what it gives to scripts. */
async function given(...args: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await run([...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** The people who are found by a name. */
async function peopleCalled(name: string): Promise<readonly any[]> {
  const { body } = await accord.get(`/v1/people?q=${encodeURIComponent(name)}`);
  return body.data;
}

/** The titles of the sources that a person's record cites. */
async function citedBy(id: string): Promise<readonly string[]> {
  const { body } = await accord.get(`/v1/citations?recordId=${id}`);
  const titles: string[] = [];
  for (const { sourceId } of body.data)
    titles.push((await accord.get(`/v1/sources/${String(sourceId)}`)).body.title);
  return titles;
}

describe('accord import', () => {
  it('takes Popolo, says what came of it, and changes nothing when it is run again', async () => {
    const file = {
      persons: [
        { id: 'p1', name: 'Farooq Sattar', other_names: [{ name: 'فاروق ستار', lang: 'ur' }] },
        { id: 'p2', name: 'Nasreen Jalil' },
      ],
      organizations: [{ id: 'o1', name: 'MQM-P', classification: 'party' }],
      memberships: [{ person_id: 'p1', organization_id: 'o1', role: 'convener' }],
    };
    await writeFile(inFolder('house.json'), JSON.stringify(file));
    const asked = ['import', 'house.json', '--scheme', 'house'];
    const first = await run(asked);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(
      /^import [0-9a-f-]{36} done: create 4, update 0, unchanged 0, refused 0\n$/,
    );
    const [person] = await peopleCalled('Farooq Sattar');
    expect(person.identifiers).toEqual([{ scheme: 'house', identifier: 'p1' }]);
    expect(await citedBy(person.id)).toEqual(['house.json']);

    const before = await revisions(accord);
    expect((await run(asked)).stdout).toMatch(
      /done: create 0, update 0, unchanged 4, refused 0\n$/,
    );
    expect(await revisions(accord)).toBe(before);
  });

  it('takes lines, with the title of their source or without any', async () => {
    await writeFile(inFolder('a.ndjson'), ndjson([{ recordType: 'people', name: 'Ali Line' }]));
    const { import: done, rows } = await given('import', 'a.ndjson', '--title', 'The lines');
    expect([done.state, done.title, done.rows.create, rows]).toEqual(['done', 'The lines', 1, []]);
    const [told] = await peopleCalled('Ali Line');
    expect(await citedBy(told.id)).toEqual(['The lines']);

    await writeFile(inFolder('b.jsonl'), ndjson([{ recordType: 'people', name: 'Bano Line' }]));
    const { import: uncited } = await given('import', 'b.jsonl', '--no-cite');
    expect([uncited.title, uncited.sourceId]).toEqual(['b.jsonl', null]);
    const [untold] = await peopleCalled('Bano Line');
    expect(await citedBy(untold.id)).toEqual([]);
  });

  it('takes tables, packed ones too, for a source that is there', async () => {
    const { id, title } = await buildSource(accord, { title: 'The register' });
    const name = `${'x'.repeat(230)}.csv.gz`;
    await writeFile(inFolder(name), gzipSync('name,summary\nCemal Table,"of, commas"\n'));
    const asked = ['import', name, '--resource', 'people', '--source', id];
    const { import: done } = await given(...asked);
    expect(done).toMatchObject({ resource: 'people', sourceId: id, title: name.slice(0, 200) });
    const [person] = await peopleCalled('Cemal Table');
    expect(person.summary).toBe('of, commas');
    expect(await citedBy(person.id)).toEqual([title]);
  });

  it('takes stdin, which has no name: of two such files nothing is the same for its id', async () => {
    for (const name of ['Dua Pipe', 'Umar Whistle']) {
      const file = ndjson([{ recordType: 'people', id: '1', name }]);
      const { code, stdout } = await run(['import', '-', '--format', 'ndjson', '--json'], file);
      const { title, rows } = JSON.parse(stdout).import;
      expect([code, title, rows.create]).toEqual([0, 'An imported file (ndjson)', 1]);
      expect(await peopleCalled(name)).toHaveLength(1);
    }
  });

  it('tells of a dry run row by row, with who is near, and changes nothing', async () => {
    const near = await buildPerson(accord, { name: 'Khalid Maqbool Siddiqui' });
    const known = await buildPerson(accord, { name: 'Waseem Akhtar' });
    const lines = [
      { recordType: 'people', name: 'Khalid Maqbul Siddiqui' },
      { recordType: 'people', id: known.id, name: 'Wasim Akhtar', summary: 'A mayor' },
      { recordType: 'people', name: '' },
      { recordType: 'people', id: near.id, name: 'Khalid Maqbool Siddiqui' },
    ];
    await writeFile(inFolder('dry.ndjson'), ndjson(lines));
    const before = await revisions(accord);
    const { code, stdout, stderr } = await run(['import', 'dry.ndjson', '--dry-run']);
    expect([code, stderr]).toEqual([3, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^import \S+ dry run, nothing changed: create 1, update 1, unchanged 1, refused 1$/,
      ),
      '     3  refused  people',
      expect.stringMatching(/^ {8}validation_failed \/name: /),
      '     1  create   people',
      expect.stringMatching(
        new RegExp(String.raw`^ {8}near: Khalid Maqbool Siddiqui \(0\.\d\d\) ${near.id}$`),
      ),
      `     2  update   people ${known.id}: name, summary`,
      '',
    ]);
    expect(await revisions(accord)).toBe(before);
    const few = await run(['import', 'dry.ndjson', '--dry-run', '--rows', '1']);
    expect(few.stdout.trim().split('\n')).toHaveLength(3);
    const partly = await run(['import', 'dry.ndjson', '--dry-run', '--no-atomic', '--rows', '0']);
    expect([partly.code, partly.stdout.trim().split('\n')]).toEqual([6, [expect.any(String)]]);
  });

  it('refuses all for one bad row and says which, or keeps the good ones', async () => {
    const lines = [
      { recordType: 'people', name: 'Essa Good' },
      { recordType: 'people', name: 'Essa Bad', slug: 'No Slug' },
    ];
    await writeFile(inFolder('bad.ndjson'), ndjson(lines));
    const refused = await run(['import', 'bad.ndjson']);
    expect([refused.code, refused.stderr]).toEqual([3, '']);
    expect(refused.stdout).toMatch(
      /^import \S+ refused: .*\n +validation_failed: .*\n +2 {2}refused {2}people\n +validation_failed \/slug: .*\n$/,
    );
    expect(await peopleCalled('Essa')).toEqual([]);
    const partly = await run(['import', 'bad.ndjson', '--no-atomic', '--json']);
    expect([partly.code, JSON.parse(partly.stdout).rows]).toEqual([
      6,
      [expect.objectContaining({ line: 2, outcome: 'refused' })],
    ]);
    expect((await peopleCalled('Essa')).map(({ name }) => name)).toEqual(['Essa Good']);
  });

  it.each([
    ['a file that is damaged', ['c.ndjson'], /Line 2\b.* \(400 unreadable_file\)\n/i],
    ['a file that is packed by name only', ['c.ndjson.gz'], /\(400 unreadable_file\)\n/],
    ['a source that is not there', ['c.ndjson', '--source', NOBODY], /\(422 reference_not_found\)/],
    [
      'a source that is none',
      ['c.ndjson', '--source', 'x'],
      /\n {2}\?sourceId: sourceId must be an id\n/,
    ],
    ['a scheme that is none', ['c.ndjson', '--scheme', 'Ä'], /\n {2}\?scheme: /],
    ['a blank title', ['c.ndjson', '--title', ' '], /\n {2}\?title: /],
    [
      'a table of nothing',
      ['c.csv', '--resource', 'cabals'],
      /\n {2}\?resource: resource must be one of /,
    ],
  ])('says what the service refuses: %s', async (_, args, told) => {
    const before = await revisions(accord);
    const damaged = '{"recordType":"people","name":"Farah"}\n{"recordType":\n';
    for (const name of ['c.ndjson', 'c.ndjson.gz', 'c.csv'])
      await writeFile(inFolder(name), damaged);
    const { code, stdout, stderr } = await run(['import', ...args]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(told);
    expect(await revisions(accord)).toBe(before);
  });

  it.each([
    ['a folder', ['.', '--format', 'ndjson'], /^\. is a folder\.\n$/],
    ['what is not there', ['gone.json'], /^There is no file gone\.json\.\n$/],
    ['a source and none', ['c.ndjson', '--source', NOBODY, '--no-cite'], /cannot be used with/],
    ['a number of rows that is none', ['c.ndjson', '--rows', 'all'], /^--rows is a whole number/],
    ['a table of unsaid things', ['c.csv'], /^--resource goes with csv/],
  ])('ends with 2 and asks nothing on %s', async (_, args, told) => {
    const { code, stdout, stderr } = await run(['import', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(told);
  });

  it('says that somebody who may not import sent a large file', async () => {
    const file = ndjson(Array(40_000).fill({ recordType: 'people', name: 'x'.repeat(200) }));
    await writeFile(inFolder('large.ndjson'), file);
    const { code, stderr } = await run(['import', 'large.ndjson'], undefined, 'accord_nobody');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/\(401 unauthorized\)\n$/)]);
  });

  const linux = process.platform === 'linux' ? it : it.skip;
  linux('ends with 1 when the file cannot be read to its end', async () => {
    const { code, stderr } = await run(['import', '/proc/self/mem', '--format', 'ndjson']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^EIO/)]);
  });
});

describe('accord export', () => {
  it('gives on stdout what the service gives', async () => {
    const { stdout, code } = await run(['export']);
    const { body } = await accord.send('GET', '/v1/export?format=popolo', {}, 'editor');
    const { persons } = JSON.parse(stdout);
    expect([code, persons]).toEqual([0, body.persons]);
  });

  it('writes a file, in place of the one before', async () => {
    await writeFile(inFolder('all.ndjson'), 'as it was');
    const { stdout } = await run(['export', 'all.ndjson', '--format', 'ndjson']);
    const written = await readFile(inFolder('all.ndjson'));
    expect(stdout).toBe(`${String(written.length)} bytes are in all.ndjson\n`);
    const { import: again } = await given('import', 'all.ndjson', '--no-cite');
    const { total } = again.rows;
    expect(again.rows).toEqual({ total, create: 0, update: 0, unchanged: total, refused: 0 });
    expect(total).toBe(written.toString().trim().split('\n').length);
  });

  it('tells of a time and of an audience', async () => {
    const { createdAt } = await buildPerson(accord, { name: 'Gul Once' });
    await buildPerson(accord, { name: 'Gul Later' });
    await buildPerson(accord, { name: 'Gul Secret', visibility: 'draft' });
    const names = async (...args: string[]): Promise<readonly string[]> => {
      const { stdout } = await run(['export', '--format', 'csv', '--resource', 'people', ...args]);
      return ['Gul Once', 'Gul Later', 'Gul Secret'].filter((name) => stdout.includes(name));
    };
    expect(await names()).toEqual(['Gul Once', 'Gul Later', 'Gul Secret']);
    expect(await names('--public')).toEqual(['Gul Once', 'Gul Later']);
    expect(await names('--known-at', String(createdAt))).toEqual(['Gul Once']);
    const wrong = await run(['export', '--as-of', 'yesterday']);
    expect([wrong.code, wrong.stdout]).toEqual([3, '']);
    expect(wrong.stderr).toMatch(/\n {2}\?asOf: /);
  });

  it('lets those read a file who could before', async () => {
    await writeFile(inFolder('closed.json'), 'as it was', { mode: 0o600 });
    expect((await run(['export', 'closed.json'])).code).toBe(0);
    expect((await stat(inFolder('closed.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(inFolder('closed.json'), 'utf8')).toMatch(/^\{"persons"/);
  });

  const posix = process.platform === 'win32' ? it.skip : it;
  posix('writes into a pipe or a device, which stays there', async () => {
    spawnSync('mkfifo', [inFolder('pipe')]);
    // Open for both, so that nobody waits for the other.
    const pipe = await open(inFolder('pipe'), constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const { code, stdout } = await run([
        'export',
        'pipe',
        '--format',
        'csv',
        '--resource',
        'motions',
      ]);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/ bytes are in pipe\n$/)]);
      expect((await stat(inFolder('pipe'))).isFIFO()).toBe(true);
      const { buffer, bytesRead } = await pipe.read(Buffer.alloc(10_000), 0, 10_000);
      expect(buffer.subarray(0, bytesRead).toString()).toMatch(/^id,/);
    } finally {
      await pipe.close();
    }
  });

  it('asks for nothing that it would write over a folder', async () => {
    expect(await run(['export', '.'])).toEqual({
      code: 2,
      stdout: '',
      stderr: '. is a folder.\n',
    });
  });

  it('writes nothing where it cannot', async () => {
    const { code, stdout, stderr } = await run(['export', 'nowhere/all.json']);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^ENOENT/)]);
  });
});

describe('accord duplicates', () => {
  let ids: readonly string[];
  beforeAll(async () => {
    const names = ['Kamran Tessori', 'Kamran Tesori', 'Amir Khan', 'Ameer Khan'];
    const made: string[] = [];
    for (const name of names) made.push((await buildPerson(accord, { name })).id);
    ids = made;
  });

  const listed = async (...args: string[]): Promise<readonly (readonly string[])[]> =>
    (await given('duplicates', 'list', ...args)).map((pair: { ids: string[] }) => pair.ids);

  it('lists pairs with the reason, the likeliest first', async () => {
    const [one, other] = ids;
    const { stdout } = await run(['duplicates', 'list']);
    expect(stdout).toMatch(/^score +names +ids +reason\n/);
    expect(stdout).toMatch(
      new RegExp(
        `^0\\.\\d\\d +Kamran Tessori = Kamran Tesori +${String(one)} ${String(other)} +The consonants .*\\.$`,
        'm',
      ),
    );
    const { body } = await accord.send('GET', '/v1/duplicates?of=people', {}, 'editor');
    expect(await given('duplicates', 'list')).toEqual(body.data);
    expect(await listed('--limit', '1')).toEqual([body.data[0].ids]);
    expect(await listed('--of', 'factions')).toEqual([]);
  });

  it('merges two who are the same, with the reason', async () => {
    const [kept, duplicate] = [String(ids[1]), String(ids[0])];
    const asked = ['duplicates', 'same', duplicate, kept, '--keep', kept];
    expect((await run(asked)).code).toBe(2);
    const { code, stdout } = await run([...asked, '--reason', 'Одно лицо — وہی\nشخص']);
    expect([code, stdout]).toEqual([0, `${duplicate} and ${kept}: same\n`]);
    const { body } = await accord.send('GET', '/v1/merges', {}, 'editor');
    expect(body.data.at(-1)).toMatchObject({ keptId: kept, reason: 'Одно лицо — وہی شخص' });
    expect(await listed()).not.toContainEqual([duplicate, kept]);
    const again = await run([...asked, '--reason', 'once more']);
    expect([again.code, again.stdout]).toEqual([3, '']);
  });

  it('remembers that two are two', async () => {
    const pair = ids.slice(2);
    expect(await listed()).toContainEqual(pair);
    const { code, stdout } = await run(['duplicates', 'different', ...pair]);
    expect([code, stdout]).toEqual([0, `${pair.join(' and ')}: different\n`]);
    expect(await listed()).not.toContainEqual(pair);
  });

  it('keeps neither of others, and asks for a key', async () => {
    const asked = ['duplicates', 'same', String(ids[2]), String(ids[3]), '--reason', 'x'];
    const { code, stderr } = await run([...asked, '--keep', NOBODY]);
    expect([code, stderr]).toEqual([2, '--keep names one of the two.\n']);
    expect((await run(['duplicates', 'list'], undefined, 'accord_nobody')).code).toBe(3);
  });
});
