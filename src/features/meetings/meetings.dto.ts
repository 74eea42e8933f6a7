import {
  MEETING_STATUSES,
  QUALIFIERS,
  type MeetingStatus,
  type Qualifier,
} from '../../domain/vocabulary.js';
import {
  DateField,
  Nested,
  Reference,
  Text,
  Whole,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class ReportedAttendanceDto {
  @Whole('How many.', { min: 0, max: 1_000_000 })
  value!: number;

  @Word('How the number is to be read.', QUALIFIERS)
  qualifier!: Qualifier;
}

export class MeetingBody extends HoldableBody {
  @Reference('The merger that it is about.', 'mergers', { optional: true })
  mergerId!: string | null;

  @Text('What it is called.', { max: 300 })
  title!: string;

  @Text('What kind of meeting it is.', { optional: true, max: 100 })
  classification!: string | null;

  @Reference('The faction that holds it.', 'factions', { optional: true })
  hostFactionId!: string | null;

  @Text('Where it takes place.', { optional: true, max: 300 })
  venue!: string | null;

  @DateField('When it starts; needed once it was held.', { optional: true })
  startsOn!: string | null;

  @Whole('How long it lasts, in minutes.', { min: 1, max: 100_000 }, { optional: true })
  durationMinutes!: number | null;

  @Word('How certain it is.', MEETING_STATUSES)
  status!: MeetingStatus;

  @Nested('How many attended, as reported.', ReportedAttendanceDto, { optional: true })
  reportedAttendance!: ReportedAttendanceDto | null;
}
