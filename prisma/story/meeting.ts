/** F1, F2, F4, F7: the attempt, who takes part, and the meeting of the committee. */
import type { Together } from '../../src/platform/records/records.service.js';
import { MEETING_DAY, STORY } from './story.js';
import type { Cast } from './introduction.js';

export interface Talks {
  readonly mergerId: string;
  readonly pspPart: string;
  readonly meetingId: string;
}

/** Tells who takes part, and how the committee met. */
export async function gather({ create }: Together, cast: Cast): Promise<Talks> {
  const mergerId = await create('mergers', {
    slug: STORY,
    title: 'Unification of the MQM factions',
    summary: 'The governor of Sindh tries to bring PSP and Farooq Sattar back together with MQM-P.',
    expectedKind: 'joined',
    startedOn: '2022-12',
  });
  await create('participants', { mergerId, factionId: cast.mqm, role: 'lead' });
  const pspPart = await create('participants', { mergerId, factionId: cast.psp, role: 'joining' });
  await create('participants', { mergerId, personId: cast.sattar, role: 'joining' });
  await create('participants', { mergerId, personId: cast.tessori, role: 'broker' });
  const meetingId = await create('meetings', {
    mergerId,
    title: 'Rabita Committee at the Governor House',
    classification: 'committee meeting',
    hostFactionId: cast.committee,
    venue: 'Governor House',
    startsOn: MEETING_DAY,
    durationMinutes: 210,
    status: 'held',
    reportedAttendance: { value: 31, qualifier: 'at_least' },
  });
  const attend = (personId: string, mode: string, role: string | null = null): Promise<string> =>
    create('attendance', { personId, mode, role }, { meetingId });
  for (const personId of cast.present) await attend(personId, 'in_person');
  await attend(cast.tessori, 'in_person', 'the governor, in whose house it was');
  for (const personId of cast.phoned) await attend(personId, 'absent');
  return { mergerId, pspPart, meetingId };
}
