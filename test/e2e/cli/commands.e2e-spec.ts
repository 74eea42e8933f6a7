import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { ADMIN_KEY, startTestApp, type TestApp } from '../../support/app.js';
import { type Ended, runAccord } from '../../support/command.js';
import { buildPerson } from '../../support/factories.js';

const NOBODY_LISTENS = 'http://127.0.0.1:9';

let accord: TestApp;
let folder: string;
beforeAll(async () => {
  accord = await startTestApp();
  await tellFoundingStory(accord.app.get(RecordsService));
  folder = await mkdtemp(join(tmpdir(), 'accord-command-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await accord.stop();
});

function run(args: readonly string[], key?: string): Promise<Ended> {
  const env = { ACCORD_URL: accord.baseUrl, ...(key !== undefined && { ACCORD_KEY: key }) };
  return runAccord(args, { env, cwd: folder });
}

const json = (text: string): any => JSON.parse(text);

describe('accord status', () => {
  it('draws the board of a merger', async () => {
    const { code, stdout, stderr } = await run(['status', 'mqm-unification']);
    const { body } = await accord.get('/v1/mergers/mqm-unification/status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`${String(body.merger.title)}  mqm-unification`);
    expect(stdout).toContain(`phase      ${String(body.phase.name)}`);
    expect(stdout).toMatch(
      new RegExp(`progress   [█░]{30} ${String(body.progress.percent.toFixed(1))} %`),
    );
    for (const { name, stance } of body.participants) {
      expect(stdout).toMatch(new RegExp(`^  ${String(name)} .*${String(stance)}`, 'm'));
    }
    for (const { text } of body.needs) expect(stdout).toContain(text);
  });

  it('tells of every open merger in a line', async () => {
    const { code, stdout } = await run(['status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^merger +phase +flags +progress +announcement +needs$/m);
    expect(stdout).toMatch(/^mqm-unification +\w+/m);
  });

  it('gives a script what the service answers', async () => {
    const asked = ['status', 'mqm-unification', '--as-of', '2022-12-28', '--json'];
    const { body } = await accord.get('/v1/mergers/mqm-unification/status?asOf=2022-12-28');
    expect(json((await run(asked)).stdout)).toEqual(body);
  });

  it('prints nothing that would steer the terminal', async () => {
    const steering = String.fromCharCode(0x202e, 0x2067);
    const title = `One${steering}Two`;
    const merger = await accord.record('/v1/mergers', { title, slug: 'steering' });
    const { stdout } = await run(['status', merger.slug]);
    expect(stdout).toContain('One Two');
    expect(stdout).not.toContain(steering);
  });
});

describe('accord mergers', () => {
  it('lists them, and finds them by a name', async () => {
    expect((await run(['mergers'])).stdout).toMatch(/^mqm-unification +/m);
    const found = await run(['mergers', '--query', 'unification', '--json']);
    expect(json(found.stdout).map(({ slug }: { slug: string }) => slug)).toContain(
      'mqm-unification',
    );
    expect((await run(['mergers', '--query', 'zzzzzz', '--json'])).stdout).toBe('[]\n');
  });
});

describe('accord keys', () => {
  it('makes a key that works, lists it, and revokes it', async () => {
    const made = await run(['keys', 'issue', 'news desk', '--role', 'editor'], ADMIN_KEY);
    expect(made.code).toBe(0);
    const key = made.stdout.trim();
    expect(key).toMatch(/^accord_\S+$/);

    const listed = await run(['keys', 'list', '--json'], ADMIN_KEY);
    const { id } = json(listed.stdout).find(({ name }: { name: string }) => name === 'news desk');
    expect(listed.stdout).not.toContain(key);

    expect((await run(['keys', 'list'], key)).code).toBe(3);
    expect((await run(['keys', 'revoke', id], ADMIN_KEY)).stdout).toBe(
      `${String(id)} is revoked\n`,
    );
    const refused = await run(['status'], key);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toMatch(/\(401 unauthorized\)$/m);
  });

  it('writes a key into a file that only its owner reads, and into none that is there', async () => {
    const file = join(folder, 'desk.key');
    const made = await run(['keys', 'issue', 'desk', '--to', file, '--json'], ADMIN_KEY);
    const key = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(made.stdout).not.toContain(key);
    expect((await run(['changes', '--key-file', file])).code).toBe(0);

    const { body: before } = await accord.send('GET', '/v1/keys', {}, 'admin');
    expect((await run(['keys', 'issue', 'desk', '--to', file], ADMIN_KEY)).code).toBe(1);
    const { body: after } = await accord.send('GET', '/v1/keys', {}, 'admin');
    expect(after).toEqual(before);
  });
});

describe('accord changes', () => {
  it('tells the whole feed, and goes on where a file says', async () => {
    const { body: first } = await accord.get('/v1/changes?limit=1');
    const { stdout } = await run(['changes', '--json', '--cursor-file', 'cursor']);
    const lines = stdout.trim().split('\n').map(json);
    expect(lines[0]).toEqual(first.data[0]);
    expect(lines.length).toBeGreaterThan(100);

    const person = await buildPerson(accord, { name: 'After All' });
    const rest = await run(['changes', '--cursor-file', 'cursor']);
    expect(rest.stdout).toMatch(new RegExp(`^\\S+Z  create     people ${person.id} v1\\n$`));
    expect((await run(['changes', '--cursor-file', 'cursor'])).stdout).toBe('');
  });

  it('tells key holders who did it and why, and of one merger only when asked', async () => {
    const merger = await accord.record('/v1/mergers', { title: 'Another one' });
    const asked = ['changes', '--merger', merger.slug, '--json'];
    const lines = (await run(asked, accord.editorKey)).stdout.trim().split('\n').map(json);
    expect(new Set(lines.map(({ mergerId }) => mergerId))).toEqual(new Set([merger.id]));
    expect(lines[0].actor).toEqual(expect.any(String));
    expect((await run(['changes', '--merger', 'no-such-merger'])).code).toBe(3);
  });
});

describe('what is wrong', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['conquer']],
    ['an unknown option', ['mergers', '--sideways']],
    ['a missing argument', ['keys', 'revoke']],
    ['a role that is none', ['keys', 'issue', 'x', '--role', 'king']],
    ['an address that is none', ['mergers', '--url', 'accord']],
    ['an address with a password', ['mergers', '--url', 'http://a:secret@accord.example']],
    ['a key file that is not there', ['mergers', '--key-file', 'nowhere']],
    ['a file that is not there', ['import', 'nowhere.csv', '--resource', 'people']],
    ['a file of an unknown kind', ['import', 'cursor.txt']],
    ['csv of nothing in particular', ['export', '--format', 'csv']],
  ])('ends with 2 on %s', async (_, args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/secret|\bat .*\.ts:/);
  });

  it('ends with 3 on what the service refuses, and says why', async () => {
    const { code, stdout, stderr } = await run(['status', 'nobody-knows']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/\(404 not_found\)$/m);
    for (const none of ['', '..']) expect((await run(['status', none])).stderr).toBe(stderr);
    const inJson = await run(['status', 'nobody-knows', '--json']);
    expect(json(inJson.stderr).error).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('ends with 4 where nobody answers', async () => {
    for (const args of [['status'], ['changes', '--follow'], ['doctor'], ['status', '--watch']]) {
      const { code, stderr } = await run([...args, '--url', NOBODY_LISTENS]);
      expect([args, code]).toEqual([args, 4]);
      expect(stderr).toMatch(/ECONNREFUSED|bad port/);
    }
  });

  it('never prints a key, not even one that no header takes', async () => {
    for (const key of ['accord_wrong-but-well-made', 'two words', 'übel']) {
      const { code, stdout, stderr } = await run(['keys', 'list', '--json'], key);
      expect(code).toBe(key.startsWith('accord') ? 3 : 2);
      expect(stdout + stderr).not.toContain(key);
    }
  });
});

describe('the folder ~/.config/accord', () => {
  it('says whom to ask and as whom, and its key goes nowhere else', async () => {
    const config = join(folder, 'config');
    await mkdir(join(config, 'accord'), { recursive: true });
    await writeFile(join(config, 'accord', 'url'), `${accord.baseUrl}\n`);
    await writeFile(join(config, 'accord', 'key'), `${ADMIN_KEY}\n`, { mode: 0o600 });
    const env = { XDG_CONFIG_HOME: config };
    expect((await runAccord(['keys', 'list'], { env })).code).toBe(0);
    const elsewhere = accord.baseUrl.replace('127.0.0.1', 'localhost');
    const { code, stderr } = await runAccord(['keys', 'list', '--url', elsewhere], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/\(401 unauthorized\)/)]);
  });
});
