import {
  buildFaction,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
} from '../factories.js';
import { idIn, unique, type Specimen } from './specimen.js';

const told = {
  otherNames: [
    {
      name: 'Pak Sarzamin Party',
      lang: 'en',
      kind: 'misspelling',
      startDate: '2016',
      endDate: '2016-03',
      note: 'seen once',
    },
    { name: 'PSP' },
  ],
  identifiers: [{ scheme: 'wikidata', identifier: 'Q15715800' }],
  summary: 'Of Karachi.',
  links: [{ url: 'https://psp.example.org/about', note: 'its own page' }],
  extras: { popolo: { image: 'https://psp.example.org/logo.png', contact_details: [] } },
};
const untold = { otherNames: [], identifiers: [], summary: null, links: [], extras: {} };

const faction: Specimen = {
  type: 'factions',
  slugged: true,
  blank: { parentId: null, foundingDate: null, dissolutionDate: null, ...untold },
  change: { name: 'MQM Pakistan' },
  removable: { parentId: null },
  fixed: [],
  filters: ['slug', 'classification', 'parentId', 'foundingDate', 'dissolutionDate'],
  sorts: ['name', 'foundingDate'],
  prepare: async (accord) => {
    const minimal = { name: 'Pak Sarzameen Party', classification: 'party' };
    const parentId = (await buildFaction(accord)).id;
    const dates = { foundingDate: '2016-03-23', dissolutionDate: '2023-01' };
    const own = { slug: unique('psp'), name: 'PSP', classification: 'committee', parentId };
    return { path: '/v1/factions', above: {}, minimal, full: { ...own, ...told, ...dates } };
  },
};

const person: Specimen = {
  type: 'people',
  slugged: true,
  blank: {
    familyName: null,
    givenName: null,
    honorificPrefix: null,
    birthDate: null,
    deathDate: null,
    ...untold,
  },
  change: { name: 'Syed Mustafa Kamal' },
  removable: { honorificPrefix: null },
  fixed: [],
  filters: ['slug', 'birthDate', 'deathDate'],
  sorts: ['name', 'birthDate'],
  prepare: () => {
    const own = { slug: unique('farooq-sattar'), name: 'Farooq Sattar', honorificPrefix: 'Dr' };
    const names = { familyName: 'Sattar', givenName: 'Farooq' };
    const dates = { birthDate: '1959', deathDate: '2059-12-31T23:59:59.999+05:00' };
    return Promise.resolve({
      path: '/v1/people',
      above: {},
      minimal: { name: 'Mustafa Kamal' },
      full: { ...own, ...names, ...told, ...dates },
    });
  },
};

const member: Specimen = {
  type: 'members',
  blank: { role: null, voting: true, startDate: null, endDate: null, extras: {} },
  change: { role: 'deputy convener' },
  removable: { voting: true },
  fixed: [],
  filters: ['personId', 'factionId', 'voting', 'startDate', 'endDate'],
  sorts: ['startDate'],
  prepare: async (accord) => {
    const personId = (await buildPerson(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    const rest = { role: 'convener', voting: false, startDate: '2018-02', endDate: '2023' };
    const extras = { popolo: { area: { id: 'area/na-240', name: 'Karachi Korangi' } } };
    const minimal = { personId, factionId };
    return { path: '/v1/members', above: {}, minimal, full: { ...minimal, ...rest, extras } };
  },
};

const merger: Specimen = {
  type: 'mergers',
  slugged: true,
  blank: { summary: null, expectedKind: null, startedOn: null, closedOn: null, outcome: null },
  change: { title: 'Unification of the MQM' },
  removable: { summary: null },
  fixed: [],
  filters: ['slug', 'expectedKind', 'startedOn', 'closedOn', 'outcome'],
  sorts: ['title', 'startedOn'],
  prepare: () => {
    const own = { slug: unique('mqm-2022'), title: 'The second attempt', summary: 'In Karachi.' };
    const rest = { expectedKind: 'joined', startedOn: '2022-12', closedOn: '2023-02-01' };
    return Promise.resolve({
      path: '/v1/mergers',
      above: {},
      minimal: { title: 'The first attempt' },
      full: { ...own, ...rest, outcome: 'collapsed' },
    });
  },
};

const participant: Specimen = {
  type: 'participants',
  blank: { factionId: null },
  change: { role: 'observer' },
  fixed: ['mergerId'],
  filters: ['mergerId', 'factionId', 'role'],
  sorts: [],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const personId = (await buildPerson(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    return {
      path: '/v1/participants',
      above: {},
      minimal: { mergerId, personId, role: 'broker' },
      full: { mergerId, factionId, personId: null, role: 'lead' },
    };
  },
};

const stance: Specimen = {
  type: 'stances',
  blank: { basis: null, motionId: null, mandateId: null, note: null },
  change: { note: 'on his own terms' },
  removable: { note: null },
  fixed: ['participantId'],
  filters: ['stance', 'occurredOn', 'basis', 'motionId'],
  sorts: ['occurredOn'],
  prepare: async (accord, beneath) => {
    const mergerId = (await buildMerger(accord)).id;
    const participant = beneath === undefined ? await buildParticipant(accord, { mergerId }) : null;
    const path = beneath ?? `/v1/participants/${participant?.id ?? ''}/stances`;
    const motionId = participant ? (await buildMotion(accord, { mergerId })).id : null;
    const minimal = { stance: 'undecided', occurredOn: '2022' };
    const ground = { basis: motionId === null ? 'statement' : 'motion', motionId, mandateId: null };
    const own = { stance: 'conditional', occurredOn: '2022-12-30', note: 'as the convener said' };
    return { path, above: { participantId: idIn(path) }, minimal, full: { ...own, ...ground } };
  },
};

export const groups: readonly Specimen[] = [faction, person, member, merger, participant, stance];
