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
import { DUPLICATES_OF, DuplicateDecisionBody } from './duplicates.dto.js';

const TWO_IDS: JsonSchema = { ...listOf(ID), minItems: 2, maxItems: 2 };

/** The schemas of duplicates, by the names that their routes use. */
export const duplicateSchemas: Readonly<Record<string, JsonSchema>> = {
  DuplicateDecisionCreate: schemaOf(DuplicateDecisionBody),
  Duplicate: shape(
    {
      of: oneOf(DUPLICATES_OF),
      ids: { ...TWO_IDS, description: 'The one that was recorded first is the first.' },
      names: { ...listOf(TEXT, 'Their main names.'), minItems: 2, maxItems: 2 },
      score: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        description: 'How much alike their likest names are; no probability.',
      },
      reason: { ...TEXT, description: 'Which names are alike, and in what.' },
    },
    'Two records that may be of one person or faction.',
  ),
  DuplicateList: pageOf(named('Duplicate')),
  DuplicateDecision: shape(
    {
      id: { ...ID, description: 'Of two that are the same, the id of their merge.' },
      of: oneOf(DUPLICATES_OF),
      ids: TWO_IDS,
      decision: oneOf(['same', 'different']),
      decidedAt: INSTANT,
      actor: { ...TEXT, description: 'Whose key.' },
      reason: orNull(TEXT, 'Why.'),
      takenBackAt: orNull(INSTANT, 'When it was taken back; null while it holds.'),
      takenBackBy: orNull(TEXT, 'Whose key.'),
    },
    'What was decided of two records.',
  ),
  DuplicateDecisionList: pageOf(named('DuplicateDecision')),
};
