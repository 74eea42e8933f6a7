/**
 * Records for tests, made through the API. Each factory makes the parents that it is not given; what a test does not speak
 * of is the least that is taken.
 */
import type { TestApp } from './app.js';

/** What is sent of a record. */
export type Fields = Readonly<Record<string, unknown>>;

/** A record as the API shows it. */
export type Stored = Fields & { readonly id: string; readonly version: number };

/** A known id of nothing. */
export const NOBODY = '01890000-0000-7000-8000-000000000000';

export async function record(accord: TestApp, path: string, body: Fields): Promise<Stored> {
  return (await accord.record(path, body)) as Stored;
}

export function buildFaction(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  return record(accord, '/v1/factions', { name: 'MQM-P', classification: 'party', ...fields });
}

export function buildPerson(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  return record(accord, '/v1/people', { name: 'Kamran Tessori', ...fields });
}

export async function buildMember(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const personId = fields['personId'] ?? (await buildPerson(accord)).id;
  const factionId = fields['factionId'] ?? (await buildFaction(accord)).id;
  return record(accord, '/v1/members', { ...fields, personId, factionId });
}

export function buildMerger(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  return record(accord, '/v1/mergers', { title: 'Unification of the MQM factions', ...fields });
}

/** A faction's part in a merger, unless a person is given. */
export async function buildParticipant(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const mergerId = fields['mergerId'] ?? (await buildMerger(accord)).id;
  const subject =
    'factionId' in fields || 'personId' in fields
      ? {}
      : { factionId: (await buildFaction(accord)).id };
  return record(accord, '/v1/participants', { role: 'joining', ...subject, ...fields, mergerId });
}

/** A stance of a participant; `participantId` is where it is posted. */
export async function buildStance(
  accord: TestApp,
  { participantId, ...fields }: Fields = {},
): Promise<Stored> {
  const id = participantId ?? (await buildParticipant(accord)).id;
  const body = { stance: 'exploring', occurredOn: '2022-12-28', ...fields };
  return record(accord, `/v1/participants/${pathId(id)}/stances`, body);
}

export async function buildMilestone(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const mergerId = fields['mergerId'] ?? (await buildMerger(accord)).id;
  const body = { title: 'The open issues are settled', classification: 'issue', ...fields };
  return record(accord, '/v1/milestones', { ...body, mergerId });
}

/** The announcement that a merger was made with. */
export async function announcementOf(accord: TestApp, mergerId: string): Promise<Stored> {
  const path = `/v1/milestones?mergerId=${mergerId}&classification=announcement`;
  const [announcement] = await listed(accord, path);
  if (!announcement) throw new Error(`merger ${mergerId} has no announcement`);
  return announcement;
}

/** A transition of a milestone; `milestoneId` is where it is posted. */
export async function buildTransition(
  accord: TestApp,
  { milestoneId, ...fields }: Fields = {},
): Promise<Stored> {
  const id = milestoneId ?? (await buildMilestone(accord)).id;
  const body = { state: 'in_progress', occurredOn: '2022-12-28', ...fields };
  return record(accord, `/v1/milestones/${pathId(id)}/transitions`, body);
}

export function buildMeeting(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const body = { title: 'The committee at the Governor House', status: 'tentative', ...fields };
  return record(accord, '/v1/meetings', body);
}

/** A person at a meeting; `meetingId` is where it is posted. */
export async function buildAttendance(
  accord: TestApp,
  { meetingId, ...fields }: Fields = {},
): Promise<Stored> {
  const id = meetingId ?? (await buildMeeting(accord)).id;
  const personId = fields['personId'] ?? (await buildPerson(accord)).id;
  const body = { mode: 'in_person', ...fields, personId };
  return record(accord, `/v1/meetings/${pathId(id)}/attendance`, body);
}

export async function buildMotion(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const mergerId = fields['mergerId'] ?? (await buildMerger(accord)).id;
  const factionId = fields['factionId'] ?? (await buildFaction(accord)).id;
  const words = { classification: 'accept_entry', requirement: 'simple_majority' };
  const body = { text: 'To accept PSP into the party.', ...words, ...fields };
  return record(accord, '/v1/motions', { ...body, mergerId, factionId });
}

/** A taking of votes on 28 December 2022, unless something else dates it. */
export async function buildVoteEvent(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const motionId = fields['motionId'] ?? (await buildMotion(accord)).id;
  const dates = ['startDate', 'endDate', 'meetingId'].some((name) => name in fields)
    ? {}
    : { startDate: '2022-12-28' };
  return record(accord, '/v1/vote-events', { ...dates, ...fields, motionId });
}

/** A vote by a name, unless a person is given. */
export async function buildVote(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const voteEventId = fields['voteEventId'] ?? (await buildVoteEvent(accord)).id;
  const voter = 'personId' in fields ? {} : { voterName: 'Waseem Akhtar' };
  const body = { option: 'yes', channel: 'in_person', ...voter, ...fields };
  return record(accord, '/v1/votes', { ...body, voteEventId });
}

/** A mandate that a faction grants from 28 December 2022 on, unless a person does. */
export async function buildMandate(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const mergerId = fields['mergerId'] ?? (await buildMerger(accord)).id;
  const holderId = fields['holderId'] ?? (await buildPerson(accord)).id;
  const grantor =
    'grantorFactionId' in fields || 'grantorPersonId' in fields
      ? {}
      : { grantorFactionId: (await buildFaction(accord)).id };
  const body = { scope: 'To decide on the merger.', startDate: '2022-12-28', ...grantor };
  return record(accord, '/v1/mandates', { ...body, ...fields, mergerId, holderId });
}

export async function buildPrediction(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const mergerId = fields['mergerId'] ?? (await buildMerger(accord)).id;
  const days = { from: '2023-01-09', to: '2023-01-14', statedOn: '2022-12-30' };
  return record(accord, '/v1/predictions', { ...days, ...fields, mergerId });
}

/** What a merger became; `mergerId` is where it is posted. */
export async function buildSuccession(
  accord: TestApp,
  { mergerId, ...fields }: Fields = {},
): Promise<Stored> {
  const id = mergerId ?? (await buildMerger(accord)).id;
  const predecessorIds = fields['predecessorIds'] ?? [(await buildFaction(accord)).id];
  const successorId = fields['successorId'] ?? (await buildFaction(accord)).id;
  const body = { kind: 'joined', date: '2023-01-12', ...fields, predecessorIds, successorId };
  return record(accord, `/v1/mergers/${pathId(id)}/succession`, body);
}

export function buildSource(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  return record(accord, '/v1/sources', { title: 'A report', kind: 'article', ...fields });
}

/** A citation of a person's record, unless another is given. */
export async function buildCitation(accord: TestApp, fields: Fields = {}): Promise<Stored> {
  const sourceId = fields['sourceId'] ?? (await buildSource(accord)).id;
  const about =
    'recordId' in fields ? {} : { recordType: 'people', recordId: (await buildPerson(accord)).id };
  return record(accord, '/v1/citations', { ...about, ...fields, sourceId });
}

function pathId(id: unknown): string {
  return typeof id === 'string' ? id : '';
}

/** The records of a page. */
export async function listed(accord: TestApp, path: string): Promise<readonly Stored[]> {
  const answer = await accord.get(path);
  if (answer.status !== 200)
    throw new Error(`GET ${path} answered ${String(answer.status)}: ${answer.text}`);
  return (answer.body as { data: readonly Stored[] }).data;
}

/** The ids of the records of a page. */
export async function idsListed(accord: TestApp, path: string): Promise<readonly string[]> {
  return (await listed(accord, path)).map(({ id }) => id);
}
