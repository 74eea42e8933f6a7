import { Injectable } from '@nestjs/common';
import { Authenticator, hashOf, newKey } from '../../platform/auth/authenticator.js';
import type { Author } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import { Database } from '../../platform/prisma/database.js';
import type { Paging } from '../../platform/http/query.reader.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
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

/** What a cursor of the list is bound to. */
const KEY_LIST = 'keys';

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

  /**
   * A page of all keys, revoked ones too, the oldest first.
   *
   * @throws Problem `invalid_cursor`
   */
  async listKeys({ limit, cursor }: Paging): Promise<Page<KeyView>> {
    const after = cursor === null ? null : decodeCursor(cursor, KEY_LIST);
    const found = await this.database.prisma.key.findMany({
      orderBy: { id: 'asc' },
      take: limit + 1,
      ...(after ? { where: { id: { gt: after.id } } } : {}),
    });
    return pageFrom(found.map(present), { limit, list: KEY_LIST }, byId);
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
