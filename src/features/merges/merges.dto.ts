import { Text } from '../../platform/records/field.decorators.js';

export class MergeBody {
  @Text(
    'The record that goes, by its id or its slug: what names it names the other one from then on.',
    {
      max: 100,
    },
  )
  duplicateId!: string;
}
