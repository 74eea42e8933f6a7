import type { Transaction } from '../../platform/prisma/transaction.js';
import type { KeyBody } from './keys.dto.js';

/** A key as it is stored, without its hash. */
export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly role: 'editor' | 'admin';
  readonly origin: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** Stores a key by its hash. */
export async function insertKey(
  tx: Transaction,
  { name, role }: KeyBody,
  hash: Uint8Array,
): Promise<StoredKey> {
  const [key] = await tx.query<StoredKey>(
    `INSERT INTO keys AS key (name, role, hash) VALUES ($1, $2, $3)
     RETURNING key.id::text AS id, key.name AS name, key.role AS role, key.origin AS origin, key.created_at AS "createdAt",
       key.revoked_at AS "revokedAt"`,
    [name, role, hash],
  );
  if (!key) throw new Error('the statement returned no row');
  return key;
}
