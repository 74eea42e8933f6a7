import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { seal, unseal, type Bytes } from '../../platform/auth/seal.js';

// The convention asks for 24 to 64.
const SECRET_BYTES = 32;

const KEY_BYTES = 32;

/** The first byte of what is stored says how. */
const PLAIN = 0;
const SEALED = 1;

/** A new random secret. */
export function newSecret(): Bytes {
  return new Uint8Array(randomBytes(SECRET_BYTES));
}

/** A secret as its receiver is told it. */
export function presentSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

/**
 * How secrets are stored: sealed under a key that the operator keeps outside the database, or as they are when there is none.
 * A sealed one belongs to its webhook; a row that is copied to another one signs nothing.
 */
export class SecretStore {
  private readonly key: KeyObject | null;

  /** @param text the operator's key; undefined: none */
  constructor(text: string | undefined) {
    this.key =
      text === undefined
        ? null
        : createSecretKey(
            new Uint8Array(hkdfSync('sha256', text, '', 'accord webhook secrets', KEY_BYTES)),
          );
  }

  /** What is stored of a secret. */
  close(secret: Uint8Array, webhookId: string): Bytes {
    const [how, content] =
      this.key === null
        ? [PLAIN, secret]
        : [SEALED, seal(this.key, Buffer.from(webhookId), secret)];
    return new Uint8Array([how, ...content]);
  }

  /** The secret that was stored; null when it was sealed with another key, or is damaged. */
  open(stored: Uint8Array, webhookId: string): Uint8Array | null {
    const content = stored.subarray(1);
    if (stored[0] === PLAIN) return content;
    if (this.key === null) return null;
    try {
      return unseal(this.key, Buffer.from(webhookId), content);
    } catch {
      // Another key: whoever has it can sign, and we cannot.
      return null;
    }
  }
}
