import { PREDICTION_OUTCOMES } from '../../domain/predictions.js';
import {
  CITED_SOURCE,
  DATE,
  ID,
  TEXT,
  WHOLE,
  listOf,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';

const trackRecord = {
  counts: shape(
    Object.fromEntries(PREDICTION_OUTCOMES.map((word) => [word, WHOLE])),
    'How many windows had which outcome.',
  ),
  counted: listOf(
    shape({
      mergerId: ID,
      mergerTitle: TEXT,
      from: DATE,
      to: DATE,
      outcome: oneOf(PREDICTION_OUTCOMES),
      days: orNull(WHOLE, 'As of a prediction.'),
      statedOn: { ...DATE, description: 'When it was stated first.' },
      predictionIds: listOf(ID),
      sources: listOf(CITED_SOURCE),
    }),
    'One for each merger, window and independent root, however often it was stated.',
  ),
};

/** The schemas of track records, by the names that their routes use. */
export const trackRecordSchemas: Readonly<Record<string, JsonSchema>> = {
  SourceTrackRecord: shape({
    sourceId: ID,
    title: TEXT,
    publisher: orNull(TEXT),
    ...trackRecord,
    asOf: orNull(DATE, 'As it was asked for.'),
    knownAt: orNull(DATE, 'As it was asked for.'),
  }),
  TrackRecordList: pageOf(shape({ publisher: TEXT, ...trackRecord })),
};
