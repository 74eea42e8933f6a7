import { Injectable } from '@nestjs/common';
import { Authenticator, hashOf, newKey } from '../../platform/auth/authenticator.js';
import type { Author } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import { Database } from '../../platform/prisma/database.js';
import { encodeCursor, type Position } from '../../platform/records/cursor.js';
import { isUuid } from '../../platform/http/text.js';
import { insertKey, type StoredKey } from './keys.db.js';
import type { KeyBody } from './keys.dto.js';

/** A key as it is shown: without the key itself, which nobody stores. */
export interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly role: 'editor' | 'admin';
  readonly origin: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** The keys of editors and admins. */
@Injectable()
export class KeysService {
  constructor(
    private readonly database: Database,
    private readonly authenticator: Authenticator,
  ) {}

  /** Makes a key and shows it, this once. */
  async issueKey(body: KeyBody, author: Author): Promise<KeyView & { readonly key: string }> {
    return this.database.write(author, async (tx) => {
      const key = newKey();
      return { ...present(await insertKey(tx, body, hashOf(key))), key };
    });
  }

  /** A page of all keys, revoked ones too, the oldest first. */
  async listKeys(
    limit: number,
    after: Position | null,
  ): Promise<{ data: KeyView[]; page: { next: string | null } }> {
    const found = await this.database.prisma.key.findMany({
      orderBy: { id: 'asc' },
      take: limit + 1,
      ...(after ? { where: { id: { gt: after.id } } } : {}),
    });
    const data = found.slice(0, limit).map(present);
    const last = found.length > limit ? data.at(-1) : undefined;
    return { data, page: { next: last ? encodeCursor({ key: '', id: last.id }, KEY_LIST) : null } };
  }

  /**
   * One key.
   *
   * @throws Problem `not_found`
   */
  async readKey(id: string): Promise<KeyView> {
    const key = isUuid(id) ? await this.database.prisma.key.findUnique({ where: { id } }) : null;
    if (!key) throw new Problem('not_found', 'There is no such key.');
    return present(key);
  }

  /**
   * Revokes a key, for good. Again, it stays revoked since the first time.
   *
   * @throws Problem `not_found`
   */
  async revokeKey(id: string): Promise<void> {
    await this.readKey(id);
    await this.database.prisma.key.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    this.authenticator.forget();
    this.database.watch?.committed(false);
  }
}

/** What a cursor of this list is bound to. */
export const KEY_LIST = 'keys';

function present(key: StoredKey): KeyView {
  const { id, name, role, origin } = key;
  return {
    id,
    name,
    role,
    origin,
    createdAt: key.createdAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
