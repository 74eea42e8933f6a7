import { defineRecord } from '../../platform/records/record.definition.js';
import { SourceBody } from './sources.dto.js';

export const sources = defineRecord({
  type: 'sources',
  title: 'Source',
  description: 'Where something was published; it may derive from another source.',
  body: SourceBody,
  nameField: 'title',
  dateField: 'publishedOn',
});
