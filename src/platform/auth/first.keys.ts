import { hashOf, newKey } from './authenticator.js';
import { lockKeys } from './keys.db.js';
import type { Database } from '../prisma/database.js';

/** A start is in no hurry, and the machine may be busy with it: in milliseconds, for a connection and for the whole. */
const PATIENCE = { maxWait: 15_000, timeout: 15_000 };

/**
 * Sees to it that there is an admin: the operator's key (ACCORD_ADMIN_KEY) is valid and no earlier one of the operator's is;
 * without one, a key is made while no admin has a key that works.
 *
 * @param keep keeps a made key where its operator finds it; called before the hash is stored, so that a process killed in
 *   between leaves a key that does not work, never an admin without a key
 * @returns the key that was made, which is not stored and cannot be shown again; null when none was
 */
export async function ensureAdminKey(
  database: Database,
  operatorsKey: string | null,
  keep: (key: string) => Promise<void> = () => Promise.resolve(),
): Promise<string | null> {
  return database.prisma.$transaction(async (tx) => {
    await lockKeys(tx);
    const hash = operatorsKey === null ? null : hashOf(operatorsKey);
    await tx.key.updateMany({
      where: { origin: 'environment', revokedAt: null, ...(hash ? { hash: { not: hash } } : {}) },
      data: { revokedAt: new Date() },
    });
    if (hash) {
      const name = 'the operator';
      await tx.key.upsert({
        where: { hash },
        create: { name, role: 'admin', hash, origin: 'environment' },
        update: { revokedAt: null, role: 'admin', origin: 'environment' },
      });
      return null;
    }
    if ((await tx.key.count({ where: { role: 'admin', revokedAt: null } })) > 0) return null;
    const key = newKey();
    await keep(key);
    await tx.key.create({
      data: { name: 'the first admin', role: 'admin', hash: hashOf(key), origin: 'first_start' },
    });
    return key;
  }, PATIENCE);
}
