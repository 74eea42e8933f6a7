import { SOURCE_KINDS, type SourceKind } from '../../domain/vocabulary.js';
import {
  DateField,
  Flag,
  Reference,
  Text,
  Url,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class SourceBody extends HoldableBody {
  @Url('Where it can be read.', { optional: true })
  url!: string | null;

  @Text('Its title, or what it is.', { max: 500 })
  title!: string;

  @Text('Who published it.', { optional: true })
  publisher!: string | null;

  @DateField('When it was published.', { optional: true })
  publishedOn!: string | null;

  @Word('What kind of source it is.', SOURCE_KINDS)
  kind!: SourceKind;

  @Text('Its language, as a BCP 47 tag.', { optional: true, max: 35 })
  language!: string | null;

  @Reference('The source that it copies, translates or rests on.', 'sources', { optional: true })
  derivedFromId!: string | null;

  @Flag('Whether it is for key holders only, with every citation of it.', { fallback: false })
  confidential!: boolean;
}
