import { assertTransitionIsSound } from '../../domain/milestones.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { TransitionBody } from './transitions.dto.js';

/** Refuses a percent where there is nothing left to do. */
export function requireSoundTransition(
  _: RuleContext,
  { body }: Candidate<TransitionBody>,
): Promise<void> {
  assertTransitionIsSound(body);
  return Promise.resolve();
}
