import { defineRecord } from '../../platform/records/record.definition.js';
import { MeetingBody } from './meetings.dto.js';
import { requireSoundMeeting } from './meetings.rules.js';

export const meetings = defineRecord({
  type: 'meetings',
  title: 'Meeting',
  description:
    'A meeting that is planned, was held or was called off, with the attendance as reported.',
  body: MeetingBody,
  nameField: 'title',
  dateField: 'startsOn',
  rules: { check: requireSoundMeeting },
});
