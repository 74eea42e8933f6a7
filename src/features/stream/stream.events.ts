/** What goes over the wire, as the HTML standard describes server-sent events. */
import { cursorAfter, type ChangeRow, type Part } from '../changes/changes.module.js';

/** A comment: whoever reads events passes over it. */
export const HEARTBEAT: Buffer = Buffer.from(':\n\n');

/** How long a browser waits before it comes again, in milliseconds. */
const RETRY = 1_000;

/** What a stream begins with: when to come again, and from where, should it break before the first event. */
export function beginningAt(cursor: string): Buffer {
  return Buffer.from(`retry: ${String(RETRY)}\nid: ${cursor}\n\n`);
}

/**
 * An entry of the feed as an event.
 *
 * @param data the entry's JSON, without a line break
 */
export function eventOf(part: Part, { id }: ChangeRow, data: string): Buffer {
  return Buffer.from(`id: ${cursorAfter(part, id)}\nevent: change\ndata: ${data}\n\n`);
}
