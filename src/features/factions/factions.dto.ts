import { FACTION_CLASSIFICATIONS, type FactionClassification } from '../../domain/vocabulary.js';
import {
  DateField,
  ListOf,
  Reference,
  Slug,
  Text,
  Word,
} from '../../platform/records/field.decorators.js';
import { IdentifierDto, LinkDto, OtherNameDto } from '../naming/naming.dto.js';
import { Extras, type ExtrasOfRecord } from '../../platform/records/extras.field.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class FactionBody extends HoldableBody {
  @Slug('Its readable address; made from the name when left out.')
  slug!: string | null;

  @Text('Its name.', { max: 300 })
  name!: string;

  @Word('What kind of group it is.', FACTION_CLASSIFICATIONS)
  classification!: FactionClassification;

  @Reference('The faction that it is part of.', 'factions', { optional: true })
  parentId!: string | null;

  @ListOf('Its other names: aliases, former names, transliterations, misspellings.', OtherNameDto)
  otherNames!: readonly OtherNameDto[];

  @ListOf('Who it is elsewhere.', IdentifierDto)
  identifiers!: readonly IdentifierDto[];

  @DateField('When it was founded.', { optional: true })
  foundingDate!: string | null;

  @DateField('The last day of its existence.', { optional: true })
  dissolutionDate!: string | null;

  @Text('What there is to know about it.', { optional: true, max: 5000 })
  summary!: string | null;

  @ListOf('Pages about it.', LinkDto)
  links!: readonly LinkDto[];

  @Extras('What files tell of it that has no field here.')
  extras!: ExtrasOfRecord;
}
