/** F1, F2, F17: the governor, whom he tries to unite, and the names under which they are written. Up to 20 December. */
import type { Together } from '../../src/platform/records/records.service.js';
import { UNNAMED, publish, type Report } from './report.js';
import { STORY } from './story.js';

export interface Beginning {
  readonly tessori: string;
  readonly sattar: string;
  readonly mqm: string;
  readonly psp: string;
  readonly mergerId: string;
  /** The parts that they take in the merger. */
  readonly parts: Readonly<Record<'mqm' | 'psp' | 'sattar' | 'tessori', string>>;
}

/** Tells how the attempt began: Dawn on 9 October, The News on 20 December. */
export async function tellBeginning(together: Together): Promise<Beginning> {
  const tessori = await appointGovernor(together);
  const news = await publish(
    together,
    '2022-12-20T06:00:00Z',
    {
      title: 'Tessori’s efforts to unify the MQM are not bearing fruit for now',
      publisher: 'The News',
      url: 'https://www.thenews.com.pk/print/1021834-tessori-s-efforts-for-mqm-unification-not-bearing-fruit-for-now',
    },
    UNNAMED,
  );
  const sides = await introduceSides(news);
  const mergerId = await news.tell('mergers', {
    slug: STORY,
    title: 'Unification of the MQM factions',
    summary: 'The governor of Sindh tries to bring PSP and Farooq Sattar back together with MQM-P.',
    expectedKind: 'joined',
    startedOn: '2022-12',
  });
  const take = (part: object): Promise<string> => news.tell('participants', { mergerId, ...part });
  const parts = {
    mqm: await take({ factionId: sides.mqm, role: 'lead' }),
    psp: await take({ factionId: sides.psp, role: 'joining' }),
    sattar: await take({ personId: sides.sattar, role: 'joining' }),
    tessori: await take({ personId: tessori, role: 'broker' }),
  };
  const conditions = 'sets conditions that MQM-P does not accept; the talks are to go on.';
  await news.cite('participants', parts.psp, { quote: `PSP ${conditions}` });
  await news.cite('participants', parts.sattar, { quote: `His group ${conditions}` });
  return { tessori, ...sides, mergerId, parts };
}

async function appointGovernor(together: Together): Promise<string> {
  const dawn = await publish(together, '2022-10-09T12:00:00Z', {
    title: 'Kamran Tessori of MQM-P is appointed governor of Sindh',
    publisher: 'Dawn',
    url: 'https://www.dawn.com/news/1714258/mqm-ps-kamran-tessori-appointed-governor-sindh',
  });
  return dawn.tell('people', {
    name: 'Kamran Tessori',
    summary: 'Governor of Sindh.',
    otherNames: [
      { name: 'Kamran Tesori', kind: 'misspelling' },
      { name: 'Kamran Tessor', kind: 'misspelling' },
      { name: 'Kamran Khan Tesori', kind: 'alias' },
      { name: 'Kamran Khan Tesuri', kind: 'misspelling' },
      { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' },
      { name: 'کامران خان ٹیسوری', lang: 'ur', kind: 'transliteration' },
    ],
  });
}

async function introduceSides({
  tell,
}: Report): Promise<Pick<Beginning, 'mqm' | 'psp' | 'sattar'>> {
  const mqm = await tell('factions', {
    slug: 'mqm-p',
    name: 'MQM-P',
    classification: 'party',
    otherNames: [{ name: 'Muttahida Qaumi Movement – Pakistan', kind: 'alias' }],
  });
  const psp = await tell('factions', {
    slug: 'psp',
    name: 'PSP',
    classification: 'party',
    otherNames: [
      { name: 'Pak Sarzameen Party', kind: 'alias' },
      { name: 'Pak-Sarzameen Party', kind: 'alias' },
      { name: 'Pak Sarzamin Party', kind: 'misspelling' },
      { name: 'Pak Sar Zameen Party', kind: 'misspelling' },
    ],
  });
  const group = await tell('factions', {
    slug: 'mqm-restoration-committee',
    name: 'MQM Restoration Committee',
    classification: 'faction',
    otherNames: [
      { name: 'MQM-RC', kind: 'alias' },
      { name: 'MQM Bahali Committee', kind: 'alias' },
      { name: 'MQM Revival Committee', kind: 'alias' },
      { name: 'Organisation Restoration Committee', kind: 'alias' },
    ],
    summary: 'The group of Farooq Sattar.',
  });
  const sattar = await tell('people', { name: 'Farooq Sattar', honorificPrefix: 'Dr' });
  await tell('members', { personId: sattar, factionId: group });
  return { mqm, psp, sattar };
}
