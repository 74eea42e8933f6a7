/** Status history: the points at which phase, progress, a stance or the forecast's shape changed. */
import { DAY, dayOf, endOf, startOf } from './dates.js';
import type { MergerFacts, PartialDate } from './facts.js';
import { forecastOf, type Forecast, type ForecastCompleteness } from './forecast.js';
import { mergerAt, type MergerAt } from './merger-at.js';
import { STALLED_DAYS, isOverPhase, phaseOf, type Phase } from './phase.js';
import { progressOf, type Progress } from './progress.js';
import { timelineOf } from './timeline.js';
import type { Stance } from './vocabulary.js';

export const FORECAST_DATES = ['earliest', 'likely', 'latest', 'notBefore'] as const;
export type ForecastDate = (typeof FORECAST_DATES)[number];

/** A forecast as it is plotted. */
export interface PlottedForecast extends Pick<Forecast, ForecastDate> {
  readonly completeness: ForecastCompleteness;
  /** Those of the dates that are a day later each day, until the next point; the others stay. */
  readonly moving: readonly ForecastDate[];
  /** The ids of milestones. */
  readonly criticalPath: readonly string[];
  readonly missing: readonly string[];
}

export interface PlottedStance {
  readonly participantId: string;
  readonly name: string | null;
  readonly stance: Stance;
}

/** How things stood from an instant on. */
export interface HistoryPoint {
  /** ISO, UTC. */
  readonly at: string;
  /** Null while the merger was not on record, like progress. */
  readonly phase: Pick<Phase, 'name' | 'flags'> | null;
  readonly progress: Pick<Progress, 'percent'> | null;
  readonly stances: readonly PlottedStance[];
  readonly forecast: PlottedForecast | null;
}

/** An instant that was looked at. */
export interface Moment {
  readonly at: number;
  readonly point: HistoryPoint;
  /** The compared parts: equal for two moments between which there is no point. */
  readonly shape: string;
}

/**
 * How a merger stands at `at`, as it is plotted.
 *
 * @param facts null when the merger was not on record
 * @param at milliseconds since 1970 UTC: the time in the world
 * @param from the time from which it stood so, when that is another
 */
export function momentOf(facts: MergerFacts | null, at: number, from: number = at): Moment {
  const parts = facts === null ? NOTHING : partsOf(mergerAt(facts, at));
  const shape = JSON.stringify({
    phase: parts.phase,
    progress: parts.progress,
    stances: Object.fromEntries(
      parts.stances
        .map(({ participantId, stance }) => [participantId, stance] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
    forecast: parts.forecast && shapeOf(parts.forecast, dayOf(at)),
  });
  return { at: from, point: { at: new Date(from).toISOString(), ...parts }, shape };
}

/**
 * The moments at which something may have changed, by the same facts, from the first of a span to its last: each that is
 * a boundary of a date, and each day between two of these from which the forecast has another shape. Between two of them
 * nothing that is compared changes.
 *
 * Between two boundaries only the day of the forecast goes on. Its dates are each the later of a fixed day and of some
 * days from today, so that a shape which was left does not come back, and the day on which it is left can be halved out.
 *
 * @param span both ends included, milliseconds since 1970 UTC
 */
export function* momentsOf(
  facts: MergerFacts,
  { from, to }: { readonly from: number; readonly to: number },
): Generator<Moment> {
  const stops = [from, ...boundariesOf(facts).filter((at) => at > from && at <= to)];
  for (const [place, stop] of stops.entries()) {
    const moment = momentOf(facts, stop);
    yield moment;
    yield* daysWithin(facts, moment, (stops[place + 1] ?? to + 1) - 1);
  }
}

/**
 * When the dated facts of a merger begin: the earliest of their instants, or when it was recorded, if that is earlier.
 *
 * @returns milliseconds since 1970 UTC
 */
export function beginningOf(facts: MergerFacts): number {
  return Math.min(Date.parse(facts.merger.createdAt), ...boundariesOf(facts).slice(0, 1));
}

type Parts = Omit<HistoryPoint, 'at'>;

const NOTHING: Parts = { phase: null, progress: null, stances: [], forecast: null };

function partsOf(merger: MergerAt): Parts {
  const { name, flags } = phaseOf(merger, timelineOf(merger));
  return {
    phase: { name, flags },
    progress: { percent: progressOf(merger.needed).percent },
    stances: merger.participants.map(({ participant, name: called, stanceAt }) => ({
      participantId: participant.id,
      name: called,
      stance: stanceAt.stance,
    })),
    forecast: isOverPhase({ name }) ? null : plotted(merger),
  };
}

function plotted({ announcement, awaited, at }: MergerAt): PlottedForecast | null {
  const today = forecastOf(announcement, awaited, at);
  const tomorrow = forecastOf(announcement, awaited, at + DAY);
  if (today === null || tomorrow === null) return null;
  const { completeness, earliest, likely, latest, notBefore } = today;
  return {
    completeness,
    earliest,
    likely,
    latest,
    notBefore,
    moving: FORECAST_DATES.filter((name) => today[name] !== tomorrow[name]),
    criticalPath: today.criticalPath.map(({ milestoneId }) => milestoneId),
    missing: today.missing.map(({ milestoneId }) => milestoneId),
  };
}

/** A forecast in which a date that moves is told by its distance from today. */
function shapeOf(forecast: PlottedForecast, today: number): object {
  const dates = FORECAST_DATES.map((name) => {
    const date = forecast[name];
    if (date === null || !forecast.moving.includes(name)) return date;
    return dayOf(startOf(date)) - today;
  });
  const { completeness, criticalPath, missing } = forecast;
  return { completeness, criticalPath, missing, dates };
}

/** The days after a moment up to an instant from which the shape is another, while nothing but the day goes on. */
function* daysWithin(facts: MergerFacts, first: Moment, last: number): Generator<Moment> {
  const lastDay = dayOf(last);
  let moment = first;
  if (dayOf(moment.at) === lastDay) return;
  const final = momentOf(facts, last);
  while (moment.shape !== final.shape && dayOf(moment.at) < lastDay) {
    moment = firstOther(facts, moment, lastDay);
    yield moment;
  }
}

/** The first day after a moment from which the shape is another, up to a day on which it is. */
function firstOther(facts: MergerFacts, { at, shape }: Moment, lastDay: number): Moment {
  let [same, other] = [dayOf(at), lastDay];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (momentOf(facts, middle * DAY).shape === shape) same = middle;
    else other = middle;
  }
  return momentOf(facts, other * DAY);
}

/** Every instant at which a dated fact begins, ends or is long past, in order. */
function boundariesOf(facts: MergerFacts): readonly number[] {
  const told = datesOnTimeline(facts);
  const due = facts.milestones.flatMap(({ dueFrom, dueTo }) => [dueFrom, dueTo]);
  const ends = [...due, ...facts.mandates.map(({ endDate }) => endDate)];
  const others = [
    facts.merger.closedOn,
    ...facts.motions.map(({ proposedOn }) => proposedOn),
    ...facts.votes.map(({ castOn }) => castOn),
  ];
  const instants = [
    ...[...told, ...others].filter(isGiven).map(startOf),
    ...told.filter(isGiven).map((date) => startOf(date) + STALLED_DAYS * DAY),
    ...ends.filter(isGiven).map(endOf),
  ];
  return [...new Set(instants)].toSorted((one, other) => one - other);
}

/** The dates of what the timeline holds. Of members none counts but on the date of a vote. */
function datesOnTimeline(facts: MergerFacts): readonly (PartialDate | null)[] {
  return [
    ...[...facts.stances, ...facts.transitions].map(({ occurredOn }) => occurredOn),
    ...facts.meetings.map(({ startsOn }) => startsOn),
    ...facts.voteEvents.flatMap(({ startDate, endDate }) => [startDate, endDate]),
    ...facts.mandates.flatMap(({ startDate, endDate, revokedOn }) => [
      startDate,
      endDate,
      revokedOn,
    ]),
    ...facts.predictions.map(({ statedOn }) => statedOn),
    ...facts.successions.map(({ date }) => date),
    ...facts.evidence.citations.map(({ publishedOn }) => publishedOn),
  ];
}

function isGiven(date: PartialDate | null): date is PartialDate {
  return date !== null;
}
