import {
  buildFaction,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMotion,
  buildPerson,
  buildPrediction,
  buildSource,
  buildVoteEvent,
} from '../factories.js';
import { idIn, type Specimen } from './specimen.js';

const voteEvent: Specimen = {
  type: 'vote-events',
  blank: { meetingId: null, startDate: null, seats: null, complete: false, reportedCounts: [] },
  change: { seats: 41 },
  removable: { reportedCounts: [] },
  fixed: ['motionId'],
  filters: ['motionId', 'meetingId', 'startDate', 'endDate', 'complete'],
  sorts: ['startDate'],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const motionId = (await buildMotion(accord, { mergerId })).id;
    const meetingId = (await buildMeeting(accord, { mergerId })).id;
    const dates = { startDate: '2022-12-27', endDate: '2022-12-28T23:30Z' };
    const reportedCounts = [
      { option: 'yes', value: 31, qualifier: 'at_least' },
      { option: 'no', value: 0, qualifier: 'exactly', channel: 'phone' },
    ];
    const rest = { meetingId, ...dates, seats: 40, complete: true, reportedCounts };
    const minimal = { motionId, endDate: '2022' };
    return { path: '/v1/vote-events', above: {}, minimal, full: { motionId, ...rest } };
  },
};

const vote: Specimen = {
  type: 'votes',
  blank: { personId: null, factionId: null, castOn: null },
  change: { option: 'abstain' },
  removable: { castOn: null },
  fixed: ['voteEventId'],
  filters: ['voteEventId', 'personId', 'factionId', 'option', 'channel', 'castOn'],
  sorts: ['castOn'],
  prepare: async (accord) => {
    const factionId = (await buildFaction(accord)).id;
    const personId = (await buildPerson(accord)).id;
    await buildMember(accord, { personId, factionId });
    const motionId = (await buildMotion(accord, { factionId })).id;
    const voteEventId = (await buildVoteEvent(accord, { motionId })).id;
    const full = {
      voteEventId,
      personId,
      voterName: null,
      factionId,
      option: 'no',
      channel: 'phone',
    };
    return {
      path: '/v1/votes',
      above: {},
      minimal: { voteEventId, voterName: 'Aminul Haque', option: 'yes', channel: 'in_person' },
      full: { ...full, castOn: '2022-12-27' },
    };
  },
};

const mandate: Specimen = {
  type: 'mandates',
  blank: { grantorFactionId: null, endDate: null, revokedOn: null, motionId: null },
  change: { scope: 'To negotiate.' },
  removable: { revokedOn: null },
  fixed: ['mergerId'],
  filters: [
    'mergerId',
    'grantorFactionId',
    'holderId',
    'startDate',
    'endDate',
    'revokedOn',
    'motionId',
  ],
  sorts: ['startDate'],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const holderId = (await buildPerson(accord)).id;
    const grantorPersonId = (await buildPerson(accord)).id;
    const grantorFactionId = (await buildFaction(accord)).id;
    const motionId = (await buildMotion(accord, { mergerId })).id;
    const minimal = { mergerId, grantorPersonId, holderId, scope: 'To decide.', startDate: '2022' };
    const dates = { startDate: '2022-12-28', endDate: '2023-01-31', revokedOn: '2023-01' };
    const grant = {
      grantorFactionId,
      grantorPersonId: null,
      holderId,
      scope: 'To decide.',
      motionId,
    };
    return { path: '/v1/mandates', above: {}, minimal, full: { mergerId, ...grant, ...dates } };
  },
};

const prediction: Specimen = {
  type: 'predictions',
  blank: { statedById: null, statedByLabel: null },
  change: { to: '2023-01-15' },
  removable: { statedByLabel: null },
  fixed: ['mergerId'],
  filters: ['mergerId', 'from', 'to', 'statedOn', 'statedById'],
  sorts: ['statedOn'],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const statedById = (await buildPerson(accord)).id;
    const minimal = { mergerId, from: '2023', to: '2023', statedOn: '2022' };
    const days = { from: '2023-01-09', to: '2023-01-14', statedOn: '2022-12-30T10:00Z' };
    const full = { mergerId, ...days, statedById, statedByLabel: 'a source in the party' };
    return { path: '/v1/predictions', above: {}, minimal, full };
  },
};

const succession: Specimen = {
  type: 'successions',
  blank: {},
  change: { date: '2023-01' },
  fixed: ['mergerId'],
  filters: ['predecessorIds', 'successorId', 'kind', 'date'],
  sorts: ['date'],
  prepare: async (accord) => {
    const path = `/v1/mergers/${(await buildMerger(accord)).id}/succession`;
    const predecessorIds = [(await buildFaction(accord)).id, (await buildFaction(accord)).id];
    const successorId = (await buildFaction(accord)).id;
    const minimal = { predecessorIds, successorId, kind: 'merged', date: '2023-01-12' };
    return { path, above: { mergerId: idIn(path) }, minimal, full: minimal };
  },
};

const source: Specimen = {
  type: 'sources',
  blank: {
    url: null,
    publisher: null,
    publishedOn: null,
    language: null,
    derivedFromId: null,
    confidential: false,
  },
  change: { title: 'A report, corrected' },
  removable: { url: null },
  fixed: [],
  filters: ['publishedOn', 'kind', 'derivedFromId', 'confidential'],
  sorts: ['title', 'publishedOn'],
  prepare: async (accord) => ({
    path: '/v1/sources',
    above: {},
    minimal: { title: 'A word in the corridor', kind: 'interview' },
    full: {
      url: 'https://news.example.org/2022/12/30/a-report?page=1#top',
      title: 'A report',
      publisher: 'Pakistan Today',
      publishedOn: '2022-12-30',
      kind: 'article',
      language: 'en',
      derivedFromId: (await buildSource(accord)).id,
      confidential: false,
    },
  }),
};

const citation: Specimen = {
  type: 'citations',
  blank: {
    field: null,
    stance: 'supports',
    speakerId: null,
    speakerLabel: null,
    onRecord: null,
    reliability: null,
    credibility: null,
    quote: null,
  },
  change: { credibility: 6 },
  removable: { stance: 'supports' },
  fixed: ['sourceId', 'recordType', 'recordId'],
  filters: ['sourceId', 'recordType', 'recordId', 'stance', 'speakerId', 'onRecord', 'reliability'],
  sorts: [],
  prepare: async (accord) => {
    const sourceId = (await buildSource(accord)).id;
    const about = { recordType: 'predictions', recordId: (await buildPrediction(accord)).id };
    const speaker = { speakerId: (await buildPerson(accord)).id, speakerLabel: 'the convener' };
    const marks = { onRecord: true, reliability: 'C', credibility: 3, quote: 'ی'.repeat(500) };
    return {
      path: '/v1/citations',
      above: {},
      minimal: { sourceId, ...about },
      full: { sourceId, ...about, field: 'statedOn', stance: 'disputes', ...speaker, ...marks },
    };
  },
};

export const statements: readonly Specimen[] = [
  voteEvent,
  vote,
  mandate,
  prediction,
  succession,
  source,
  citation,
];
