/** ARY on 28 and 29 December: the committee at the Governor House, and a merger that is to come on Sunday. */
import type { Together } from '../../src/platform/records/records.service.js';
import type { Beginning } from './beginning.js';
import { UNNAMED, publish } from './report.js';
import { MEETING_DAY, SUNDAY } from './story.js';

export interface Gathering {
  readonly committee: string;
  readonly siddiqui: string;
  readonly meetingId: string;
  /** That Siddiqui was there. */
  readonly siddiquiThere: string;
}

/** Tells that the committee met, as far as it was known on that day. */
export async function tellGathering(
  together: Together,
  { mqm, mergerId }: Beginning,
): Promise<Gathering> {
  const ary = await publish(together, '2022-12-28T18:00:00Z', {
    title: 'A delegation of MQM-P at the governor’s house of Sindh',
    publisher: 'ARY',
    url: 'https://arynews.tv/mqm-p-sindh-governors-house/',
  });
  const committee = await ary.tell('factions', {
    slug: 'rabita-committee',
    name: 'Rabita Committee',
    classification: 'committee',
    parentId: mqm,
    otherNames: [
      { name: 'Coordination Committee', kind: 'alias' },
      { name: 'Rabta Committee', kind: 'misspelling' },
      { name: 'League (Coordination) Committee', kind: 'misspelling' },
    ],
  });
  const siddiqui = await ary.tell('people', { name: 'Khalid Maqbool Siddiqui' });
  const meetingId = await ary.tell('meetings', {
    mergerId,
    title: 'Rabita Committee at the Governor House',
    classification: 'committee meeting',
    hostFactionId: committee,
    venue: 'Governor House',
    startsOn: MEETING_DAY,
    status: 'held',
  });
  const there = { personId: siddiqui, mode: 'in_person' };
  const siddiquiThere = await ary.tell('attendance', there, { meetingId });
  return { committee, siddiqui, meetingId, siddiquiThere };
}

/** Tells of the merger on Sunday: said twice on one day by one broadcaster, and Sattar names no date. */
export async function tellSunday(
  together: Together,
  { mergerId, sattar, parts }: Beginning,
): Promise<void> {
  const first = await publish(
    together,
    '2022-12-29T12:00:00Z',
    {
      title: 'Unity of the MQM factions: the governor is to visit the house of PSP tonight',
      publisher: 'ARY',
      url: 'https://arynews.tv/unity-of-mqm-factions-governor-sindh-to-visit-psp-house-tonight/',
    },
    UNNAMED,
  );
  const prediction = await first.tell('predictions', {
    mergerId,
    from: SUNDAY,
    to: SUNDAY,
    statedOn: '2022-12-29',
    statedByLabel: 'a source of ARY',
  });
  const second = await publish(
    together,
    '2022-12-29T20:00:00Z',
    {
      title: 'Unification of the MQM factions: the governor visits the headquarters of PSP',
      publisher: 'ARY',
      url: 'https://arynews.tv/unification-of-mqm-factions-sindh-governor-visits-psp-headquarters/',
    },
    UNNAMED,
  );
  await second.cite('predictions', prediction);
  await second.cite('participants', parts.sattar, {
    speakerId: sattar,
    speakerLabel: null,
    onRecord: true,
    quote: 'He declines to name a date.',
  });
}
