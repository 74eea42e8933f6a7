/** What goes on until it is told to stop, also when the connection is lost meanwhile. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Running } from '../../support/command.js';
import { buildMerger, buildPerson } from '../../support/factories.js';
import { Proxy } from '../../support/proxy.js';

let accord: TestApp;
let proxy: Proxy;
let running: Running;
beforeAll(async () => {
  accord = await startTestApp();
  proxy = await Proxy.before(accord.baseUrl);
});
afterEach(() => running.interrupt());
afterAll(async () => {
  await proxy.close();
  await accord.stop();
});

const start = (...args: string[]): Running =>
  Running.start([...args, '--url', proxy.url.replace(/\/$/, '')]);

async function loseConnectionWhile(work: () => Promise<unknown>): Promise<void> {
  await proxy.refuse();
  await running.until(/The connection is lost/);
  await work();
  await proxy.acceptAgain();
}

describe('accord changes --follow', () => {
  it('tells each change once, those too that happened while the connection was lost', async () => {
    running = start('changes', '--follow', '--json');
    await running.until(/Following/);
    const [first, meanwhile, last] = [
      await buildPerson(accord, { name: 'The first' }),
      { id: '' },
      { id: '' },
    ];
    await running.until(new RegExp(first.id));
    await loseConnectionWhile(async () => {
      meanwhile.id = (await buildPerson(accord, { name: 'Meanwhile' })).id;
    });
    await running.until(new RegExp(meanwhile.id));
    last.id = (await buildPerson(accord, { name: 'The last' })).id;
    await running.until(new RegExp(last.id));
    const told = running.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.map(({ recordId }) => recordId)).toEqual([first.id, meanwhile.id, last.id]);
    expect(told.map(({ cursor }) => typeof cursor)).toEqual(['string', 'string', 'string']);
  });
});

describe('accord changes --follow --after latest', () => {
  it('begins now, and keeps where that was', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'accord-following-'));
    try {
      const file = join(folder, 'cursor');
      running = start('changes', '--follow', '--after', 'latest', '--cursor-file', file);
      await running.until(/Following/);
      const { body } = await accord.get('/v1/changes?after=latest');
      expect(await readFile(file, 'utf8')).toBe(`${String(body.page.next)}\n`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('accord status --watch', () => {
  it('draws again what has changed, and what had changed while the connection was lost', async () => {
    const merger = await buildMerger(accord, { title: 'As it began', slug: 'watched' });
    const rename = (title: string): Promise<unknown> =>
      accord.patch(`/v1/mergers/${merger.id}`, { title });
    running = start('status', 'watched', '--watch');
    await running.until(/As it began/);
    await rename('As it went on');
    await running.until(/As it went on/);
    await loseConnectionWhile(() => rename('As it was meanwhile'));
    await running.until(/As it was meanwhile/);
    expect(running.stdout.match(/As it \w+/g)).toEqual(['As it began', 'As it went', 'As it was']);
  });

  it('prints a line for a script each time, and nothing in between', async () => {
    const merger = await buildMerger(accord, { title: 'One', slug: 'scripted' });
    running = start('status', 'scripted', '--watch', '--json');
    await running.until(/"One"/);
    await buildPerson(accord, { name: 'Somebody else' });
    await accord.patch(`/v1/mergers/${merger.id}`, { title: 'Two' });
    await running.until(/"Two"/);
    const lines = running.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((status) => status.merger.title)).toEqual(['One', 'Two']);
  });

  it('ends with 3 when there is no such merger, or none any more', async () => {
    running = start('status', 'nobody-knows', '--watch');
    expect(await running.end()).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/\(404 not_found\)$/m),
    });
    const merger = await buildMerger(accord, { title: 'Soon gone', slug: 'gone' });
    running = start('status', 'gone', '--watch');
    await running.until(/Soon gone/);
    await accord.retract(`/v1/mergers/${merger.id}`);
    const { code, stderr } = await running.end();
    expect([code, stderr]).toEqual([3, expect.stringMatching(/\(4\d\d \w+\)\n$/)]);
  });
});
