import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Problem } from '../errors/problem.js';
import { Database } from '../prisma/database.js';
import { Head } from '../snapshots/head.js';
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

// Keys in use: of those that were asked for longest ago the oldest go.
const MOST_KNOWN = 1_000;
/** What psql removes without a trace is noticed after so long, in milliseconds. */
const KNOWN_FOR = 60_000;

/** A holder that was found, at a tick of the ledger's head and an instant of a clock that only goes on. */
interface Known {
  readonly caller: Caller;
  readonly made: number;
  readonly at: number;
}

/**
 * Tells who a key belongs to. Who was found is remembered while the keys stay as they are, as far as the ledger's head tells:
 * a key that another instance revokes is refused here as soon as a change is seen here.
 */
@Injectable()
export class Authenticator {
  private readonly known = new Map<string, Known>();
  /** How often all were forgotten. */
  private forgettings = 0;

  constructor(
    private readonly database: Database,
    private readonly head: Head,
  ) {}

  /**
   * The caller behind an Authorization header; without one, a reader.
   *
   * @throws Problem `unauthorized` when the key is malformed, unknown or revoked
   */
  async identify(header: string | undefined): Promise<Caller> {
    if (header === undefined || header === '') return { role: 'reader' };
    const key = bearerIn(header);
    if (key !== undefined) {
      const hash = hashOf(key);
      const name = nameOf(hash);
      const made = this.head.touches.tick;
      const { forgettings } = this;
      const caller = this.remembered(name) ?? (await this.find(hash));
      if (caller !== undefined) {
        // What was looked up before a key was revoked here may be that one.
        if (forgettings === this.forgettings)
          this.remember(name, { caller, made, at: performance.now() });
        return caller;
      }
    }
    throw new Problem(
      'unauthorized',
      'The key is unknown or revoked.',
      {},
      { 'www-authenticate': 'Bearer error="invalid_token"' },
    );
  }

  /** Whether the key in a header is known to be good without asking anybody. */
  knows(header: string): boolean {
    const key = bearerIn(header);
    return key !== undefined && this.remembered(nameOf(hashOf(key))) !== undefined;
  }

  /** Forgets everybody: a key was revoked here. */
  forget(): void {
    this.forgettings += 1;
    this.known.clear();
  }

  private async find(hash: Uint8Array): Promise<Caller | undefined> {
    const found = await findKeyHolder(this.database, hash);
    return found && { role: found.role, keyId: found.id, keyName: found.name };
  }

  /** Also while commits of this instance are not looked at: it tells by itself when it revokes a key. */
  private remembered(name: string): Caller | undefined {
    const found = this.known.get(name);
    if (found === undefined) return undefined;
    const isOld = performance.now() - found.at > KNOWN_FOR;
    if (isOld || !this.head.touches.areKeysOlder(found.made) || !this.head.isHeard())
      return undefined;
    return found.caller;
  }

  private remember(name: string, known: Known): void {
    if (this.known.get(name)?.caller === known.caller) return;
    if (this.known.size >= MOST_KNOWN) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    this.known.set(name, known);
  }
}

function nameOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}
