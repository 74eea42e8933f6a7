/** Mandate: when one is in force, and which stance it carries. */
import { endOf, startOf } from './dates.js';
import type { FactionFact, MandateFact, ParticipantFact, StanceFact } from './facts.js';
import { factionsBeneath } from './factions.js';
import { RuleViolation } from './violation.js';

type Term = Pick<MandateFact, 'startDate' | 'endDate' | 'revokedOn'>;

/**
 * Whether a mandate is in force at `at`: from the first instant of its start to the end of its last day, or up to its
 * revocation when that comes first.
 *
 * An end is the last day included; a revocation counts, like any fact, from the first instant of its date.
 *
 * @param at milliseconds since 1970 UTC
 * @example
 * // granted on the 28th, revoked on the 30th
 * isInForce(mandate, startOf('2022-12-29')); // true
 * isInForce(mandate, startOf('2022-12-30')); // false
 */
export function isInForce(mandate: Term, at: number): boolean {
  return startOf(mandate.startDate) <= at && at < termEnd(mandate);
}

/**
 * Refuses a basis that does not fit the record named: `mandate` names a mandate, `motion` a motion, and neither is named
 * with any other basis or with none.
 *
 * @throws RuleViolation basis_mismatch
 * @example
 * assertBasisFits({ basis: 'statement', motionId: null, mandateId: 'm1' }); // refused
 */
export function assertBasisFits({
  basis,
  motionId,
  mandateId,
}: Pick<StanceFact, 'basis' | 'motionId' | 'mandateId'>): void {
  requireFit('mandate', basis === 'mandate', mandateId);
  requireFit('motion', basis === 'motion', motionId);
}

/**
 * Refuses a stance on a mandate that is of another merger, that another granted, or that is not in force on its date.
 *
 * Granted it have the participant's faction or one beneath it, or the person who takes part. A stance whose date is a
 * whole day or month is carried when the mandate is in force at any instant of it: on the day of the grant it is, on the
 * day of the revocation it is not.
 *
 * @param stance the date of the stance that rests on the mandate
 * @param mandate the mandate and the merger it is recorded in
 * @param participant who takes the stance, and the merger it takes part in
 * @param factions all of them, for what is beneath the participant
 * @throws RuleViolation mandate_not_applicable, mandate_not_in_force
 * @example
 * // granted by the coordination committee of MQM-P on the 28th; MQM-P agrees on it on the 27th
 * assertMandateCarries({ occurredOn: '2022-12-27' }, mandate, mqmP, factions); // refused: mandate_not_in_force
 */
export function assertMandateCarries(
  stance: Pick<StanceFact, 'occurredOn'>,
  mandate: Term &
    Pick<MandateFact, 'grantorFactionId' | 'grantorPersonId'> & { readonly mergerId: string },
  participant: Pick<ParticipantFact, 'factionId' | 'personId'> & { readonly mergerId: string },
  factions: readonly Pick<FactionFact, 'id' | 'parentId'>[],
): void {
  if (mandate.mergerId !== participant.mergerId) {
    throw notApplicable('The mandate was granted in another merger.');
  }
  if (!isGrantor(mandate, participant, factions)) {
    throw notApplicable('The mandate was not granted by the participant nor by a body beneath it.');
  }
  const { occurredOn } = stance;
  const from = Math.max(startOf(mandate.startDate), startOf(occurredOn));
  if (from < Math.min(termEnd(mandate), endOf(occurredOn))) return;
  throw new RuleViolation(
    'mandate_not_in_force',
    `The mandate is not in force on ${occurredOn}.`,
    '/mandateId',
  );
}

function termEnd({ endDate, revokedOn }: Term): number {
  const end = endDate === null ? Infinity : endOf(endDate);
  const revocation = revokedOn === null ? Infinity : startOf(revokedOn);
  return Math.min(end, revocation);
}

function isGrantor(
  { grantorFactionId, grantorPersonId }: Pick<MandateFact, 'grantorFactionId' | 'grantorPersonId'>,
  { factionId, personId }: Pick<ParticipantFact, 'factionId' | 'personId'>,
  factions: readonly Pick<FactionFact, 'id' | 'parentId'>[],
): boolean {
  if (factionId === null) return personId !== null && grantorPersonId === personId;
  return grantorFactionId !== null && factionsBeneath(factions, factionId).has(grantorFactionId);
}

function requireFit(basis: 'mandate' | 'motion', isBasis: boolean, named: string | null): void {
  if (isBasis === (named !== null)) return;
  const detail = isBasis
    ? `The basis is a ${basis} and none is named.`
    : `A ${basis} is named, and the basis is another.`;
  throw new RuleViolation('basis_mismatch', detail, `/${basis}Id`);
}

function notApplicable(detail: string): RuleViolation {
  return new RuleViolation('mandate_not_applicable', detail, '/mandateId');
}
