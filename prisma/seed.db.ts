import type { Prisma } from '../src/generated/prisma/client.js';

/** Lets one service at a time tell the story. Until the transaction ends. */
export async function lockStory(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('the founding story', 0))`;
}
