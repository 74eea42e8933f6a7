/** F9 to F12, F15: the way to the announcement, and what PSP and the sources say about it. */
import type { Together } from '../../src/platform/records/records.service.js';
import { REPORT_DAY } from './story.js';
import type { Decision } from './decision.js';
import type { Cast } from './introduction.js';
import type { Talks } from './meeting.js';

export interface Plan {
  readonly issues: string;
  readonly prediction: string;
  readonly pspMeeting: string;
}

/** Tells what has to happen, by when, and who says so. */
export async function tellPlan(
  together: Together,
  cast: Cast,
  told: Talks & Decision,
): Promise<Plan> {
  const { tx, create, patch } = together;
  const { mergerId } = told;
  const talks = await create('milestones', {
    mergerId,
    title: 'The governor speaks with Sattar, Kamal and Kaimkhani',
    classification: 'talks',
  });
  // "Before the meeting", and no more is known: some time in December.
  await create('transitions', { state: 'achieved', occurredOn: '2022-12' }, { milestoneId: talks });
  const breakthrough = await create('milestones', {
    mergerId,
    title: 'The whole committee is brought into confidence',
    description: 'Formally, and for the first time.',
    classification: 'decision',
    dependsOn: [talks],
    satisfiedBy: { motionId: told.acceptance },
  });
  const { pspMeeting, pspDecision } = await leavePspToDecide(together, cast, mergerId);
  const issues = await create('milestones', {
    mergerId,
    title: 'The open issues are settled',
    classification: 'issue',
    dependsOn: [breakthrough],
    // Another ten to fifteen days; the middle, twelve and a half, rounded up.
    estimate: { optimisticDays: 10, likelyDays: 13, pessimisticDays: 15 },
  });
  const note =
    'Several issues between the factions have to be settled before there can be a joint press conference.';
  await create(
    'transitions',
    { state: 'blocked', occurredOn: REPORT_DAY, note },
    { milestoneId: issues },
  );
  const prediction = await create('predictions', {
    mergerId,
    // Ten to fifteen days after 30 December.
    from: '2023-01-09',
    to: '2023-01-14',
    statedOn: REPORT_DAY,
    statedByLabel: 'a source in the party',
  });
  const announcement = await tx.milestone.findFirstOrThrow({
    where: { mergerId, classification: 'announcement' },
  });
  await patch('milestones', announcement.id, {
    title: 'Joint press conference that announces the union',
    venue: 'Governor House',
    dependsOn: [breakthrough, pspDecision, issues],
  });
  return { issues, prediction, pspMeeting };
}

/** F15: PSP will decide at a meeting of its own, which has no date yet. */
async function leavePspToDecide(
  { create }: Together,
  cast: Cast,
  mergerId: string,
): Promise<{ readonly pspMeeting: string; readonly pspDecision: string }> {
  const pspMeeting = await create('meetings', {
    mergerId,
    title: 'PSP consults its officials and activists',
    hostFactionId: cast.psp,
    venue: 'Pakistan House',
    status: 'tentative',
  });
  const pspMotion = await create('motions', {
    mergerId,
    factionId: cast.psp,
    classification: 'merge',
    requirement: 'simple_majority',
    text: 'To join the reunited party.',
    proposedOn: REPORT_DAY,
  });
  const pspDecision = await create('milestones', {
    mergerId,
    title: 'PSP decides',
    classification: 'decision',
    satisfiedBy: { motionId: pspMotion },
  });
  return { pspMeeting, pspDecision };
}
