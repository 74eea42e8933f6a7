import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type About, Archive, readAbout, unpackData } from './archive.js';

const ABOUT: About = { format: 1, postgres: '18', password: 'a password', adminKey: null };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accord-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function packAndUnpack(
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Record<string, Buffer>> {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  await Promise.all([from, to].map((each) => rm(each, { recursive: true, force: true })));
  await Promise.all([from, to].map((each) => mkdir(each)));
  const archived = join(folder, 'archive');
  await Archive.write(archived, ABOUT, async (archive) => {
    archive.addFolder('data/empty');
    for (const [name, contents] of Object.entries(files)) {
      await writeFile(join(from, name), contents);
      await archive.addFile(`data/base/${name}`, join(from, name));
    }
  });
  expect(await readAbout(archived)).toEqual(ABOUT);
  await unpackData(archived, to);
  expect(await readdir(join(to, 'empty'))).toEqual([]);
  const unpacked: Record<string, Buffer> = {};
  for (const name of Object.keys(files)) unpacked[name] = await readFile(join(to, 'base', name));
  return unpacked;
}

describe('an archive', () => {
  it('gives back every file as it was, whatever its length', async () => {
    const contents = fc
      .tuple(fc.constantFrom(0, 1, 511, 512, 513, 8192, (1 << 20) + 7), fc.nat(255))
      .map(([length, byte]) => Buffer.alloc(length, byte));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z0-9_]{1,30}$/), contents, {
          maxKeys: 5,
          noNullPrototype: true,
        }),
        async (files) => {
          const unpacked = await packAndUnpack(files);
          // Byte by byte by themselves: Jest takes seconds for a megabyte.
          for (const [name, whole] of Object.entries(files)) {
            expect(unpacked[name]?.equals(whole)).toBe(true);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('passes over a file that is gone, and tells it', async () => {
    await Archive.write(join(folder, 'archive'), ABOUT, async (archive) => {
      expect(await archive.addFile('data/gone', join(folder, 'gone'))).toBe(false);
    });
  });

  it.each([
    'data/../outside',
    'data/base/../../outside',
    'data//../outside',
    'data//../../outside',
  ])('unpacks nothing at %s', async (name) => {
    await Archive.write(join(folder, 'archive'), ABOUT, (archive) => {
      archive.addText(name, 'planted');
      return Promise.resolve();
    });
    await mkdir(join(folder, 'to'));
    await expect(unpackData(join(folder, 'archive'), join(folder, 'to'))).rejects.toThrow(/names/);
    expect(await readdir(folder)).toEqual(['archive', 'to']);
  });

  it('tells of one that is cut off, wherever', async () => {
    const archived = join(folder, 'archive');
    await packAndUnpack({
      file: Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * at) % 251)),
    });
    const whole = await readFile(archived);
    for (let part = 1; part <= 10; part += 1) {
      await writeFile(archived, whole);
      await truncate(archived, Math.floor((whole.length * part) / 10) - 1);
      await expect(unpackData(archived, join(folder, 'to'))).rejects.toThrow(/cannot be read/);
    }
  });

  describe('of ten short files', () => {
    let archived: string;
    let whole: Buffer;
    beforeEach(async () => {
      archived = join(folder, 'archive');
      await Archive.write(archived, ABOUT, (archive) => {
        archive.addFolder('data/base');
        for (let at = 0; at < 10; at += 1)
          archive.addText(
            `data/base/${String(at)}`,
            `${'contents'.repeat(20 + at)}${String(at * 7.1)}`,
          );
        return Promise.resolve();
      });
      whole = await readFile(archived);
    });

    /** What is unpacked of some bytes; null when they are refused. */
    async function unpackedOf(bytes: Uint8Array): Promise<readonly string[] | null> {
      await writeFile(archived, bytes);
      const to = join(folder, 'to');
      await rm(to, { recursive: true, force: true });
      await mkdir(to);
      try {
        await readAbout(archived);
        await unpackData(archived, to);
      } catch (error) {
        expect((error as Error).message).toMatch(/cannot be read to its end|is no backup/);
        return null;
      }
      const names = (await readdir(join(to, 'base'))).toSorted();
      return Promise.all(names.map((name) => readFile(join(to, 'base', name), 'utf8')));
    }

    it('refuses one that is cut off, at every third byte', async () => {
      for (let length = 0; length < whole.length; length += 3)
        expect([length, await unpackedOf(whole.subarray(0, length))]).toEqual([length, null]);
    }, 30_000);

    it('refuses one of which a byte was changed, every fifth, unless that says nothing', async () => {
      const good = await unpackedOf(whole);
      expect(good).toHaveLength(10);
      for (let at = 0; at < whole.length; at += 5) {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ 0x41, at);
        expect([good, null]).toContainEqual(await unpackedOf(bytes));
      }
    });
  });
});
