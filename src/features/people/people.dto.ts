import { DateField, ListOf, Slug, Text } from '../../platform/records/field.decorators.js';
import { IdentifierDto, LinkDto, OtherNameDto } from '../naming/naming.dto.js';
import { Extras, type ExtrasOfRecord } from '../../platform/records/extras.field.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class PersonBody extends HoldableBody {
  @Slug('The readable address; made from the name when left out.')
  slug!: string | null;

  @Text('The name, as one would print it.', { max: 300 })
  name!: string;

  @Text('The family name.', { optional: true })
  familyName!: string | null;

  @Text('The given name.', { optional: true })
  givenName!: string | null;

  @Text('A title before the name: `Dr`.', { optional: true, max: 50 })
  honorificPrefix!: string | null;

  @ListOf('Other names: aliases, former names, transliterations, misspellings.', OtherNameDto)
  otherNames!: readonly OtherNameDto[];

  @ListOf('Who the person is elsewhere.', IdentifierDto)
  identifiers!: readonly IdentifierDto[];

  @DateField('The date of birth.', { optional: true })
  birthDate!: string | null;

  @DateField('The date of death.', { optional: true })
  deathDate!: string | null;

  @Text('What there is to know about the person.', { optional: true, max: 5000 })
  summary!: string | null;

  @ListOf('Pages about the person.', LinkDto)
  links!: readonly LinkDto[];

  @Extras('What files tell of the person that has no field here.')
  extras!: ExtrasOfRecord;
}
