import { defineRecord } from '../../platform/records/record.definition.js';
import { MandateBody } from './mandates.dto.js';
import { requireOneGrantor } from './mandates.rules.js';

export const mandates = defineRecord({
  type: 'mandates',
  title: 'Mandate',
  description: 'A grantor lets a person decide or negotiate.',
  body: MandateBody,
  oneOf: ['grantorFactionId', 'grantorPersonId'],
  dateField: 'startDate',
  span: { start: 'startDate', end: 'endDate', revoked: 'revokedOn' },
  periods: [
    ['startDate', 'endDate'],
    ['startDate', 'revokedOn'],
  ],
  rules: { check: requireOneGrantor },
});
