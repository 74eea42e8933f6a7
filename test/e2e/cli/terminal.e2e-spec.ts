/** What is for eyes: on a terminal, and nowhere else. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Ended, runAccord, runOnTerminal } from '../../support/command.js';
import { buildMerger } from '../../support/factories.js';
import { ndjson } from '../../support/importing.js';

// Of util-linux; that of others takes other arguments.
const hasTerminal = spawnSync('script --version', { shell: true }).stdout.includes('util-linux');
const onTerminal = hasTerminal ? it : it.skip;

const ESCAPE = '\u001b';

let accord: TestApp;
let folder: string;
beforeAll(async () => {
  accord = await startTestApp();
  folder = await mkdtemp(join(tmpdir(), 'accord-terminal-'));
  const lines = Array.from({ length: 500 }, (_, at) => ({
    recordType: 'people',
    name: `Person ${String(at)}`,
  }));
  await writeFile(join(folder, 'people.ndjson'), ndjson(lines));
  await buildMerger(accord, { slug: 'drawn' });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await accord.stop();
});

const setting = (env: Readonly<Record<string, string>> = {}): Parameters<typeof runAccord>[1] => ({
  env: { ACCORD_URL: accord.baseUrl, ACCORD_KEY: accord.editorKey, TERM: 'xterm', ...env },
  cwd: folder,
});

const onScreen = (args: readonly string[], env = {}): Promise<Ended> =>
  runOnTerminal(args, setting(env));

describe('on a terminal', () => {
  onTerminal('an import has a bar for what is sent and one for what is applied', async () => {
    const { code, stdout } = await onScreen([
      'import',
      'people.ndjson',
      '--dry-run',
      '--rows',
      '0',
    ]);
    const shown = stripVTControlCharacters(stdout);
    expect(code).toBe(0);
    expect(shown).toMatch(/send [█░]+ 0\.0\/0\.0 MB/);
    expect(shown).toMatch(/apply [█░]+ \d+\/500 rows/);
    // The line is cleared before it is told what came of it.
    const afterBars = stdout.slice(Math.max(stdout.lastIndexOf('█'), stdout.lastIndexOf('░')));
    expect(afterBars).toContain(`${ESCAPE}[0K`);
    expect(shown).toMatch(/import \S+ dry run, nothing changed: create 500, .*\s*$/);
  });

  onTerminal('an export into a file says how much has come', async () => {
    const { code, stdout } = await onScreen(['export', 'all.json']);
    expect(code).toBe(0);
    expect(stripVTControlCharacters(stdout)).toMatch(/export \d+\.\d MB/);
    expect(JSON.parse(await readFile(join(folder, 'all.json'), 'utf8'))).toHaveProperty('persons');
  });

  onTerminal('a board has colours, but where nobody wants them', async () => {
    expect((await onScreen(['status', 'drawn'])).stdout).toContain(`${ESCAPE}[`);
    expect((await onScreen(['status', 'drawn'], { NO_COLOR: '1' })).stdout).not.toContain(ESCAPE);
  });

  onTerminal('a script still reads JSON on stdout', async () => {
    const { stdout } = await onScreen(['status', 'drawn', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ merger: { slug: 'drawn' } });
  });
});

it('without a terminal there is neither bar nor colour', async () => {
  for (const args of [['import', 'people.ndjson', '--dry-run'], ['export'], ['status', 'drawn']]) {
    const { code, stdout, stderr } = await runAccord(args, setting());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain(ESCAPE);
  }
});
