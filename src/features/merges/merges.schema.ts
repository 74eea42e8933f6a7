import { RECORD_TYPES } from '../../domain/vocabulary.js';
import {
  ID,
  INSTANT,
  TEXT,
  listOf,
  named,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { schemaOf } from '../../platform/records/record.schema.js';
import { MergeBody } from './merges.dto.js';

/** The schemas of merges, by the names that their routes use. */
export const mergeSchemas: Readonly<Record<string, JsonSchema>> = {
  MergeCreate: schemaOf(MergeBody),
  Merge: shape(
    {
      id: ID,
      recordType: oneOf(['factions', 'people']),
      keptId: ID,
      duplicateId: ID,
      moved: listOf(
        shape({ recordType: oneOf(RECORD_TYPES), recordId: ID, field: TEXT }),
        'What named the duplicate and named the kept record from then on, field by field.',
      ),
      createdAt: INSTANT,
      actor: orNull(TEXT, 'Whose key.'),
      reason: orNull(TEXT, 'Why.'),
      undoneAt: orNull(INSTANT, 'When it was undone; null while it holds.'),
      undoneBy: orNull(TEXT, 'Whose key.'),
      undoneReason: orNull(TEXT, 'Why.'),
    },
    'Two records of one person or faction made one.',
  ),
  MergeList: pageOf(named('Merge')),
};
