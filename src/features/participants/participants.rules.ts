import { RuleViolation } from '../../domain/violation.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { ParticipantBody } from './participants.dto.js';

/** Refuses a participant that is both a faction and a person, or neither. */
export function requireOneSubject(
  _: RuleContext,
  { body }: Candidate<ParticipantBody>,
): Promise<void> {
  if ((body.factionId === null) !== (body.personId === null)) return Promise.resolve();
  throw new RuleViolation(
    'participant_both_or_neither',
    'Give either factionId or personId.',
    '/factionId',
  );
}
