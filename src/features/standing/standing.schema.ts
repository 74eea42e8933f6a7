import { STANDINGS } from '../../domain/standing.js';
import * as words from '../../domain/vocabulary.js';
import {
  CITED_SOURCE,
  DATE,
  FLAG,
  ID,
  TEXT,
  listOf,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';

const root = { sources: listOf(CITED_SOURCE), citationIds: listOf(ID) };

const weighing = {
  standing: oneOf(STANDINGS),
  supporting: listOf(shape(root), 'The roots that support it; sources within one count as one.'),
  disputing: listOf(
    shape({
      ...root,
      independent: {
        ...FLAG,
        description: 'Whether it supports nothing here: only then does it make a dispute.',
      },
    }),
    'The roots that dispute it.',
  ),
  confirming: listOf(ID, 'The citations that confirm it.'),
};

/** The schema of a record's standing, by the name that its routes use. */
export const standingSchemas: Readonly<Record<string, JsonSchema>> = {
  Standing: shape({
    recordType: oneOf(words.RECORD_TYPES),
    recordId: ID,
    ...weighing,
    fields: listOf(shape({ field: TEXT, ...weighing }), 'Each field that is cited by itself.'),
    asOf: orNull(DATE, 'As it was asked for.'),
    knownAt: orNull(DATE, 'As it was asked for.'),
  }),
};
