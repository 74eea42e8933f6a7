import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretStore, newSecret, presentSecret } from './secrets.js';

const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
const plain = (secret: Uint8Array | null): readonly number[] | null => secret && [...secret];

describe('a secret', () => {
  it('is random and long enough, and told with the prefix of the convention', () => {
    expect(newSecret()).toHaveLength(32);
    expect(newSecret()).not.toEqual(newSecret());
    expect(presentSecret(new Uint8Array(24).fill(255))).toBe(`whsec_${'/'.repeat(32)}`);
  });

  it('is got back from what is stored, with a key and without', () => {
    fc.assert(
      fc.property(bytes, fc.uuid(), fc.constantFrom(undefined, 'a key'), (secret, id, key) => {
        const store = new SecretStore(key);
        expect(plain(store.open(store.close(secret, id), id))).toEqual([...secret]);
      }),
    );
  });

  it('that is sealed is not in what is stored, and opens to nobody else and nowhere else', () => {
    fc.assert(
      fc.property(bytes, fc.uuid(), fc.uuid(), (secret, id, other) => {
        fc.pre(id !== other);
        const store = new SecretStore('a key');
        const stored = store.close(secret, id);
        expect(Buffer.from(stored).includes(Buffer.from(secret))).toBe(false);
        expect(store.open(stored, other)).toBeNull();
        expect(new SecretStore('another key').open(stored, id)).toBeNull();
        expect(new SecretStore(undefined).open(stored, id)).toBeNull();
        expect(store.open(stored.with(-1, (stored.at(-1) ?? 0) ^ 1), id)).toBeNull();
      }),
    );
  });

  it('that was stored before there was a key is still opened', () => {
    const secret = newSecret();
    const stored = new SecretStore(undefined).close(secret, 'one');
    expect(plain(new SecretStore('a key').open(stored, 'one'))).toEqual([...secret]);
  });
});
