import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeFolder } from './folders.js';

describe('a folder', () => {
  const base = join(tmpdir(), `accord-folders-${randomBytes(4).toString('hex')}`);
  afterAll(() => rm(base, { recursive: true, force: true }));

  it('is made with those above it, and told from one that was there', async () => {
    const path = join(base, 'a', 'b', 'c');
    expect(await makeFolder(path)).toBe(true);
    expect(await makeFolder(path)).toBe(false);
    expect(await makeFolder(join(base, 'a'))).toBe(false);
  });

  it('is made once when it is asked for twice at a time', async () => {
    const path = join(base, 'd', 'e');
    const made = await Promise.all([makeFolder(path), makeFolder(path), makeFolder(path)]);
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  it('is refused where a file is in the way', async () => {
    const file = join(base, 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'x', 'y'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.each(['/proc/accord', '/proc/accord/data'])(
    'is refused where nobody can make one: %s',
    async (path) => {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );
});
