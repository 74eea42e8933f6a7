/** Track record: how the windows came out that a source or a publisher stated. */
import { endOf, hasBegun, startOf } from './dates.js';
import type {
  CitationFact,
  MergerFact,
  MergerFacts,
  PartialDate,
  PredictionFact,
} from './facts.js';
import { mergerAt } from './merger-at.js';
import { isOverPhase, phaseOf } from './phase.js';
import { PREDICTION_OUTCOMES, predictionOutcome, type PredictionOutcome } from './predictions.js';
import { byRecording } from './recording.js';
import { rootsOf } from './roots.js';
import { sourcesIn, type CitedSource } from './standing.js';
import { timelineOf } from './timeline.js';

/** One window that one root stated for one merger, however often. */
export interface CountedWindow {
  readonly mergerId: string;
  readonly mergerTitle: string;
  readonly from: PartialDate;
  readonly to: PartialDate;
  readonly outcome: PredictionOutcome;
  readonly days: number | null;
  /** When it was stated first. */
  readonly statedOn: PartialDate;
  readonly predictionIds: readonly string[];
  readonly sources: readonly CitedSource[];
}

export interface TrackRecord {
  readonly counts: Readonly<Record<PredictionOutcome, number>>;
  /** By the date on which it was stated first. */
  readonly counted: readonly CountedWindow[];
}

/** A prediction and a citation in its support, of one root. */
interface Statement {
  readonly prediction: PredictionFact;
  readonly citation: CitationFact;
}

/**
 * How the predictions came out that some sources are cited for in support: of each merger, window and independent root
 * one is counted. Windows are one when they begin and end alike.
 *
 * A prediction counts from the date on which it was stated, a citation from its source's. What became of a window is told
 * by `predictions.ts`.
 *
 * @param sourceIds one source, or all of a publisher
 * @param at milliseconds since 1970 UTC
 * @example
 * // "on Sunday", three times by one broadcaster, and nothing was announced on that Sunday
 * trackRecordOf([facts], sourceIds, instantMeant('2023-01-02')).counts; // { …, overdue: 1 }
 */
export function trackRecordOf(
  mergers: readonly MergerFacts[],
  sourceIds: ReadonlySet<string>,
  at: number,
): TrackRecord {
  const counted = mergers
    .flatMap((facts) => windowsOf(facts, sourceIds, at))
    .toSorted(
      (one, other) =>
        startOf(one.statedOn) - startOf(other.statedOn) ||
        startOf(one.from) - startOf(other.from) ||
        endOf(one.to) - endOf(other.to),
    );
  const countOf = (outcome: PredictionOutcome): number =>
    counted.filter((one) => one.outcome === outcome).length;
  const counts = Object.fromEntries(PREDICTION_OUTCOMES.map((word) => [word, countOf(word)]));
  return { counts: counts as Record<PredictionOutcome, number>, counted };
}

function windowsOf(
  facts: MergerFacts,
  sourceIds: ReadonlySet<string>,
  at: number,
): readonly CountedWindow[] {
  const statements = statementsIn(facts, sourceIds, at);
  if (statements.length === 0) return [];
  const roots = rootsOf(
    statements.map(({ citation }) => citation.sourceId),
    facts.evidence.lineage,
  );
  const windows = Map.groupBy(statements, ({ prediction: { from, to }, citation }) =>
    JSON.stringify([roots.get(citation.sourceId), startOf(from), endOf(to)]),
  );
  const merger = mergerAt(facts, at);
  const isOver = isOverPhase(phaseOf(merger, timelineOf(merger)));
  const { announcedOn } = merger;
  return [...windows.values()].flatMap((ofWindow) =>
    windowOf(ofWindow, facts.merger, (window) =>
      predictionOutcome(window, { announcedOn, isOver }, at),
    ),
  );
}

function statementsIn(
  { predictions, evidence }: MergerFacts,
  sourceIds: ReadonlySet<string>,
  at: number,
): readonly Statement[] {
  const stated = new Map(
    predictions.filter(({ statedOn }) => hasBegun(statedOn, at)).map((one) => [one.id, one]),
  );
  return evidence.citations
    .filter(
      ({ sourceId, stance, publishedOn }) =>
        sourceIds.has(sourceId) &&
        stance === 'supports' &&
        (publishedOn === null || hasBegun(publishedOn, at)),
    )
    .toSorted(byRecording)
    .flatMap((citation) => {
      const prediction = stated.get(citation.recordId);
      return prediction === undefined ? [] : [{ prediction, citation }];
    });
}

/** One window; its dates are as they were stated first. */
function windowOf(
  statements: readonly Statement[],
  { id, title }: MergerFact,
  outcomeOf: (window: PredictionFact) => Pick<CountedWindow, 'outcome' | 'days'>,
): readonly CountedWindow[] {
  const predictions = [...new Set(statements.map(({ prediction }) => prediction))].toSorted(
    (one, other) => startOf(one.statedOn) - startOf(other.statedOn) || byRecording(one, other),
  );
  const [first] = predictions;
  if (first === undefined) return [];
  return [
    {
      mergerId: id,
      mergerTitle: title,
      from: first.from,
      to: first.to,
      ...outcomeOf(first),
      statedOn: first.statedOn,
      predictionIds: predictions.map(({ id }) => id),
      sources: sourcesIn(statements.map(({ citation }) => citation)),
    },
  ];
}
