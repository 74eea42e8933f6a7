import { defineRecord } from '../../platform/records/record.definition.js';
import { FactionBody } from './factions.dto.js';

export const factions = defineRecord({
  type: 'factions',
  title: 'Faction',
  description: 'Any organized group in the story: a party, a faction, a bloc or a committee.',
  body: FactionBody,
  nameField: 'name',
  dateField: 'foundingDate',
  span: { start: 'foundingDate', end: 'dissolutionDate' },
  mergeable: true,
  periods: [['foundingDate', 'dissolutionDate']],
});
