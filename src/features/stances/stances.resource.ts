import { defineRecord } from '../../platform/records/record.definition.js';
import { StanceBody } from './stances.dto.js';
import { requireGround } from './stances.rules.js';

export const stances = defineRecord({
  type: 'stances',
  title: 'StanceChange',
  description: 'What a participant thought of the merger from a date on.',
  body: StanceBody,
  nestedIn: { type: 'participants', segment: 'stances', field: 'participantId' },
  mergerVia: 'participantId',
  dateField: 'occurredOn',
  rules: { check: requireGround },
});
