import { defineRecord } from '../../platform/records/record.definition.js';
import { MotionBody } from './motions.dto.js';
import { requireSoundQuorum } from './motions.rules.js';

export const motions = defineRecord({
  type: 'motions',
  title: 'Motion',
  description: 'What a faction or committee decides about a merger.',
  body: MotionBody,
  dateField: 'proposedOn',
  rules: { check: requireSoundQuorum },
});
