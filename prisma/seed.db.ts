import type { Transaction } from '../src/platform/prisma/transaction.js';

/** Lets one service at a time tell the story. Until the transaction ends. */
export async function lockStory(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('the founding story', 0))`, []);
}

/** Whether there is no merger and no faction yet, retracted ones counted. */
export async function isUntold(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ untold: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM mergers) AND NOT EXISTS (SELECT FROM factions) AS untold',
    [],
  );
  return row?.untold === true;
}
