import { RuleViolation } from '../../domain/violation.js';
import type {
  Candidate,
  Companion,
  RuleContext,
} from '../../platform/records/record.definition.js';
import type { MergerBody } from './mergers.dto.js';

/** Refuses an outcome without its closing date, and a closing date without an outcome. */
export function closeTogether(_: RuleContext, { body }: Candidate<MergerBody>): Promise<void> {
  if ((body.outcome === null) === (body.closedOn === null)) return Promise.resolve();
  const missing = body.outcome === null ? 'outcome' : 'closedOn';
  throw new RuleViolation(
    'outcome_without_closing',
    `${missing} is missing: the two go together.`,
    `/${missing}`,
  );
}

/** The one announcement that a merger has from the start. */
export async function planAnnouncement({ tx }: RuleContext, id: string): Promise<void> {
  await tx.milestone.create({
    data: { mergerId: id, title: 'Joint announcement', classification: 'announcement' },
  });
}

/** A merger goes with its announcement; what else it has must have gone before. */
export async function takeAnnouncementAlong(
  { tx }: RuleContext,
  id: string,
): Promise<readonly Companion[]> {
  const announcements = await tx.milestone.findMany({
    where: { mergerId: id, classification: 'announcement', retractedAt: null },
  });
  return announcements.map((announcement) => ({ type: 'milestones', id: announcement.id }));
}

/** A merger comes back with the announcement that went with it. */
export async function bringAnnouncementBack(
  { tx }: RuleContext,
  id: string,
): Promise<readonly Companion[]> {
  const announcement = await tx.milestone.findFirst({
    where: { mergerId: id, classification: 'announcement', retractedAt: { not: null } },
    orderBy: { retractedAt: 'desc' },
  });
  return announcement ? [{ type: 'milestones', id: announcement.id }] : [];
}
