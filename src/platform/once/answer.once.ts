import { seal, unseal } from '../auth/seal.js';
import { Problem } from '../errors/problem.js';
import { isUuid } from '../http/text.js';
import type { Transaction } from '../prisma/transaction.js';
import { keepAnswer, type FoundAnswer } from './kept.answers.db.js';
import type { Once } from './once.js';

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
  const text = unseal(once.secret, once.address, found.answer).toString('utf8');
  return JSON.parse(text) as { readonly result: unknown };
}

/**
 * Keeps the result of a request in its own transaction: one that fails keeps nothing.
 *
 * @param result holds nothing that JSON cannot hold; the `id` of a record, if it is about one
 * @throws Error at once, before anything is sent, when it cannot be sealed
 */
export function keepResult(tx: Transaction, once: Once, result: unknown): Promise<void> {
  const { address, fingerprint, secret } = once;
  return keepAnswer(tx, {
    address,
    fingerprint,
    answer: seal(secret, address, Buffer.from(JSON.stringify({ result }))),
    recordId: idOf(result),
  });
}

function idOf(result: unknown): string | null {
  const { id } = Object(result) as { readonly id?: unknown };
  return isUuid(id) ? id : null;
}
