import { defineRecord } from '../../platform/records/record.definition.js';
import { MemberBody } from './members.dto.js';
import { refuseOverlap } from './members.rules.js';

export const members = defineRecord({
  type: 'members',
  title: 'Member',
  description:
    'A person in a faction or committee, with a role, for a time. Two of one person in one faction never certainly overlap.',
  body: MemberBody,
  dateField: 'startDate',
  span: { start: 'startDate', end: 'endDate' },
  periods: [['startDate', 'endDate']],
  rules: { check: refuseOverlap },
});
