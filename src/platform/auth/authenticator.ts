import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Problem } from '../errors/problem.js';
import { Database } from '../prisma/database.js';
import { bearerIn, type Caller } from './caller.js';
import { findKeyHolder } from './keys.db.js';

/** The hash under which a key is stored. Keys are random, so a fast hash without salt is enough. */
export function hashOf(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest());
}

/** A new random key: 256 bits, with a prefix that secret scanners can find. */
export function newKey(): string {
  return `accord_${randomBytes(32).toString('base64url')}`;
}

/** Tells who a key belongs to. */
@Injectable()
export class Authenticator {
  constructor(private readonly database: Database) {}

  /**
   * The caller behind an Authorization header; without one, a reader.
   *
   * @throws Problem `unauthorized` when the key is malformed, unknown or revoked
   */
  async identify(header: string | undefined): Promise<Caller> {
    if (header === undefined || header === '') return { role: 'reader' };
    const key = bearerIn(header);
    const found = key === undefined ? undefined : await findKeyHolder(this.database, hashOf(key));
    if (found) return { role: found.role, keyId: found.id, keyName: found.name };
    throw new Problem(
      'unauthorized',
      'The key is unknown or revoked.',
      {},
      { 'www-authenticate': 'Bearer error="invalid_token"' },
    );
  }
}
