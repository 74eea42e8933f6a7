import { assertBasisFits, assertMandateCarries } from '../../domain/mandate.js';
import type { Candidate, RuleContext } from '../../platform/records/record.definition.js';
import { factionsUpFrom } from '../factions/factions.db.js';
import { findGrant } from './stances.db.js';
import type { StanceBody } from './stances.dto.js';

/** Refuses a basis without its record, and a mandate that does not carry the stance on its date. */
export async function requireGround(
  { tx }: RuleContext,
  { body }: Candidate<StanceBody>,
): Promise<void> {
  assertBasisFits(body);
  if (body.mandateId === null) return;
  const { mandate, participant } = await findGrant(tx, body.mandateId, body.participantId);
  const factions =
    mandate.grantorFactionId === null ? [] : await factionsUpFrom(tx, mandate.grantorFactionId);
  assertMandateCarries(body, mandate, participant, factions);
}
