import { FORECAST_COMPLETENESS } from '../../domain/forecast.js';
import { NEED_RECORD_TYPES } from '../../domain/needs.js';
import { PHASES, PHASE_FLAGS } from '../../domain/phase.js';
import { PREDICTION_OUTCOMES } from '../../domain/predictions.js';
import { COUNTED_STANDINGS } from '../../domain/sourcing.js';
import { TIMELINE_KINDS } from '../../domain/timeline.js';
import * as words from '../../domain/vocabulary.js';
import {
  DATE,
  DAY,
  ID,
  TEXT,
  WHOLE,
  listOf,
  named,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';

const merger = shape({
  id: ID,
  slug: TEXT,
  title: TEXT,
  expectedKind: orNull(oneOf(words.MERGER_KINDS)),
  startedOn: orNull(DATE),
  closedOn: orNull(DATE),
  outcome: orNull(oneOf(words.MERGER_OUTCOMES)),
});

const phase = shape({ name: oneOf(PHASES), reason: TEXT, flags: listOf(oneOf(PHASE_FLAGS)) });

/** A progress. */
export const PERCENT: JsonSchema = {
  type: ['number', 'null'],
  minimum: 0,
  maximum: 100,
  description: 'Rounded down to a tenth.',
};

const progress = shape({
  percent: PERCENT,
  formula: TEXT,
  earned: { type: 'number', minimum: 0 },
  total: WHOLE,
  contributions: listOf(
    shape({
      milestoneId: ID,
      title: TEXT,
      state: oneOf(words.MILESTONE_STATES),
      weight: WHOLE,
      earned: { type: 'number', minimum: 0 },
    }),
  ),
});

const scheduled = shape({
  milestoneId: ID,
  title: TEXT,
  start: DAY,
  finish: DAY,
  slack: { ...WHOLE, description: 'Days by which it may be late without moving the announcement.' },
});

const window = { earliest: orNull(DAY), likely: orNull(DAY), latest: orNull(DAY), notBefore: DAY };

const forecast = shape({
  from: DAY,
  completeness: oneOf(FORECAST_COMPLETENESS),
  ...window,
  criticalPath: listOf(scheduled),
  missing: listOf(
    shape({ milestoneId: ID, title: TEXT }),
    'What has neither an estimate nor a due date.',
  ),
  schedule: listOf(scheduled),
});

const prediction = shape({
  predictionId: ID,
  from: DATE,
  to: DATE,
  outcome: oneOf(PREDICTION_OUTCOMES),
  days: orNull(
    WHOLE,
    'By which the announcement came before or after the window; null while not announced.',
  ),
  statedOn: DATE,
  statedById: orNull(ID),
  statedBy: orNull(TEXT),
});

const member = { personId: ID, name: orNull(TEXT) };

const consensus = shape({
  motionId: ID,
  text: TEXT,
  classification: oneOf(words.MOTION_CLASSIFICATIONS),
  requirement: oneOf(words.REQUIREMENTS),
  factionId: ID,
  result: shape({
    outcome: oneOf(['pass', 'fail', 'undetermined']),
    date: orNull(DATE),
    settles: listOf(TEXT),
  }),
  tally: orNull(named('CountedVotes')),
  asked: listOf(
    shape({ ...member, option: oneOf(words.VOTE_OPTIONS), channel: oneOf(words.VOTE_CHANNELS) }),
  ),
  notAsked: listOf(shape(member)),
  unnamed: shape({ lower: WHOLE, upper: orNull(WHOLE) }, 'How many more took part than are named.'),
});

const participant = shape({
  participantId: ID,
  factionId: orNull(ID),
  personId: orNull(ID),
  name: orNull(TEXT),
  role: oneOf(words.PARTICIPANT_ROLES),
  stance: oneOf(words.STANCES),
  since: orNull(DATE),
  basis: orNull(oneOf(words.STANCE_BASES)),
  consensus: orNull(listOf(consensus), 'Of a faction; null for a person.'),
  motionId: orNull(ID),
  mandateId: orNull(ID),
  reason: TEXT,
});

const mandate = shape({
  mandateId: ID,
  grantorFactionId: orNull(ID),
  grantorPersonId: orNull(ID),
  grantorName: orNull(TEXT),
  holderId: ID,
  holderName: orNull(TEXT),
  scope: TEXT,
  startDate: DATE,
  endDate: orNull(DATE),
  motionId: orNull(ID),
});

const milestone = {
  milestoneId: ID,
  title: TEXT,
  classification: oneOf(words.MILESTONE_CLASSIFICATIONS),
};
const announced = {
  milestoneId: orNull(ID),
  state: oneOf(words.MILESTONE_STATES),
  achievedOn: orNull(DATE),
};

/** The schemas of the status and the timeline, by the names that their routes use. */
export const statusSchemas: Readonly<Record<string, JsonSchema>> = {
  Status: shape({
    merger,
    phase,
    progress,
    announcement: shape({
      ...announced,
      venue: orNull(TEXT),
      forecast: orNull(forecast, 'Null once announced or closed.'),
      predictions: listOf(prediction),
    }),
    participants: listOf(participant),
    mandates: listOf(mandate, 'Those in force.'),
    blockers: listOf(shape({ ...milestone, since: orNull(DATE), note: orNull(TEXT) })),
    next: listOf(
      shape({
        ...milestone,
        state: oneOf(words.MILESTONE_STATES),
        percent: orNull(WHOLE),
        dueFrom: orNull(DATE),
        dueTo: orNull(DATE),
      }),
    ),
    needs: listOf(shape({ text: TEXT, recordType: oneOf(NEED_RECORD_TYPES), recordId: ID })),
    sourcing: shape(
      Object.fromEntries(COUNTED_STANDINGS.map((word) => [word, WHOLE])),
      'How many of the merger’s records have which standing.',
    ),
    asOf: orNull(DATE, 'As it was asked for.'),
    knownAt: orNull(DATE, 'As it was asked for.'),
    version: { ...TEXT, description: 'A digest of the rest; the ETag.' },
  }),
  StatusSummaryList: pageOf(
    shape({
      merger,
      phase,
      progress: shape({ percent: PERCENT }),
      announcement: shape({
        ...announced,
        forecast: orNull(shape({ completeness: oneOf(FORECAST_COMPLETENESS), ...window })),
      }),
      needs: { ...WHOLE, description: 'How many things are missing.' },
    }),
  ),
  TimelineEntryList: pageOf(
    shape({
      date: DATE,
      kind: oneOf(TIMELINE_KINDS),
      recordType: oneOf(words.RECORD_TYPES),
      recordId: ID,
      text: TEXT,
      value: orNull(
        TEXT,
        'The word that it turns on: the stance, the state, the outcome, the kind of succession.',
      ),
      mentions: listOf(
        shape({ recordType: oneOf(words.RECORD_TYPES), recordId: ID, name: orNull(TEXT) }),
      ),
      standing: {
        ...oneOf(COUNTED_STANDINGS),
        description: 'How well the record that says so is sourced.',
      },
    }),
  ),
};
