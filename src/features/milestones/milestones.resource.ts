import { defineRecord } from '../../platform/records/record.definition.js';
import { MilestoneBody } from './milestones.dto.js';
import { keepAnnouncement, requireSoundPlan } from './milestones.rules.js';

export const milestones = defineRecord({
  type: 'milestones',
  title: 'Milestone',
  description: 'A step on the way to the announcement, the announcement itself, or its aftermath.',
  body: MilestoneBody,
  nameField: 'title',
  dateField: 'dueTo',
  periods: [['dueFrom', 'dueTo']],
  rules: {
    check: requireSoundPlan,
    retracting: keepAnnouncement,
    purging: keepAnnouncement,
  },
});
