/** F14, F16, F18: who says so. Nearly all of it comes from people who are not named, and the text is a copy. */
import type { Together } from '../../src/platform/records/records.service.js';
import { REPORT_DAY } from './story.js';
import type { Decision } from './decision.js';
import type { Talks } from './meeting.js';
import type { Plan } from './plan.js';

/** Tells who published it, and cites it. */
export async function tellSources(
  { create }: Together,
  told: Talks & Decision & Plan,
): Promise<void> {
  const original = await create('sources', {
    title: 'Report on the efforts to unify the MQM factions',
    publisher: 'Pakistan Today',
    publishedOn: REPORT_DAY,
    kind: 'article',
    language: 'en',
    url: 'https://www.pakistantoday.com.pk/2022/12/30/efforts-on-to-unify-mqm-factions-to-isolate-pti-in-karachi/',
  });
  const copy = await create('sources', {
    title: 'Machine-paraphrased copy of that report, with garbled names',
    publisher: 'edpblog.mraalionline.com',
    publishedOn: REPORT_DAY,
    kind: 'post',
    language: 'en',
    url: 'https://edpblog.mraalionline.com/2022/12/30/tessoris-major-bid',
    derivedFromId: original,
  });
  const unnamed = {
    speakerLabel: 'a source in the party',
    onRecord: false,
    reliability: 'C',
    credibility: 3,
  };
  const cite = (recordType: string, recordId: string, more: object = {}): Promise<string> =>
    create('citations', { sourceId: copy, recordType, recordId, ...unnamed, ...more });
  await cite('meetings', told.meetingId);
  await cite('meetings', told.meetingId, { sourceId: original });
  await cite('vote-events', told.acceptanceVote);
  await cite('mandates', told.mandateId, { quote: 'The party has full confidence in Siddiqui.' });
  await cite('mandates', told.mandateId, { sourceId: original });
  await cite('milestones', told.issues);
  await cite('predictions', told.prediction);
  await cite('meetings', told.pspMeeting);
}
