import { RuleViolation } from '../../domain/violation.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { MotionBody } from './motions.dto.js';

/** Refuses a quorum of more than all. */
export function requireSoundQuorum(_: RuleContext, { body }: Candidate<MotionBody>): Promise<void> {
  if (body.quorum?.unit !== 'percent' || body.quorum.value <= 100) return Promise.resolve();
  throw new RuleViolation(
    'quorum_over_all',
    'A quorum in percent is at most 100.',
    '/quorum/value',
  );
}
