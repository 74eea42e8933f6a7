/** F9 to F12, F15: the way to the announcement, as the report of 30 December has it. */
import { findAnnouncements } from '../../src/features/mergers/mergers.db.js';
import type { Together } from '../../src/platform/records/records.service.js';
import type { Beginning } from './beginning.js';
import type { Decision, Reports } from './decision.js';
import { REPORT_DAY } from './story.js';

/** Tells what has to happen, by when, and who says so. */
export async function tellPlan(
  { tx, patch }: Together,
  { mergerId, psp, acceptance, original, copy }: Beginning & Decision,
): Promise<void> {
  const { tell } = original;
  const talks = await tell('milestones', {
    mergerId,
    title: 'The governor speaks with Sattar, Kamal and Kaimkhani',
    classification: 'talks',
  });
  // "Before the meeting", and no more is known: some time in December.
  await tell('transitions', { state: 'achieved', occurredOn: '2022-12' }, { milestoneId: talks });
  const breakthrough = await tell('milestones', {
    mergerId,
    title: 'The whole committee is brought into confidence',
    description: 'Formally, and for the first time.',
    classification: 'decision',
    dependsOn: [talks],
    satisfiedBy: { motionId: acceptance },
  });
  const pspDecision = await leavePspToDecide({ original, copy }, psp, mergerId);
  const issues = await blockIssues({ original, copy }, breakthrough, mergerId);
  const [announcement] = await findAnnouncements(tx, mergerId);
  if (!announcement) throw new Error('the merger has no announcement');
  await patch('milestones', announcement.id, {
    title: 'Joint press conference that announces the union',
    venue: 'Governor House',
    dependsOn: [breakthrough, pspDecision, issues],
  });
  await original.cite('milestones', announcement.id);
  const prediction = await tell('predictions', {
    mergerId,
    // Ten to fifteen days after 30 December.
    from: '2023-01-09',
    to: '2023-01-14',
    statedOn: REPORT_DAY,
    statedByLabel: 'a source in the party',
  });
  await copy.cite('predictions', prediction);
}

/** F11: several issues stand in the way. */
async function blockIssues(
  { original, copy }: Reports,
  breakthrough: string,
  mergerId: string,
): Promise<string> {
  const issues = await original.tell('milestones', {
    mergerId,
    title: 'The open issues are settled',
    classification: 'issue',
    dependsOn: [breakthrough],
    // Another ten to fifteen days; the middle, twelve and a half, rounded up.
    estimate: { optimisticDays: 10, likelyDays: 13, pessimisticDays: 15 },
  });
  await copy.cite('milestones', issues);
  const note =
    'Several issues between the factions have to be settled before there can be a joint press conference.';
  const blocked = { state: 'blocked', occurredOn: REPORT_DAY, note };
  await original.tell('transitions', blocked, { milestoneId: issues });
  return issues;
}

/** F15: PSP will decide at a meeting of its own, which has no date yet. */
async function leavePspToDecide(
  { original, copy }: Reports,
  psp: string,
  mergerId: string,
): Promise<string> {
  const meeting = await original.tell('meetings', {
    mergerId,
    title: 'PSP consults its officials and activists',
    hostFactionId: psp,
    venue: 'Pakistan House',
    status: 'tentative',
  });
  await copy.cite('meetings', meeting);
  const motion = await original.tell('motions', {
    mergerId,
    factionId: psp,
    classification: 'merge',
    requirement: 'simple_majority',
    text: 'To join the reunited party.',
    proposedOn: REPORT_DAY,
  });
  return original.tell('milestones', {
    mergerId,
    title: 'PSP decides',
    classification: 'decision',
    satisfiedBy: { motionId: motion },
  });
}
