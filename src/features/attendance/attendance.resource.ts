import { defineRecord } from '../../platform/records/record.definition.js';
import { AttendanceBody } from './attendance.dto.js';

export const attendance = defineRecord({
  type: 'attendance',
  title: 'Attendance',
  description: 'A person at a meeting, and how; each once.',
  body: AttendanceBody,
  nestedIn: { type: 'meetings', segment: 'attendance', field: 'meetingId' },
});
