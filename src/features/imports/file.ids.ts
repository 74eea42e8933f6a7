import { createHash } from 'node:crypto';
import { isUuid } from '../../platform/http/text.js';

/**
 * The id of something in a file, as a UUID: itself where it is one, else one that is made of it. The same text makes the
 * same one (RFC 9562, version 8).
 */
export function keyOf(id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  const bytes = createHash('sha256').update(id).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Whether an id may be one of ours: they grow with time. */
export function isOurs(id: string): boolean {
  return isUuid(id) && id.charAt(14) === '7';
}
