/** Forecast: the earliest, likely and latest day of the announcement, by critical path. */
import { dateOfDay, dayOf, startOf } from './dates.js';
import type { PartialDate } from './facts.js';
import { isOpenMilestone, type MilestoneAt } from './milestones.js';
import { criticalPathOf, isTimed, planOf, slacksOf, timingsOf, type Timings } from './schedule.js';

export const FORECAST_COMPLETENESS = ['complete', 'incomplete', 'blocked'] as const;
export type ForecastCompleteness = (typeof FORECAST_COMPLETENESS)[number];

export interface UntimedMilestone {
  readonly milestoneId: string;
  readonly title: string;
}

/** Days in the likely case; `slack` is how many days later it may finish without moving the announcement. */
export interface ScheduledMilestone {
  readonly milestoneId: string;
  readonly title: string;
  readonly start: PartialDate;
  readonly finish: PartialDate;
  readonly slack: number;
}

export interface Forecast {
  /** The UTC day of `at`. */
  readonly from: PartialDate;
  readonly completeness: ForecastCompleteness;
  /** Days; all three null unless complete. */
  readonly earliest: PartialDate | null;
  readonly likely: PartialDate | null;
  readonly latest: PartialDate | null;
  readonly notBefore: PartialDate;
  /** In the order of time; the announcement comes last. */
  readonly criticalPath: readonly ScheduledMilestone[];
  /** The open milestones that are waited for and have neither an estimate nor a due date. */
  readonly missing: readonly UntimedMilestone[];
  /** Every open milestone that is waited for, each after those it waits for, and the announcement last. */
  readonly schedule: readonly ScheduledMilestone[];
}

/**
 * When the announcement can be, in whole days from the UTC day of `at`, never before it.
 *
 * A milestone that starts on day s and takes d days is finished on day s + d, and what waits for it starts on that day:
 * ten days from the 28th are done on the 7th. The announcement waits for all that it needs, and these for what they depend on. The surprises:
 * - A milestone with both an estimate and a due window goes by its estimate. A window with one end uses it for both.
 * - `notBefore` is the optimistic case in which what is not known takes no time; it is `earliest` once all is known.
 * - Blocked counts when a milestone that is waited for is blocked, or the announcement itself.
 * - The critical path and the schedule are of the likely case; while something is missing they hold what is known.
 *
 * @param announcement null, and the forecast is null, when there is none; null as well when it is achieved or dropped
 * @param awaited from {@link awaitedMilestones}: what is needed and is open, and what that waits for
 * @param at milliseconds since 1970 UTC
 * @example
 * // on the 28th: talks of 3, 5 or 9 days, then posts of 10 likely days of which 40 percent are done: 10 × 60 / 100 = 6
 * forecastOf(announcement, [talks, posts], at)?.likely; // 28 + 5 + 6 = day 39 of December: '2023-01-08'
 */
export function forecastOf(
  announcement: MilestoneAt | null,
  awaited: readonly MilestoneAt[],
  at: number,
): Forecast | null {
  if (announcement === null || !isOpenMilestone(announcement)) return null;
  const open = awaited.filter(isOpenMilestone);
  const today = dayOf(at);
  const plan = planOf(announcement, open);
  const untimed = open.filter(({ milestone }) => !isTimed(milestone));
  const completeness = completenessOf(untimed.length > 0, [...open, announcement]);
  const given = (day: number) => (completeness === 'complete' ? dateOf(day) : null);
  const earliest = finishOf(announcement, timingsOf(plan, 'optimistic', today));
  const likely = timingsOf(plan, 'likely', today);
  const latest = finishOf(announcement, timingsOf(plan, 'pessimistic', today));
  const slacks = slacksOf(plan, likely);
  const present = ({ milestone: { id, title } }: MilestoneAt): ScheduledMilestone => {
    const { start, finish } = likely.get(id) ?? { start: today, finish: today };
    const slack = slacks.get(id) ?? 0;
    return { milestoneId: id, title, start: dateOf(start), finish: dateOf(finish), slack };
  };
  return {
    from: dateOf(today),
    completeness,
    earliest: given(earliest),
    likely: given(finishOf(announcement, likely)),
    latest: given(latest),
    notBefore: dateOf(earliest),
    criticalPath: criticalPathOf(plan, likely).map(present),
    missing: untimed.map(({ milestone: { id, title } }) => ({ milestoneId: id, title })),
    schedule: plan.map(({ one }) => present(one)),
  };
}

function completenessOf(
  isSomeUntimed: boolean,
  open: readonly MilestoneAt[],
): ForecastCompleteness {
  if (isSomeUntimed) return 'incomplete';
  return open.some(({ state }) => state === 'blocked') ? 'blocked' : 'complete';
}

function finishOf({ milestone }: MilestoneAt, timings: Timings): number {
  return timings.get(milestone.id)?.finish ?? -Infinity;
}

const LAST_DAY = dayOf(startOf('9999-12-31'));

function dateOf(day: number): PartialDate {
  return dateOfDay(Math.min(day, LAST_DAY));
}
