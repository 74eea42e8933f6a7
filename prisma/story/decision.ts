/** F3 to F8, F13, F14: the report of 30 December on what the committee decided, who was asked and how. */
import type { Together } from '../../src/platform/records/records.service.js';
import type { Beginning } from './beginning.js';
import { publish, type Report } from './report.js';
import { MEETING_DAY } from './story.js';
import type { Gathering } from './sunday.js';

/** The report, and the copy of it with which Accord began. */
export interface Reports {
  readonly original: Report;
  readonly copy: Report;
}

export interface Decision extends Reports {
  readonly acceptance: string;
  readonly kamal: string;
  readonly kaimkhani: string;
}

type Story = Beginning & Gathering;

/** Tells how the committee met and decided, and the mandate that came of it. */
export async function tellDecision(together: Together, story: Story): Promise<Decision> {
  const reports = await publishBoth(together);
  const { original, copy } = reports;
  await original.cite('mergers', story.mergerId);
  for (const part of Object.values(story.parts)) await original.cite('participants', part);
  const leaders = await introduceLeaders(original, story.psp);
  const seated = await seatCommittee(original, story);
  await fillMeeting(together, reports, { ...story, ...seated });
  const { acceptance, delegation } = await moveMotions(original, story);
  const voters = { ...story, ...seated };
  const vote = await takeVotes(original, acceptance, voters);
  await copy.cite('vote-events', vote);
  await takeVotes(original, delegation, voters);
  const mandateId = await original.tell('mandates', {
    mergerId: story.mergerId,
    grantorFactionId: story.committee,
    holderId: story.siddiqui,
    scope: 'To decide on the merger of MQM-P, PSP and Farooq Sattar.',
    startDate: MEETING_DAY,
    motionId: delegation,
  });
  await copy.cite('mandates', mandateId, { quote: 'The party has full confidence in Siddiqui.' });
  return { ...reports, acceptance, ...leaders };
}

async function publishBoth(together: Together): Promise<Reports> {
  const voice = {
    speakerLabel: 'a source in the party',
    onRecord: false,
    reliability: 'C',
    credibility: 3,
  };
  const original = await publish(
    together,
    '2022-12-30T06:00:00Z',
    {
      title: 'Report on the efforts to unify the MQM factions',
      publisher: 'Pakistan Today',
      url: 'https://www.pakistantoday.com.pk/2022/12/30/efforts-on-to-unify-mqm-factions-to-isolate-pti-in-karachi/',
    },
    voice,
  );
  const copy = await publish(
    together,
    '2022-12-30T08:00:00Z',
    {
      title: 'Machine-paraphrased copy of that report, with garbled names',
      publisher: 'edpblog.mraalionline.com',
      kind: 'post',
      url: 'https://edpblog.mraalionline.com/2022/12/30/tessoris-major-bid',
      derivedFromId: original.sourceId,
    },
    voice,
  );
  return { original, copy };
}

async function introduceLeaders(
  { tell }: Report,
  psp: string,
): Promise<Pick<Decision, 'kamal' | 'kaimkhani'>> {
  const kamal = await tell('people', {
    name: 'Mustafa Kamal',
    summary: 'A former mayor of Karachi.',
  });
  const kaimkhani = await tell('people', {
    name: 'Anis Kaimkhani',
    otherNames: [{ name: 'Anis KaimKhan', kind: 'misspelling' }],
  });
  for (const personId of [kamal, kaimkhani]) await tell('members', { personId, factionId: psp });
  return { kamal, kaimkhani };
}

interface Seated {
  /** Those of the committee whom the report names as present, besides Siddiqui. */
  readonly present: readonly string[];
  /** The three who were absent and were asked by phone. */
  readonly phoned: readonly string[];
}

async function seatCommittee({ tell }: Report, { committee, siddiqui }: Story): Promise<Seated> {
  const seat = (personId: string, role: string | null): Promise<string> =>
    tell('members', { personId, factionId: committee, role });
  const seated = async (name: string, role: string | null): Promise<string> => {
    const personId = await tell('people', { name });
    await seat(personId, role);
    return personId;
  };
  await seat(siddiqui, 'convener');
  const present: string[] = [];
  for (const name of ['Waseem Akhtar', 'Khawaja Izharul Hassan', 'Qadir Khanzada'])
    present.push(await seated(name, null));
  const phoned = [
    await seated('Aminul Haque', 'federal minister'),
    await seated('Aamir Khan', 'senior deputy convener'),
    await seated('Iqbal Muqaddam', null),
  ];
  return { present, phoned };
}

/** What the report adds to a meeting of which ARY had told already. */
async function fillMeeting(
  { patch }: Together,
  { original, copy }: Reports,
  { meetingId, siddiquiThere, tessori, present, phoned }: Story & Seated,
): Promise<void> {
  await patch('meetings', meetingId, {
    durationMinutes: 210,
    reportedAttendance: { value: 31, qualifier: 'at_least' },
  });
  await original.cite('meetings', meetingId);
  await copy.cite('meetings', meetingId);
  await original.cite('attendance', siddiquiThere);
  const attend = (personId: string, mode: string, role: string | null = null): Promise<string> =>
    original.tell('attendance', { personId, mode, role }, { meetingId });
  for (const personId of present) await attend(personId, 'in_person');
  await attend(tessori, 'in_person', 'the governor, in whose house it was');
  for (const personId of phoned) await attend(personId, 'absent');
}

async function moveMotions(
  { tell }: Report,
  { mergerId, committee }: Story,
): Promise<{ readonly acceptance: string; readonly delegation: string }> {
  const motion = {
    mergerId,
    factionId: committee,
    requirement: 'consensus',
    proposedOn: MEETING_DAY,
  };
  const acceptance = await tell('motions', {
    ...motion,
    classification: 'accept_entry',
    text: 'To accept PSP and Farooq Sattar into the party.',
    rationale: 'Whoever wishes to join is welcome under the party’s constitution and bylaws.',
  });
  const delegation = await tell('motions', {
    ...motion,
    classification: 'delegate_decision',
    text: 'To leave the decision on the merger to Khalid Maqbool Siddiqui.',
  });
  return { acceptance, delegation };
}

/**
 * More than thirty agreed, nobody is reported against. The count has no channel: the report does not say whether the three
 * who were asked by phone are among the thirty-odd, so 31 in all is what is certain.
 */
async function takeVotes(
  { tell }: Report,
  motionId: string,
  { mqm, meetingId, siddiqui, present, phoned }: Story & Seated,
): Promise<string> {
  const voteEventId = await tell('vote-events', {
    motionId,
    meetingId,
    complete: true,
    reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
  });
  const vote = { voteEventId, factionId: mqm, option: 'yes' };
  for (const personId of [siddiqui, ...present])
    await tell('votes', { ...vote, personId, channel: 'in_person' });
  for (const personId of phoned) await tell('votes', { ...vote, personId, channel: 'phone' });
  return voteEventId;
}
