import { RuleViolation } from '../../domain/violation.js';
import type {
  Candidate,
  Companion,
  RuleContext,
} from '../../platform/records/record.definition.js';
import { findAnnouncements, insertAnnouncement, type Announcement } from './mergers.db.js';
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
  await insertAnnouncement(tx, id, 'Joint announcement');
}

/** A merger goes with its announcement; what else it has must have gone before. */
export async function takeAnnouncementAlong(
  { tx }: RuleContext,
  id: string,
): Promise<readonly Companion[]> {
  const announcements = await findAnnouncements(tx, id);
  return companionsIn(announcements.filter(({ retracted }) => !retracted));
}

/** A merger is purged with its announcement, retracted or not. */
export async function purgeAnnouncementAlong(
  { tx }: RuleContext,
  id: string,
): Promise<readonly Companion[]> {
  return companionsIn(await findAnnouncements(tx, id));
}

/** A merger comes back with the announcement that went with it: the last one that went. */
export async function bringAnnouncementBack(
  { tx }: RuleContext,
  id: string,
): Promise<readonly Companion[]> {
  const announcements = await findAnnouncements(tx, id);
  return companionsIn(announcements.filter(({ retracted }) => retracted).slice(0, 1));
}

function companionsIn(announcements: readonly Announcement[]): readonly Companion[] {
  return announcements.map(({ id }) => ({ type: 'milestones', id }));
}
