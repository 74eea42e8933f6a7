import { defineRecord } from '../../platform/records/record.definition.js';
import { PersonBody } from './people.dto.js';

export const people = defineRecord({
  type: 'people',
  title: 'Person',
  description: 'A person in the story.',
  body: PersonBody,
  nameField: 'name',
  dateField: 'birthDate',
  mergeable: true,
  periods: [['birthDate', 'deathDate']],
});
