import {
  MERGER_KINDS,
  MERGER_OUTCOMES,
  type MergerKind,
  type MergerOutcome,
} from '../../domain/vocabulary.js';
import { DateField, Slug, Text, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class MergerBody extends HoldableBody {
  @Slug('Its readable address; made from the title when left out.')
  slug!: string | null;

  @Text('What the attempt is called.', { max: 300 })
  title!: string;

  @Text('What it is about.', { optional: true, max: 5000 })
  summary!: string | null;

  @Word('How the factions are to unite.', MERGER_KINDS, { optional: true })
  expectedKind!: MergerKind | null;

  @DateField('When the attempt began.', { optional: true })
  startedOn!: string | null;

  @DateField('When it ended without an announcement; together with the outcome.', {
    optional: true,
  })
  closedOn!: string | null;

  @Word('How it ended without an announcement; together with closedOn.', MERGER_OUTCOMES, {
    optional: true,
  })
  outcome!: MergerOutcome | null;
}
