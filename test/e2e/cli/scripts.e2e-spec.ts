/** What scripts rely on, whatever the command. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Ended, Running, runAccord } from '../../support/command.js';
import { buildPerson } from '../../support/factories.js';

let accord: TestApp;
let folder: string;
beforeAll(async () => {
  accord = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'accord-scripts-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await accord.stop();
});

describe('a command that makes no sense', () => {
  it.each([['--no-such-option'], ['no-such-command'], ['import'], ['keys', 'issue']])(
    'is told in one line of JSON, if JSON is asked for: %s',
    async (...args) => {
      const { code, stdout, stderr } = await runAccord([...args, '--json']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(JSON.parse(stderr)).toEqual({ error: { detail: expect.stringMatching(/^error: /) } });
    },
  );
});

describe('a file with a cursor', () => {
  it('is never half written, and one that is empty does not pass over what happened', async () => {
    await buildPerson(accord);
    const file = join(folder, 'cursor');
    const args = ['changes', '--url', accord.baseUrl, '--cursor-file', file];
    expect((await runAccord(args)).stdout).not.toBe('');
    expect((await readFile(file, 'utf8')).trim()).not.toBe('');
    expect(await readdir(folder)).toEqual(['cursor']);
    expect((await runAccord(args)).stdout).toBe('');
    await writeFile(file, '');
    const { code, stderr } = await runAccord(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no cursor in')]);
  });
});

describe('stdout', () => {
  const args = (): string[] => ['changes', '--url', accord.baseUrl];

  it('that nobody reads is no error, and what nobody has read is told again', async () => {
    await buildPerson(accord);
    const file = join(folder, 'unread');
    const asked = [...args(), '--cursor-file', file];
    // What reads has ended before there is anything to read.
    const ended = await Running.startRedirected('| true', asked).end();
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await runAccord(asked)).stdout).not.toBe('');
  });

  const linux = process.platform === 'linux' ? it : it.skip;
  linux('on a full disk is told in a line', async () => {
    await buildPerson(accord);
    const told = async (...more: string[]): Promise<Ended> =>
      Running.startRedirected('> /dev/full', [...args(), ...more]).end();
    const { code, stderr } = await told();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^ENOSPC.*\n$/)]);
    expect(JSON.parse((await told('--json')).stderr)).toEqual({
      error: { detail: expect.stringMatching(/^ENOSPC/) },
    });
  });
});

describe('the program that npm installs', () => {
  it('is found by its link, works in the folder where it is called, and ends as it should', async () => {
    const bin = fileURLToPath(new URL('../../../scripts/accord.mjs', import.meta.url));
    const link = join(folder, 'accord');
    await symlink(bin, link);
    const run = (...args: string[]): readonly [number | null, string] => {
      const { status, stdout } = spawnSync(process.execPath, [link, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ACCORD_URL: 'http://127.0.0.1:9' },
      });
      return [status, stdout];
    };
    expect(run('--help')).toEqual([0, expect.stringContaining('Usage: accord')]);
    expect(run('import', 'nothing.csv', '--resource', 'people')).toEqual([2, '']);
    expect(run('mergers')).toEqual([4, '']);
  });
});
