import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Prisma } from '../../generated/prisma/client.js';
import { Problem } from '../errors/problem.js';
import { isUuid } from '../http/text.js';
import { findAnswer, keepAnswer, tryAddress } from './kept.answers.db.js';
import type { Bytes, Once } from './once.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Gives the result that was kept of a request which was done before, else does it and keeps the result in the same
 * transaction. A transaction that fails keeps nothing. Taken at the beginning of a transaction, once in each request.
 *
 * @param work its result holds nothing that JSON cannot hold; the `id` of a record, if it is about one
 * @throws Problem `idempotency_key_in_use`, `idempotency_key_reused`, `idempotency_key_spent`
 */
export async function answerOnce<Result>(
  tx: Prisma.TransactionClient,
  once: Once,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!(await tryAddress(tx, once.address))) {
    const detail = 'A request with this Idempotency-Key is still running.';
    throw new Problem('idempotency_key_in_use', detail, {}, { 'retry-after': '1' });
  }
  const kept = await findAnswer(tx, once.address);
  if (kept) {
    if (Buffer.compare(kept.fingerprint, once.fingerprint) !== 0) {
      const detail = 'This Idempotency-Key was sent with another body before.';
      throw new Problem('idempotency_key_reused', detail);
    }
    if (kept.answer.length === 0) {
      const detail = 'What was made under this Idempotency-Key has been purged.';
      throw new Problem('idempotency_key_spent', detail);
    }
    once.onReplay();
    return unseal(once, kept.answer) as Result;
  }
  const result = await work();
  const { address, fingerprint } = once;
  const answer = seal(once, result);
  await keepAnswer(tx, { address, fingerprint, answer, recordId: idOf(result) });
  return result;
}

/** A nonce, the tag, and the result under the caller's secret; bound to its place. */
function seal({ secret, address }: Once, result: unknown): Bytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(address);
  const text = JSON.stringify({ result });
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

function unseal({ secret, address }: Once, answer: Bytes): unknown {
  const nonce = answer.subarray(0, NONCE_BYTES);
  const tag = answer.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, secret, nonce).setAAD(address).setAuthTag(tag);
  const sealed = answer.subarray(NONCE_BYTES + TAG_BYTES);
  const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  return (JSON.parse(text) as { readonly result: unknown }).result;
}

function idOf(result: unknown): string | null {
  const { id } = Object(result) as { readonly id?: unknown };
  return isUuid(id) ? id : null;
}
