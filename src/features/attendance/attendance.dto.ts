import { ATTENDANCE_MODES, type AttendanceMode } from '../../domain/vocabulary.js';
import { FromPath, Reference, Text, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class AttendanceBody extends HoldableBody {
  @FromPath('The meeting.', 'meetings')
  meetingId!: string;

  @Reference('The person, once a meeting.', 'people')
  personId!: string;

  @Word('How the person attended, or did not.', ATTENDANCE_MODES)
  mode!: AttendanceMode;

  @Text('The part played: `chair`.', { optional: true })
  role!: string | null;
}
