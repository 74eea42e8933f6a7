import { defineRecord } from '../../platform/records/record.definition.js';
import { VoteBody } from './votes.dto.js';
import { admitVote } from './votes.rules.js';

export const votes = defineRecord({
  type: 'votes',
  title: 'Vote',
  description: 'One voter’s option. Of several by one voter the latest counts.',
  body: VoteBody,
  oneOf: ['personId'],
  dateField: 'castOn',
  rules: { check: admitVote },
});
