import type { MandateFact, ParticipantFact } from '../../domain/facts.js';
import type { Transaction } from '../../platform/prisma/transaction.js';

/** A mandate, and the participant whose stance rests on it, as far as the rule reads them. */
export interface Grant {
  readonly mandate: Pick<
    MandateFact,
    'grantorFactionId' | 'grantorPersonId' | 'startDate' | 'endDate' | 'revokedOn'
  > & { readonly mergerId: string };
  readonly participant: Pick<ParticipantFact, 'factionId' | 'personId'> & {
    readonly mergerId: string;
  };
}

/** A mandate and a participant, both of which are held. */
export async function findGrant(
  tx: Transaction,
  mandateId: string,
  participantId: string,
): Promise<Grant> {
  const [grant] = await tx.query<Grant>(
    `SELECT
       json_build_object('mergerId', mandate.merger_id, 'grantorFactionId', mandate.grantor_faction_id,
         'grantorPersonId', mandate.grantor_person_id, 'startDate', mandate.start_date, 'endDate', mandate.end_date,
         'revokedOn', mandate.revoked_on) AS mandate,
       json_build_object('mergerId', participant.merger_id, 'factionId', participant.faction_id,
         'personId', participant.person_id) AS participant
     FROM mandates AS mandate CROSS JOIN participants AS participant
     WHERE mandate.id = $1::uuid AND participant.id = $2::uuid`,
    [mandateId, participantId],
  );
  if (!grant) throw new Error('the mandate or the participant is gone');
  return grant;
}
