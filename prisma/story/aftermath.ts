/** What was said next, up to 1 January: the posts shared out, an agreement on the record, and two more weeks. */
import type { Together } from '../../src/platform/records/records.service.js';
import type { Beginning } from './beginning.js';
import type { Decision } from './decision.js';
import { UNNAMED, publish } from './report.js';
import { REPORT_DAY, SUNDAY } from './story.js';
import type { Gathering } from './sunday.js';

type Story = Beginning & Gathering & Decision;

/** Tells what ARY said on the 30th: who gets which post after the merger, and again that it comes on Sunday. */
export async function tellPosts(together: Together, story: Story): Promise<void> {
  const { mergerId, mqm, committee, siddiqui, sattar, kamal, kaimkhani, original } = story;
  const ary = await publish(
    together,
    '2022-12-30T18:00:00Z',
    {
      title: 'MQM-P and PSP agree on sharing the top positions after the merger',
      publisher: 'ARY',
      url: 'https://arynews.tv/mqm-p-psp-agree-on-sharing-top-positions-after-merger/',
    },
    UNNAMED,
  );
  await ary.tell('predictions', {
    mergerId,
    from: SUNDAY,
    to: SUNDAY,
    statedOn: REPORT_DAY,
    statedByLabel: 'a source of ARY',
  });
  const give = (personId: string, factionId: string, role: string): Promise<string> =>
    ary.tell('members', { personId, factionId, role, startDate: SUNDAY });
  await give(siddiqui, mqm, 'head');
  const sattarConvener = await give(sattar, committee, 'convener');
  await give(kamal, committee, 'deputy convener');
  await give(kaimkhani, committee, 'organisation');
  // Every other report keeps Siddiqui as convener.
  await original.cite('members', sattarConvener, { field: 'role', stance: 'disputes' });
}

/** Tells what was said on 31 December: another meeting, and Sattar himself. */
export async function tellAgreement(together: Together, story: Story): Promise<void> {
  const { sattar, parts } = story;
  const ary = await publish(
    together,
    '2022-12-31T12:00:00Z',
    {
      title: 'MQM-P calls an emergency meeting of its Rabita Committee for tomorrow',
      publisher: 'ARY',
      url: 'https://arynews.tv/mqm-p-called-emergency-rabita-committee-meeting-tomorrow/',
    },
    UNNAMED,
  );
  await ary.cite('participants', parts.sattar, {
    quote: 'The committee is to meet in haste on 1 January at 14:00, about his return.',
  });
  const samaa = await publish(
    together,
    '2022-12-31T18:00:00Z',
    {
      title: 'Unification of the MQM: Tessori has a first success with Farooq Sattar',
      publisher: 'Samaa',
      url: 'https://www.samaaenglish.tv/news/40024543/pakistan-mission-mqm-unification-tessori-gets-early-successes-with-farooq-sattar',
    },
    { speakerId: sattar, onRecord: true },
  );
  const stance = await together.create(
    'stances',
    {
      stance: 'exploring',
      occurredOn: '2022-12-31',
      basis: 'statement',
      note: 'Agrees to work with the governor, and accepts that Siddiqui leads.',
    },
    { participantId: parts.sattar },
  );
  const quote = 'He and the governor agree to work together; he accepts that Siddiqui leads.';
  await samaa.cite('stances', stance, { quote });
}

/** Tells what The News said on 1 January: two weeks at most, and the governor negotiates for Sattar. */
export async function tellNewYear(together: Together, story: Story): Promise<void> {
  const { mergerId, sattar, tessori } = story;
  const news = await publish(
    together,
    '2023-01-01T06:00:00Z',
    {
      title: 'Tessori and Sattar agree to speed up the unification of the MQM',
      publisher: 'The News',
      url: 'https://www.thenews.com.pk/print/1025955-tessori-sattar-agree-to-expedite-mqm-unification-process',
    },
    UNNAMED,
  );
  await news.tell('predictions', {
    mergerId,
    from: '2023-01-01',
    to: '2023-01-15',
    statedOn: '2023-01-01',
    statedByLabel: 'a source of The News',
  });
  await news.tell('mandates', {
    mergerId,
    grantorPersonId: sattar,
    holderId: tessori,
    scope: 'To negotiate for Farooq Sattar, with full authority.',
    startDate: '2023-01-01',
  });
}
