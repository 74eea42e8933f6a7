import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Problem } from '../errors/problem.js';
import { isUuid } from '../http/text.js';
import type { Transaction } from '../prisma/transaction.js';
import { keepAnswer, type FoundAnswer } from './kept.answers.db.js';
import type { Bytes, Once } from './once.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The result that was kept of a request which was done before; undefined when it is to be done now.
 *
 * @param isFree whether its transaction holds the address; `found` what is kept there
 * @throws Problem `idempotency_key_in_use`, `idempotency_key_reused`, `idempotency_key_spent`
 */
export function openKept(
  once: Once,
  isFree: boolean,
  found: FoundAnswer | undefined,
): { readonly result: unknown } | undefined {
  if (!isFree) {
    const detail = 'A request with this Idempotency-Key is still running.';
    throw new Problem('idempotency_key_in_use', detail, {}, { 'retry-after': '1' });
  }
  if (!found) return undefined;
  if (Buffer.compare(found.fingerprint, once.fingerprint) !== 0) {
    const detail = 'This Idempotency-Key was sent with another body before.';
    throw new Problem('idempotency_key_reused', detail);
  }
  if (found.answer.length === 0) {
    const detail = 'What was made under this Idempotency-Key has been purged.';
    throw new Problem('idempotency_key_spent', detail);
  }
  once.onReplay();
  return unseal(once, found.answer);
}

/**
 * Keeps the result of a request in its own transaction: one that fails keeps nothing.
 *
 * @param result holds nothing that JSON cannot hold; the `id` of a record, if it is about one
 * @throws Error at once, before anything is sent, when it cannot be sealed
 */
export function keepResult(tx: Transaction, once: Once, result: unknown): Promise<void> {
  const { address, fingerprint } = once;
  return keepAnswer(tx, {
    address,
    fingerprint,
    answer: seal(once, result),
    recordId: idOf(result),
  });
}

/** A nonce, the tag, and the result under the caller's secret; bound to its place. */
function seal({ secret, address }: Once, result: unknown): Bytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(address);
  const text = JSON.stringify({ result });
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

function unseal({ secret, address }: Once, answer: Bytes): { readonly result: unknown } {
  const nonce = answer.subarray(0, NONCE_BYTES);
  const tag = answer.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, secret, nonce).setAAD(address).setAuthTag(tag);
  const sealed = answer.subarray(NONCE_BYTES + TAG_BYTES);
  const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  return JSON.parse(text) as { readonly result: unknown };
}

function idOf(result: unknown): string | null {
  const { id } = Object(result) as { readonly id?: unknown };
  return isUuid(id) ? id : null;
}
