import {
  CITATION_STANCES,
  RECORD_TYPES,
  RELIABILITIES,
  type CitationStance,
  type RecordType,
  type Reliability,
} from '../../domain/vocabulary.js';
import { Flag, Reference, Text, Whole, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class CitationBody extends HoldableBody {
  @Reference('The source.', 'sources', { fixed: true })
  sourceId!: string;

  @Word('The kind of record that it is about.', RECORD_TYPES, { fixed: true })
  recordType!: RecordType;

  @Reference('The record that it is about.', 'recordType', { fixed: true })
  recordId!: string;

  @Text('The one field that it is about; left out, the record as a whole.', {
    optional: true,
    max: 100,
  })
  field!: string | null;

  @Word('Whether the source supports or disputes it.', CITATION_STANCES, { fallback: 'supports' })
  stance!: CitationStance;

  @Reference('Who said it, when the source names the person.', 'people', { optional: true })
  speakerId!: string | null;

  @Text(
    'Who said it, as the source puts it: `a member of the committee`. Never an identity that the source hides.',
    {
      optional: true,
    },
  )
  speakerLabel!: string | null;

  @Flag('Whether the speaker is quoted by name.', { fallback: null })
  onRecord!: boolean | null;

  @Word('How reliable the source is: A (completely) to F (cannot be judged).', RELIABILITIES, {
    optional: true,
  })
  reliability!: Reliability | null;

  @Whole(
    'How credible the statement is: 1 (confirmed) to 6 (cannot be judged).',
    { min: 1, max: 6 },
    { optional: true },
  )
  credibility!: number | null;

  @Text('What was said.', { optional: true, max: 500 })
  quote!: string | null;
}
