/** The critical path method over open milestones, in whole days since 1970-01-01. Used by the forecast. */
import { dayOf, endOf, startOf } from './dates.js';
import type { Estimate, MilestoneFact } from './facts.js';
import type { MilestoneAt } from './milestones.js';

/** An open milestone and those placed before it that it waits for. */
export interface Task {
  readonly one: MilestoneAt;
  readonly after: readonly string[];
}

/** Each after all that it waits for; the announcement last. */
export type Plan = readonly Task[];

export type Pace = 'optimistic' | 'likely' | 'pessimistic';

interface Timing {
  readonly start: number;
  readonly finish: number;
}

/** By milestone id. */
export type Timings = ReadonlyMap<string, Timing>;

/**
 * The open milestones in an order in which each comes after those it waits for, and then the announcement, which waits
 * for all. In a cycle, which is refused at its creation, the first recorded goes first.
 *
 * A dependency that is not among them is done or dropped: nothing is to be waited for.
 *
 * @example
 * // the flag waits for the posts, and for the name, which is done
 * planOf(announcement, [flag, posts]);
 * // [{ one: posts, after: [] }, { one: flag, after: ['posts'] }, { one: announcement, after: ['posts', 'flag'] }]
 */
export function planOf(announcement: MilestoneAt, open: readonly MilestoneAt[]): Plan {
  const ids = new Set(open.map(({ milestone }) => milestone.id));
  const placed = new Set<string>();
  const plan: Task[] = [];
  let rest = open;
  while (rest.length > 0) {
    const ready = rest.filter(({ milestone }) =>
      milestone.dependsOn.every((id) => placed.has(id) || !ids.has(id)),
    );
    const taken = ready.length > 0 ? ready : rest.slice(0, 1);
    for (const one of taken) {
      plan.push({ one, after: one.milestone.dependsOn.filter((id) => placed.has(id)) });
    }
    for (const { milestone } of taken) placed.add(milestone.id);
    rest = rest.filter(({ milestone }) => !placed.has(milestone.id));
  }
  return [...plan, { one: announcement, after: [...placed] }];
}

/** When each task starts and is finished: as early as today and what it waits for allow. */
export function timingsOf(plan: Plan, pace: Pace, today: number): Timings {
  const timings = new Map<string, Timing>();
  for (const { one, after } of plan) {
    const start = Math.max(today, ...after.map((id) => timings.get(id)?.finish ?? today));
    timings.set(one.milestone.id, { start, finish: finishFrom(start, one, pace) });
  }
  return timings;
}

/**
 * How many days later than in `timings` each task may finish without moving the announcement.
 *
 * A task with a due window takes no time of its own: what it waits for may finish as late as it may itself.
 *
 * @param timings those of the likely case
 */
export function slacksOf(plan: Plan, timings: Timings): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  const last = Math.max(...[...timings.values()].map(({ finish }) => finish));
  for (const { one, after } of plan.toReversed()) {
    const start = (latest.get(one.milestone.id) ?? last) - daysLeft(one, 'likely');
    for (const id of after) latest.set(id, Math.min(latest.get(id) ?? last, start));
  }
  return new Map(
    [...timings].map(([id, { finish }]) => [id, (latest.get(id) ?? last) - finish] as const),
  );
}

/**
 * The chain of tasks that sets the day of the announcement: back from it, each to the one for which it had to wait.
 *
 * It begins with a task that waits for nothing but today or its own due day. Of several that finish on the day in
 * question it takes the last in the plan, so that one which takes no time is not passed over.
 */
export function criticalPathOf(plan: Plan, timings: Timings): readonly MilestoneAt[] {
  const path: MilestoneAt[] = [];
  let task = plan.at(-1);
  while (task !== undefined) {
    path.unshift(task.one);
    const awaited = new Set(task.after);
    const start = startWaitedFor(task, timings);
    task = plan.findLast(
      ({ one: { milestone } }) =>
        awaited.has(milestone.id) && timings.get(milestone.id)?.finish === start,
    );
  }
  return path;
}

/** Whether it is known how long a milestone takes or when it is due. */
export function isTimed({ estimate, dueFrom, dueTo }: MilestoneFact): boolean {
  return estimate !== null || dueFrom !== null || dueTo !== null;
}

function finishFrom(start: number, one: MilestoneAt, pace: Pace): number {
  const due = one.milestone.estimate === null ? dueDay(one.milestone, pace) : null;
  return due === null ? start + daysLeft(one, pace) : Math.max(due, start);
}

/** The estimate times the part still to do, rounded up; without an estimate no time. */
function daysLeft({ milestone: { estimate }, percent }: MilestoneAt, pace: Pace): number {
  if (estimate === null) return 0;
  return Math.ceil((daysOf(estimate, pace) * (100 - (percent ?? 0))) / 100);
}

function daysOf(estimate: Estimate, pace: Pace): number {
  switch (pace) {
    case 'optimistic':
      return estimate.optimisticDays;
    case 'likely':
      return estimate.likelyDays;
    case 'pessimistic':
      return estimate.pessimisticDays;
  }
}

/** The day on which a window ends: its first, its middle rounded up, or its last. Null without a window. */
function dueDay({ dueFrom, dueTo }: MilestoneFact, pace: Pace): number | null {
  const [from, to] = [dueFrom ?? dueTo, dueTo ?? dueFrom];
  if (from === null || to === null) return null;
  const first = dayOf(startOf(from));
  const last = Math.max(first, dayOf(endOf(to) - 1));
  switch (pace) {
    case 'optimistic':
      return first;
    case 'likely':
      return Math.ceil((first + last) / 2);
    case 'pessimistic':
      return last;
  }
}

/** The day on which a task had to wait for another to finish; null when it did not have to. */
function startWaitedFor({ one, after }: Task, timings: Timings): number | null {
  const timing = timings.get(one.milestone.id);
  if (timing === undefined || after.length === 0) return null;
  const due = one.milestone.estimate === null ? dueDay(one.milestone, 'likely') : null;
  return due !== null && due > timing.start ? null : timing.start;
}
