import { DateField, Reference, Text } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class MandateBody extends HoldableBody {
  @Reference('The merger.', 'mergers', { fixed: true })
  mergerId!: string;

  @Reference('The faction or committee that grants it; or else a person.', 'factions', {
    optional: true,
  })
  grantorFactionId!: string | null;

  @Reference('The person who grants it; or else a faction.', 'people', { optional: true })
  grantorPersonId!: string | null;

  @Reference('The person who may decide or negotiate.', 'people')
  holderId!: string;

  @Text('What the holder may do.', { max: 2000 })
  scope!: string;

  @DateField('The first day.')
  startDate!: string;

  @DateField('The last day.', { optional: true })
  endDate!: string | null;

  @DateField('When it was taken back.', { optional: true })
  revokedOn!: string | null;

  @Reference('The motion that granted it.', 'motions', { optional: true, sameMerger: true })
  motionId!: string | null;
}
