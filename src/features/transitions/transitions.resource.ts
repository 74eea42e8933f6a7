import { defineRecord } from '../../platform/records/record.definition.js';
import { TransitionBody } from './transitions.dto.js';
import { requireSoundTransition } from './transitions.rules.js';

export const transitions = defineRecord({
  type: 'transitions',
  title: 'MilestoneTransition',
  description: 'The state of a milestone from a date on.',
  body: TransitionBody,
  nestedIn: { type: 'milestones', segment: 'transitions', field: 'milestoneId' },
  dateField: 'occurredOn',
  rules: { check: requireSoundTransition },
});
