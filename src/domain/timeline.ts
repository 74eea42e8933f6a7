/** Timeline: the dated facts of a merger, one sentence each. */
import { startOf } from './dates.js';
import type { Recorded } from './facts.js';
import type { MergerAt } from './merger-at.js';
import { byRecording } from './recording.js';
import {
  mandateEntries,
  meetingEntries,
  predictionEntries,
  quoteEntries,
  resultEntries,
  stanceEntries,
  successionEntries,
} from './timeline-entries.js';
import {
  TIMELINE_KINDS,
  type BareEntry,
  type RecordedEntry,
  type TimelineEntry,
} from './timeline-entry.js';
import { impliedEntries, transitionEntries } from './timeline-milestones.js';

export { TIMELINE_KINDS, type TimelineEntry } from './timeline-entry.js';

/**
 * What is dated and has begun by the merger's `at`, by the first instant of the date, then by recording.
 *
 * Nothing that is only intended is in it: no tentative meeting, no vote to come. Each vote that was taken is an entry,
 * also one that a later vote replaced. An implied achievement is an entry of its own, right after what implies it, unless
 * somebody recorded it for the same instant. Each has the standing of the record that says so. A mandate that ran out is dated by its last day and appears when that is over.
 *
 * @example
 * timelineOf(merger).map(({ date, text }) => `${date} ${text}`);
 * // ['2022-12-20 PSP is exploring the union.', '2022-12-28 The motion “Accept PSP” of MQM-P passed.', …]
 */
export function timelineOf(merger: MergerAt): readonly TimelineEntry[] {
  const entries: readonly RecordedEntry[] = [
    ...stanceEntries(merger),
    ...meetingEntries(merger),
    ...resultEntries(merger),
    ...mandateEntries(merger),
    ...transitionEntries(merger),
    ...impliedEntries(merger),
    ...predictionEntries(merger),
    ...quoteEntries(merger),
    ...successionEntries(merger),
  ];
  return entries
    .map((one) => ({ ...one, from: startOf(one.entry.date) }))
    .toSorted(
      (one, other) =>
        one.from - other.from ||
        byRecording(one.recorded, other.recorded) ||
        rankOf(one.entry) - rankOf(other.entry) ||
        byRecording(asItself(one), asItself(other)),
    )
    .map(({ entry }) => ({
      ...entry,
      standing: merger.sourced.standings.get(entry.recordId) ?? 'unsourced',
    }));
}

/** What follows from another record of the same recording comes after it. */
function rankOf({ kind }: BareEntry): number {
  return TIMELINE_KINDS.indexOf(kind);
}

/** What follows from one record alike is ordered by itself. */
function asItself({ entry, recorded }: RecordedEntry): Recorded {
  return { id: entry.recordId, createdAt: recorded.createdAt };
}
