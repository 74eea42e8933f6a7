import { defineRecord } from '../../platform/records/record.definition.js';
import { CitationBody } from './citations.dto.js';
import { requireKnownField } from './citations.rules.js';

export const citations = defineRecord({
  type: 'citations',
  title: 'Citation',
  description: 'A source behind one record, or one field of it.',
  body: CitationBody,
  rules: { check: requireKnownField },
});
