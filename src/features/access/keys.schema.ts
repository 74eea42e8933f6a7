import { INSTANT } from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { schemaOf } from '../../platform/records/record.schema.js';
import { KeyBody } from './keys.dto.js';

const properties = {
  id: { type: 'string', format: 'uuid' },
  name: { type: 'string' },
  role: { enum: ['editor', 'admin'] },
  origin: { enum: ['api', 'first_start', 'environment'] },
  createdAt: INSTANT,
  revokedAt: { ...INSTANT, type: ['string', 'null'] },
};

/** The schemas of keys, by the names that their routes use. */
export const keySchemas: Readonly<Record<string, JsonSchema>> = {
  Key: {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  },
  NewKey: {
    type: 'object',
    additionalProperties: false,
    required: [...Object.keys(properties), 'key'],
    properties: {
      ...properties,
      key: { type: 'string', description: 'The key itself, shown this once.' },
    },
  },
  KeyCreate: schemaOf(KeyBody),
  KeyList: pageOf({ $ref: '#/components/schemas/Key' }),
};
