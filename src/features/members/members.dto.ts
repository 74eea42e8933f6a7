import { DateField, Flag, Reference, Text } from '../../platform/records/field.decorators.js';
import { Extras, type ExtrasOfRecord } from '../../platform/records/extras.field.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class MemberBody extends HoldableBody {
  @Reference('Who is a member.', 'people')
  personId!: string;

  @Reference('Of which faction or committee.', 'factions')
  factionId!: string;

  @Text('The post held: `convener`.', { optional: true })
  role!: string | null;

  @Flag('Whether the member votes.', { fallback: true })
  voting!: boolean;

  @DateField('The first day; left out, since ever.', { optional: true })
  startDate!: string | null;

  @DateField('The last day; left out, still.', { optional: true })
  endDate!: string | null;

  @Extras(
    'What files tell of the membership that has no field here: the area, the legislative period.',
  )
  extras!: ExtrasOfRecord;
}
