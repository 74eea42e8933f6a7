import { OTHER_NAME_KINDS, type OtherNameKind } from '../../domain/vocabulary.js';
import { DateField, Text, Url, Word } from '../../platform/records/field.decorators.js';

/** Another name of a faction or a person, under which people look for it. */
export class OtherNameDto {
  @Text('The name as it was written.', { max: 300 })
  name!: string;

  @Text('Its language, as a BCP 47 tag.', { optional: true, max: 35 })
  lang?: string | null;

  @Word('What kind of name it is.', OTHER_NAME_KINDS, { optional: true })
  kind?: OtherNameKind | null;

  @DateField('When it came into use.', { optional: true })
  startDate?: string | null;

  @DateField('The last day of its use.', { optional: true })
  endDate?: string | null;

  @Text('Anything else about it.', { optional: true, max: 500 })
  note?: string | null;
}

/** Who somebody is elsewhere. */
export class IdentifierDto {
  @Text('Whose identifier it is: `wikidata`.', { max: 100 })
  scheme!: string;

  @Text('The identifier there: `Q15715800`.', { max: 300 })
  identifier!: string;
}

/** A page about the record. */
export class LinkDto {
  @Url('The address.')
  url!: string;

  @Text('What is there.', { optional: true, max: 500 })
  note?: string | null;
}
