import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { INSTANT } from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { schemaOf } from '../../platform/records/record.schema.js';
import { PurgeBody } from './purges.dto.js';

const properties = {
  id: { type: 'string', format: 'uuid' },
  recordType: { enum: [...RECORD_TYPES] },
  recordId: { type: 'string', format: 'uuid' },
  purgedAt: INSTANT,
  actor: { type: 'string', description: 'Whose key.' },
  reason: {
    type: ['string', 'null'],
    description: 'Why; null when it was purged in SQL without one.',
  },
};

/** The schemas of purges, by the names that their routes use. */
export const purgeSchemas: Readonly<Record<string, JsonSchema>> = {
  Purge: {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  },
  PurgeCreate: schemaOf(PurgeBody),
  PurgeList: pageOf({ $ref: '#/components/schemas/Purge' }),
};
