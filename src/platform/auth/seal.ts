import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

/** Bytes as Postgres and `node:crypto` take them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A nonce, the tag, and what is sealed: nobody reads or changes it without the key.
 *
 * @param place to which it is bound: elsewhere it cannot be unsealed
 */
export function seal(key: KeyObject, place: Uint8Array, content: Uint8Array): Bytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(place);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

/**
 * What was sealed with a key at a place.
 *
 * @throws Error when it was sealed with another key or for another place, or changed since
 */
export function unseal(key: KeyObject, place: Uint8Array, sealed: Uint8Array): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(place)
    .setAuthTag(tag);
  const content = sealed.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(content), decipher.final()]);
}
