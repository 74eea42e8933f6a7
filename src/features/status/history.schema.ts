import { FORECAST_COMPLETENESS } from '../../domain/forecast.js';
import { PHASES, PHASE_FLAGS } from '../../domain/phase.js';
import { CHANGE_KINDS } from '../../domain/status-diff.js';
import { FORECAST_DATES } from '../../domain/status-history.js';
import { RECORD_TYPES, STANCES } from '../../domain/vocabulary.js';
import { CLOCKS } from '../../platform/http/query.reader.js';
import {
  DATE,
  DAY,
  ID,
  INSTANT,
  TEXT,
  listOf,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { PERCENT } from './status.schema.js';

const change = shape({
  kind: {
    ...oneOf(CHANGE_KINDS),
    description: '`added` and `removed`: on one side there is nothing in this place.',
  },
  path: {
    ...TEXT,
    description:
      'Where in the status: a JSON pointer in which a thing of a list has its id in place of its number.',
  },
  recordType: oneOf(RECORD_TYPES),
  recordId: ID,
  name: orNull(TEXT),
  from: { description: 'What was there; null where there was nothing.' },
  to: { description: 'What is there; null where there is nothing.' },
  text: orNull(TEXT, 'One sentence, where it is about what people follow.'),
});

const dates = Object.fromEntries(FORECAST_DATES.map((name) => [name, orNull(DAY)]));

const forecast = shape({
  completeness: oneOf(FORECAST_COMPLETENESS),
  ...dates,
  notBefore: DAY,
  moving: listOf(
    oneOf(FORECAST_DATES),
    'Those of the dates that are a day later each day until the next point; the others stay.',
  ),
  criticalPath: listOf(ID, 'Milestones.'),
  missing: listOf(ID, 'Milestones that have neither an estimate nor a due date.'),
});

/** The schemas of differences and histories, by the names that their routes use. */
export const historySchemas: Readonly<Record<string, JsonSchema>> = {
  StatusDiff: shape({
    mergerId: ID,
    clock: oneOf(CLOCKS),
    from: DATE,
    to: orNull(DATE, 'As it was asked for; null: now.'),
    asOf: orNull(DATE, 'At which the other clock stood, as it was asked for.'),
    knownAt: orNull(DATE, 'At which the other clock stood, as it was asked for.'),
    changes: listOf(change),
  }),
  StatusHistoryPointList: pageOf(
    shape({
      at: INSTANT,
      phase: orNull(
        shape({ name: oneOf(PHASES), flags: listOf(oneOf(PHASE_FLAGS)) }),
        'Null while the merger was not on record, like progress.',
      ),
      progress: orNull(shape({ percent: PERCENT })),
      stances: listOf(shape({ participantId: ID, name: orNull(TEXT), stance: oneOf(STANCES) })),
      forecast: orNull(forecast, 'Null once announced or closed.'),
    }),
  ),
};
