import type { Prisma } from '../../generated/prisma/client.js';
import type { Database } from '../prisma/database.js';

/** Who holds a key. */
export interface KeyHolder {
  readonly id: string;
  readonly name: string;
  readonly role: 'editor' | 'admin';
}

/** The holder of the key with a hash, unless it was revoked. */
export async function findKeyHolder(
  database: Database,
  hash: Uint8Array,
): Promise<KeyHolder | undefined> {
  const [holder] = await database.read<KeyHolder>(
    `SELECT key.id::text AS id, key.name AS name, key.role AS role
     FROM keys AS key WHERE key.hash = $1 AND key.revoked_at IS NULL`,
    [hash],
  );
  return holder;
}

/** Lets one service at a time make the first keys. Until the transaction ends. */
export async function lockKeys(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('keys', 0))`;
}
