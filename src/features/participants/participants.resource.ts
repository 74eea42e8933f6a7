import { defineRecord } from '../../platform/records/record.definition.js';
import { ParticipantBody } from './participants.dto.js';
import { requireOneSubject } from './participants.rules.js';

export const participants = defineRecord({
  type: 'participants',
  title: 'Participant',
  description: 'A faction or a person, once, in a merger.',
  body: ParticipantBody,
  oneOf: ['factionId', 'personId'],
  rules: { check: requireOneSubject },
});
