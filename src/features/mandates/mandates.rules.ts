import { RuleViolation } from '../../domain/violation.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import type { MandateBody } from './mandates.dto.js';

/** Refuses a mandate that is granted by both a faction and a person, or by nobody. */
export function requireOneGrantor(_: RuleContext, { body }: Candidate<MandateBody>): Promise<void> {
  if ((body.grantorFactionId === null) !== (body.grantorPersonId === null))
    return Promise.resolve();
  throw new RuleViolation(
    'grantor_both_or_neither',
    'Give either grantorFactionId or grantorPersonId.',
    '/grantorFactionId',
  );
}
