import {
  buildFaction,
  buildMeeting,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildPerson,
} from '../factories.js';
import { idIn, type Specimen } from './specimen.js';

const milestone: Specimen = {
  type: 'milestones',
  blank: {
    description: null,
    weight: 1,
    dependsOn: [],
    estimate: null,
    dueFrom: null,
    dueTo: null,
    venue: null,
    satisfiedBy: null,
  },
  change: { title: 'The issues are settled' },
  removable: { dependsOn: [] },
  fixed: ['mergerId'],
  filters: ['mergerId', 'classification', 'dependsOn', 'dueFrom', 'dueTo'],
  sorts: ['title', 'dueTo'],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const before = [
      await buildMilestone(accord, { mergerId }),
      await buildMilestone(accord, { mergerId }),
    ];
    const motionId = (await buildMotion(accord, { mergerId })).id;
    return {
      path: '/v1/milestones',
      above: {},
      minimal: { mergerId, title: 'PSP decides', classification: 'decision' },
      full: {
        mergerId,
        title: 'The open issues are settled',
        description: 'The symbol, the name, the seats.',
        classification: 'issue',
        weight: 100,
        dependsOn: before.map(({ id }) => id),
        estimate: { optimisticDays: 10, likelyDays: 13, pessimisticDays: 15 },
        dueFrom: '2023-01-09',
        dueTo: '2023-01',
        venue: 'Karachi',
        satisfiedBy: { motionId },
      },
    };
  },
};

const transition: Specimen = {
  type: 'transitions',
  blank: { percent: null, note: null },
  change: { percent: 99 },
  removable: { percent: null },
  fixed: ['milestoneId'],
  filters: ['state', 'occurredOn'],
  sorts: ['occurredOn'],
  prepare: async (accord, beneath) => {
    const path = beneath ?? `/v1/milestones/${(await buildMilestone(accord)).id}/transitions`;
    const minimal = { state: 'achieved', occurredOn: '2023-01' };
    const full = { state: 'blocked', occurredOn: '2022-12-30', percent: 0, note: 'the symbol' };
    return { path, above: { milestoneId: idIn(path) }, minimal, full };
  },
};

const meeting: Specimen = {
  type: 'meetings',
  blank: {
    mergerId: null,
    classification: null,
    hostFactionId: null,
    venue: null,
    startsOn: null,
    durationMinutes: null,
    reportedAttendance: null,
  },
  change: { venue: 'Pakistan House' },
  removable: { reportedAttendance: null },
  fixed: [],
  filters: ['mergerId', 'hostFactionId', 'status', 'startsOn'],
  sorts: ['title', 'startsOn'],
  prepare: async (accord) => ({
    path: '/v1/meetings',
    above: {},
    minimal: { title: 'PSP consults its activists', status: 'tentative' },
    full: {
      mergerId: (await buildMerger(accord)).id,
      title: 'Rabita Committee at the Governor House',
      classification: 'committee meeting',
      hostFactionId: (await buildFaction(accord)).id,
      venue: 'Governor House, Karachi',
      startsOn: '2022-12-28T20:00+05:00',
      durationMinutes: 210,
      status: 'held',
      reportedAttendance: { value: 31, qualifier: 'at_least' },
    },
  }),
};

const attendance: Specimen = {
  type: 'attendance',
  blank: { role: null },
  change: { mode: 'video' },
  removable: { role: null },
  fixed: ['meetingId'],
  filters: ['personId', 'mode'],
  sorts: [],
  prepare: async (accord, beneath) => {
    const path = beneath ?? `/v1/meetings/${(await buildMeeting(accord)).id}/attendance`;
    const personId = (await buildPerson(accord)).id;
    const minimal = { personId, mode: 'in_person' };
    const full = { personId: (await buildPerson(accord)).id, mode: 'phone', role: 'chair' };
    return { path, above: { meetingId: idIn(path) }, minimal, full };
  },
};

const motion: Specimen = {
  type: 'motions',
  blank: { rationale: null, quorum: null, proposedOn: null },
  change: { text: 'To accept PSP and Farooq Sattar.' },
  removable: { quorum: null },
  fixed: ['mergerId'],
  filters: ['mergerId', 'factionId', 'classification', 'requirement', 'proposedOn'],
  sorts: ['proposedOn'],
  prepare: async (accord) => {
    const mergerId = (await buildMerger(accord)).id;
    const factionId = (await buildFaction(accord)).id;
    const words = { classification: 'merge', requirement: 'two_thirds_all' };
    const minimal = { mergerId, factionId, text: 'To merge.', ...words };
    const rest = {
      rationale: 'Unity.',
      quorum: { value: 50, unit: 'percent' },
      proposedOn: '2022-12',
    };
    return { path: '/v1/motions', above: {}, minimal, full: { ...minimal, ...rest } };
  },
};

export const steps: readonly Specimen[] = [milestone, transition, meeting, attendance, motion];
