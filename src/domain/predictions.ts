/** Predictions: what became of the windows that people stated for the announcement. */
import { dayOf, endOf, hasBegun, spanOf, startOf } from './dates.js';
import type { PartialDate, PredictionFact } from './facts.js';
import { byRecording } from './recording.js';
import { nameOf, type Names } from './wording.js';

export const PREDICTION_OUTCOMES = [
  'pending',
  'overdue',
  'hit',
  'early',
  'late',
  'missed',
] as const;
export type PredictionOutcome = (typeof PREDICTION_OUTCOMES)[number];

export interface PredictionAt {
  readonly predictionId: string;
  readonly from: PartialDate;
  readonly to: PartialDate;
  readonly outcome: PredictionOutcome;
  /** Whole days by which the announcement came before or after the window, 0 for a hit; null while not announced. */
  readonly days: number | null;
  readonly statedOn: PartialDate;
  readonly statedById: string | null;
  /** The name of who stated it, else the label under which it was stated. */
  readonly statedBy: string | null;
}

/** What the announcement has come to at `at`. */
export interface AnnouncementEnd {
  /** Null while there is no announcement. */
  readonly announcedOn: PartialDate | null;
  /** Whether the merger is over, with an announcement or without. */
  readonly isOver: boolean;
}

/**
 * What became of a stated window: `hit`, `early` or `late` once announced, `missed` when the merger ended without an
 * announcement, else `overdue` when the window is past, else `pending`.
 *
 * The window runs from the first instant of `from` to the end of `to`, the last day included. An announcement of which
 * only the month or the year is known is early or late only when all of it lies outside the window. The days count from
 * its nearest day to the nearest of the window; 0 when it is hours that separate them.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // stated for the 9th to the 14th, announced on the 17th: 17 - 14 = 3
 * predictionOutcome(window, { announcedOn: '2023-01-17', isOver: false }, at); // { outcome: 'late', days: 3 }
 */
export function predictionOutcome(
  { from, to }: Pick<PredictionFact, 'from' | 'to'>,
  { announcedOn, isOver }: AnnouncementEnd,
  at: number,
): Pick<PredictionAt, 'outcome' | 'days'> {
  const [start, end] = [startOf(from), endOf(to)];
  if (announcedOn === null) {
    if (isOver) return { outcome: 'missed', days: null };
    return { outcome: at < end ? 'pending' : 'overdue', days: null };
  }
  const announced = spanOf(announcedOn);
  if (announced.end <= start) {
    return { outcome: 'early', days: dayOf(start) - dayOf(announced.end - 1) };
  }
  if (announced.start >= end) {
    return { outcome: 'late', days: dayOf(announced.start) - dayOf(end - 1) };
  }
  return { outcome: 'hit', days: 0 };
}

/** The predictions stated by `at`, by the date on which they were stated and then by recording, with their outcome. */
export function predictionsAt(
  {
    predictions,
    names,
  }: { readonly predictions: readonly PredictionFact[]; readonly names: Names },
  announcement: AnnouncementEnd,
  at: number,
): readonly PredictionAt[] {
  return predictions
    .filter(({ statedOn }) => hasBegun(statedOn, at))
    .toSorted(
      (one, other) => startOf(one.statedOn) - startOf(other.statedOn) || byRecording(one, other),
    )
    .map((prediction) => {
      const { id, from, to, statedOn, statedById, statedByLabel } = prediction;
      const outcome = predictionOutcome(prediction, announcement, at);
      const statedBy = nameOf(names, statedById) ?? statedByLabel;
      return { predictionId: id, from, to, ...outcome, statedOn, statedById, statedBy };
    });
}
