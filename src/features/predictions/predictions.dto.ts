import { DateField, Reference, Text } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class PredictionBody extends HoldableBody {
  @Reference('The merger.', 'mergers', { fixed: true })
  mergerId!: string;

  @DateField('The first day of the window.')
  from!: string;

  @DateField('The last day of the window.')
  to!: string;

  @DateField('When it was said.')
  statedOn!: string;

  @Reference('Who said it, when it is a known person.', 'people', { optional: true })
  statedById!: string | null;

  @Text('Who said it, as reported: `sources`.', { optional: true })
  statedByLabel!: string | null;
}
