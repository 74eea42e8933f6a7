import { defineRecord } from '../../platform/records/record.definition.js';
import { VoteEventBody } from './vote-events.dto.js';
import { requireDate } from './vote-events.rules.js';

export const voteEvents = defineRecord({
  type: 'vote-events',
  title: 'VoteEvent',
  description: 'One taking of votes on a motion, with the counts as reported.',
  body: VoteEventBody,
  mergerVia: 'motionId',
  dateField: 'startDate',
  periods: [['startDate', 'endDate']],
  rules: { check: requireDate },
});
