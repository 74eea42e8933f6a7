/** F5 to F8, F13: what the committee decided, who was asked and how, and the mandate that came of it. */
import type { Together } from '../../src/platform/records/records.service.js';
import { MEETING_DAY } from './story.js';
import type { Cast } from './introduction.js';
import type { Talks } from './meeting.js';

export interface Decision {
  readonly acceptance: string;
  readonly acceptanceVote: string;
  readonly mandateId: string;
}

/** Tells the two votes of the committee and the mandate. */
export async function tellDecision(
  together: Together,
  cast: Cast,
  { mergerId, meetingId }: Talks,
): Promise<Decision> {
  const { create } = together;
  const motion = {
    mergerId,
    factionId: cast.committee,
    requirement: 'consensus',
    proposedOn: MEETING_DAY,
  };
  const acceptance = await create('motions', {
    ...motion,
    classification: 'accept_entry',
    text: 'To accept PSP and Farooq Sattar into the party.',
    rationale: 'Whoever wishes to join is welcome under the party’s constitution and bylaws.',
  });
  const delegation = await create('motions', {
    ...motion,
    classification: 'delegate_decision',
    text: 'To leave the decision on the merger to Khalid Maqbool Siddiqui.',
  });
  const acceptanceVote = await takeVotes(together, acceptance, cast, meetingId);
  await takeVotes(together, delegation, cast, meetingId);
  const mandateId = await create('mandates', {
    mergerId,
    grantorFactionId: cast.committee,
    holderId: cast.siddiqui,
    scope: 'To decide on the merger of MQM-P, PSP and Farooq Sattar.',
    startDate: MEETING_DAY,
    motionId: delegation,
  });
  return { acceptance, acceptanceVote, mandateId };
}

/**
 * More than thirty agreed, nobody is reported against. The count has no channel: the report does not say whether the three
 * who were asked by phone are among the thirty-odd, so 31 in all is what is certain.
 */
async function takeVotes(
  { create }: Together,
  motionId: string,
  cast: Cast,
  meetingId: string,
): Promise<string> {
  const voteEventId = await create('vote-events', {
    motionId,
    meetingId,
    complete: true,
    reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
  });
  const vote = { voteEventId, factionId: cast.mqm, option: 'yes' };
  for (const personId of cast.present)
    await create('votes', { ...vote, personId, channel: 'in_person' });
  for (const personId of cast.phoned)
    await create('votes', { ...vote, personId, channel: 'phone' });
  return voteEventId;
}
