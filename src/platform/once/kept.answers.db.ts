import type { Transaction } from '../prisma/transaction.js';
import type { Bytes } from '../auth/seal.js';

/** An answer as it is kept: for 24 hours by the database's clock. */
export interface KeptAnswer {
  readonly address: Bytes;
  readonly fingerprint: Bytes;
  readonly answer: Bytes;
  readonly recordId: string | null;
}

/** An answer as it is found. */
export type FoundAnswer = Pick<KeptAnswer, 'fingerprint' | 'answer'>;

/**
 * The answer at an address. Asked in a statement of its own after that which takes the address, so that it sees what the one
 * before stored.
 */
export async function findAnswer(
  tx: Transaction,
  address: Bytes,
): Promise<FoundAnswer | undefined> {
  const [row] = await tx.query<FoundAnswer>(
    `SELECT kept.fingerprint AS fingerprint, kept.answer AS answer FROM kept_answers AS kept
     WHERE kept.address = $1 AND kept.kept_at > now() - interval '24 hours'`,
    [address],
  );
  return row;
}

/**
 * Keeps an answer, in the place of one whose time is over, and removes a few others whose time is over: not the one at the
 * same address, since a statement changes a row once.
 */
export async function keepAnswer(
  tx: Transaction,
  { address, fingerprint, answer, recordId }: KeptAnswer,
): Promise<void> {
  await tx.query(
    `WITH forgotten AS (
       DELETE FROM kept_answers AS over USING (
         SELECT kept.address AS address FROM kept_answers AS kept
         WHERE kept.kept_at <= now() - interval '24 hours' AND kept.address <> $1
         ORDER BY kept.kept_at LIMIT 20 FOR UPDATE SKIP LOCKED
       ) AS found WHERE over.address = found.address
     )
     INSERT INTO kept_answers AS kept (address, fingerprint, answer, record_id)
     VALUES ($1, $2, $3, $4::uuid)
     ON CONFLICT (address) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, answer = EXCLUDED.answer,
       record_id = EXCLUDED.record_id, kept_at = EXCLUDED.kept_at`,
    [address, fingerprint, answer, recordId],
  );
}
