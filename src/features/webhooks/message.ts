import {
  cursorAfter,
  presentChange,
  type ChangeRow,
  type Part,
} from '../changes/changes.module.js';

/**
 * The message that tells a part's follower of an entry of the feed: what happened to which record, and no word of it. The id is
 * that of the entry, the same each time that it is sent.
 */
export function messageOf(
  part: Part,
  entry: ChangeRow,
): { readonly id: string; readonly body: string } {
  const body = {
    type: 'record.changed',
    timestamp: entry.recordedAt,
    data: presentChange(entry, part.view),
    cursor: cursorAfter(part, entry.id),
  };
  return { id: messageId(entry.id), body: JSON.stringify(body) };
}

/** The id of the message of an entry. */
export function messageId(entryId: string): string {
  return `msg_${entryId}`;
}
