import { defineRecord } from '../../platform/records/record.definition.js';
import { PredictionBody } from './predictions.dto.js';

export const predictions = defineRecord({
  type: 'predictions',
  title: 'Prediction',
  description: 'A window of days that somebody stated for the announcement.',
  body: PredictionBody,
  dateField: 'statedOn',
  periods: [['from', 'to']],
});
