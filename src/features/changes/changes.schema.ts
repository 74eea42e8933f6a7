import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { INSTANT } from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';

const id = { type: 'string', format: 'uuid' };

/** The schemas of the feed, by the names that its route uses. */
export const changeSchemas: Readonly<Record<string, JsonSchema>> = {
  Change: {
    type: 'object',
    additionalProperties: false,
    required: ['recordType', 'recordId', 'mergerId', 'version', 'operation', 'recordedAt'],
    properties: {
      recordType: { enum: [...RECORD_TYPES], description: 'The word of its path.' },
      recordId: id,
      mergerId: {
        ...id,
        type: ['string', 'null'],
        description: 'The merger that the record belongs to.',
      },
      version: {
        type: ['integer', 'null'],
        minimum: 1,
        description: 'The version that the record has since; null when it is purged.',
      },
      operation: {
        enum: ['create', 'update', 'retract', 'restore', 'published', 'purged'],
        description:
          '`published`: it became visible to the public, by an edit or by time. `purged`: it is gone for good.',
      },
      recordedAt: INSTANT,
      actor: {
        type: ['string', 'null'],
        description: 'Whose key; null for `published`. For key holders only.',
      },
      reason: { type: ['string', 'null'], description: 'Why; for key holders only.' },
    },
  },
  ChangeList: pageOf(
    { $ref: '#/components/schemas/Change' },
    { type: 'string', description: 'Where to ask again; on an empty page it is where you were.' },
  ),
};
