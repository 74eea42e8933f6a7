import { RuleViolation } from '../../domain/violation.js';
import { Problem } from '../../platform/errors/problem.js';
import type {
  Candidate,
  Companion,
  RuleContext,
} from '../../platform/records/record.definition.js';
import type { MilestoneBody } from './milestones.dto.js';

/** Refuses an estimate whose days are out of order, and an announcement that would become something else. */
export function requireSoundPlan(
  _: RuleContext,
  { body, before }: Candidate<MilestoneBody>,
): Promise<void> {
  if (before?.classification === 'announcement' && body.classification !== 'announcement') {
    throw new Problem(
      'announcement_required',
      'A merger keeps its one announcement: its classification stays.',
    );
  }
  const { estimate } = body;
  if (
    estimate &&
    !(
      estimate.optimisticDays <= estimate.likelyDays &&
      estimate.likelyDays <= estimate.pessimisticDays
    )
  ) {
    throw new RuleViolation(
      'estimate_out_of_order',
      'optimisticDays ≤ likelyDays ≤ pessimisticDays.',
      '/estimate',
    );
  }
  return Promise.resolve();
}

/** Refuses to retract or purge the announcement: it goes with its merger only. */
export function keepAnnouncement(
  _: RuleContext,
  __: string,
  body: MilestoneBody,
): Promise<readonly Companion[]> {
  if (body.classification !== 'announcement') return Promise.resolve([]);
  throw new Problem(
    'announcement_required',
    'A merger keeps its one announcement: it goes with the merger only.',
  );
}
