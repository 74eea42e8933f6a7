import type { Prisma } from '../../generated/prisma/client.js';
import type { Bytes } from './once.js';

/** An answer as it is kept: for 24 hours by the database's clock. */
export interface KeptAnswer {
  readonly address: Bytes;
  readonly fingerprint: Bytes;
  readonly answer: Bytes;
  readonly recordId: string | null;
}

/** Takes the address until the transaction ends, at once or not at all: whether it was free. */
export async function tryAddress(tx: Prisma.TransactionClient, address: Bytes): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ free: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended('once:' || encode(${address}, 'hex'), 0)) AS free`;
  return row?.free === true;
}

/**
 * The answer at an address. Asked in a statement of its own after the address was taken, so that it sees what the one
 * before stored.
 */
export async function findAnswer(
  tx: Prisma.TransactionClient,
  address: Bytes,
): Promise<Pick<KeptAnswer, 'fingerprint' | 'answer'> | undefined> {
  const [row] = await tx.$queryRaw<Pick<KeptAnswer, 'fingerprint' | 'answer'>[]>`
    SELECT kept.fingerprint AS fingerprint, kept.answer AS answer FROM kept_answers AS kept
    WHERE kept.address = ${address} AND kept.kept_at > now() - interval '24 hours'`;
  return row;
}

/** Keeps an answer, in the place of one whose time is over, and removes a few others whose time is over. */
export async function keepAnswer(
  tx: Prisma.TransactionClient,
  { address, fingerprint, answer, recordId }: KeptAnswer,
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM kept_answers AS over USING (
      SELECT kept.address AS address FROM kept_answers AS kept
      WHERE kept.kept_at <= now() - interval '24 hours'
      ORDER BY kept.kept_at LIMIT 20 FOR UPDATE SKIP LOCKED
    ) AS found WHERE over.address = found.address`;
  await tx.$executeRaw`
    INSERT INTO kept_answers AS kept (address, fingerprint, answer, record_id)
    VALUES (${address}, ${fingerprint}, ${answer}, ${recordId}::uuid)
    ON CONFLICT (address) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, answer = EXCLUDED.answer,
      record_id = EXCLUDED.record_id, kept_at = EXCLUDED.kept_at`;
}
