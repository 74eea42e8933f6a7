import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Bytes } from '../auth/seal.js';
import { Problem } from '../errors/problem.js';

/** A request that is done once, however often it is sent. All of it is derived from the caller's key. */
export interface Once {
  /** Where its answer is kept: a hash of the Idempotency-Key and the route. */
  readonly address: Bytes;
  /** A hash of the body: the same for equal bodies only. */
  readonly fingerprint: Bytes;
  /** Seals the answer. */
  readonly secret: KeyObject;
  /** Told when the answer is one that was kept. */
  readonly onReplay: () => void;
}

const SECRET_BYTES = 32;

/** A request as it came. */
export interface SentOnce {
  /** The Idempotency-Key. */
  readonly idempotencyKey: unknown;
  /** The key of its author. */
  readonly bearer: string;
  /** Its method and its path, without a query. */
  readonly route: string;
  readonly body: unknown;
  readonly onReplay: () => void;
}

/**
 * What makes a request one that is done once; undefined without an Idempotency-Key.
 *
 * @throws Problem `bad_request` when the key is not 1 to 255 printable characters of ASCII
 */
export function readOnce({
  idempotencyKey,
  bearer,
  route,
  body,
  onReplay,
}: SentOnce): Once | undefined {
  if (idempotencyKey === undefined) return undefined;
  if (typeof idempotencyKey !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new Problem(
      'bad_request',
      'Idempotency-Key is 1 to 255 printable ASCII characters, the same when the request is sent again.',
    );
  }
  // As objects: Node takes longer to look at bare bytes than to hash with them.
  const derive = (use: string): KeyObject =>
    createSecretKey(
      new Uint8Array(hkdfSync('sha256', bearer, idempotencyKey, `accord ${use}`, SECRET_BYTES)),
    );
  return {
    address: keyedHash(derive('address'), route),
    fingerprint: keyedHash(derive('fingerprint'), canonical(body)),
    secret: derive('answer'),
    onReplay,
  };
}

/** The same request, told apart by more than its body: by this text too. */
export function alsoBy(once: Once, text: string): Once {
  const key = createSecretKey(once.fingerprint);
  return { ...once, fingerprint: keyedHash(key, text) };
}

function keyedHash(key: KeyObject, text: string): Bytes {
  return new Uint8Array(createHmac('sha256', key).update(text).digest());
}

/** One text for all JSON that means the same: the order of members and the space between them do not count. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    return value === undefined ? '' : JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`);
  return `{${members.join(',')}}`;
}
