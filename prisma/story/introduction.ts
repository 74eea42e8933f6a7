/** F1, F2, F3, F17: the people, the factions, the posts, and the names under which they are written. */
import type { Together } from '../../src/platform/records/records.service.js';

export interface Cast {
  readonly mqm: string;
  readonly psp: string;
  readonly committee: string;
  readonly tessori: string;
  readonly sattar: string;
  readonly siddiqui: string;
  /** The four committee members whom the report names as present. */
  readonly present: readonly string[];
  /** The three who were absent and were asked by phone. */
  readonly phoned: readonly string[];
}

/** Tells who is in the story. */
export async function introduce(together: Together): Promise<Cast> {
  const { create } = together;
  const factions = await introduceFactions(together);
  const leaders = await introduceLeaders(together, factions.psp);
  const seated = async (name: string, role: string | null): Promise<string> => {
    const personId = await create('people', { name });
    await create('members', { personId, factionId: factions.committee, role });
    return personId;
  };
  const siddiqui = await seated('Khalid Maqbool Siddiqui', 'convener');
  const present = [siddiqui];
  for (const name of ['Waseem Akhtar', 'Khawaja Izharul Hassan', 'Qadir Khanzada']) {
    present.push(await seated(name, null));
  }
  const phoned = [
    await seated('Aminul Haque', 'federal minister'),
    await seated('Aamir Khan', 'senior deputy convener'),
    await seated('Iqbal Muqaddam', null),
  ];
  return { ...factions, ...leaders, siddiqui, present, phoned };
}

async function introduceFactions({
  create,
}: Together): Promise<Pick<Cast, 'mqm' | 'psp' | 'committee'>> {
  const mqm = await create('factions', {
    slug: 'mqm-p',
    name: 'MQM-P',
    classification: 'party',
    otherNames: [{ name: 'Muttahida Qaumi Movement – Pakistan', kind: 'alias' }],
  });
  const psp = await create('factions', {
    slug: 'psp',
    name: 'PSP',
    classification: 'party',
    otherNames: [
      { name: 'Pak Sarzameen Party', kind: 'alias' },
      { name: 'Pak Sarzamin Party', kind: 'misspelling' },
    ],
  });
  const committee = await create('factions', {
    slug: 'rabita-committee',
    name: 'Rabita Committee',
    classification: 'committee',
    parentId: mqm,
    otherNames: [
      { name: 'Coordination Committee', kind: 'alias' },
      { name: 'League (Coordination) Committee', kind: 'misspelling' },
    ],
  });
  return { mqm, psp, committee };
}

async function introduceLeaders(
  { create }: Together,
  psp: string,
): Promise<Pick<Cast, 'tessori' | 'sattar'>> {
  const tessori = await create('people', {
    name: 'Kamran Tessori',
    summary: 'Governor of Sindh.',
    otherNames: [
      { name: 'Kamran Tesori', kind: 'misspelling' },
      { name: 'Kamran Tessor', kind: 'misspelling' },
      { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' },
    ],
  });
  const sattar = await create('people', { name: 'Farooq Sattar', honorificPrefix: 'Dr' });
  const kamal = await create('people', {
    name: 'Mustafa Kamal',
    summary: 'A former mayor of Karachi.',
  });
  const kaimkhani = await create('people', {
    name: 'Anis Kaimkhani',
    otherNames: [{ name: 'Anis KaimKhan', kind: 'misspelling' }],
  });
  for (const personId of [kamal, kaimkhani]) await create('members', { personId, factionId: psp });
  return { tessori, sattar };
}
