import { defineRecord } from '../../platform/records/record.definition.js';
import { SuccessionBody } from './successions.dto.js';

export const successions = defineRecord({
  type: 'successions',
  title: 'Succession',
  description: 'The completed merger: which factions became which.',
  body: SuccessionBody,
  nestedIn: { type: 'mergers', segment: 'succession', field: 'mergerId' },
  dateField: 'date',
});
