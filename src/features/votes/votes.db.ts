import type { Prisma } from '../../generated/prisma/client.js';

/** Holds a voter of a vote event until the transaction ends. */
export async function lockVoter(
  tx: Prisma.TransactionClient,
  voteEventId: string,
  voter: string,
): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`votes:${voteEventId}:${voter}`}, 0))`;
}
