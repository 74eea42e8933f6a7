import { describe, expect, it } from '@jest/globals';
import type { Database } from '../prisma/database.js';
import type { Head } from '../snapshots/head.js';
import { Authenticator } from './authenticator.js';

const HEAD = { touches: { tick: 1, areKeysOlder: () => true }, isHeard: () => true };
const HEADER = 'Bearer accord_x';
const HOLDER = { id: 'k', name: 'an editor', role: 'editor' };

describe('a key that was looked up', () => {
  it('is remembered', async () => {
    const database = { read: () => Promise.resolve([HOLDER]) };
    const keys = new Authenticator(database as unknown as Database, HEAD as unknown as Head);
    expect(await keys.identify(HEADER)).toMatchObject({ role: 'editor', keyId: 'k' });
    expect(keys.knows(HEADER)).toBe(true);
  });

  it('is not remembered when a key was revoked meanwhile: it may be that one', async () => {
    const found = Promise.withResolvers<object[]>();
    const database = { read: () => found.promise };
    const keys = new Authenticator(database as unknown as Database, HEAD as unknown as Head);
    const identified = keys.identify(HEADER);
    keys.forget();
    found.resolve([HOLDER]);
    expect(await identified).toMatchObject({ keyId: 'k' });
    expect(keys.knows(HEADER)).toBe(false);
  });
});
