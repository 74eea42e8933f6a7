import { Reference, References, Word } from '../../platform/records/field.decorators.js';

/** What duplicates are looked for among: what can be merged. */
export const DUPLICATES_OF = ['people', 'factions'] as const;

export class DuplicateDecisionBody {
  @Word('What the two records are, by the word of their path.', DUPLICATES_OF)
  of!: (typeof DUPLICATES_OF)[number];

  @References('The ids of the two records.', 'people', { max: 2 })
  ids!: readonly string[];

  @Word('Whether they are of one, and are merged, or of two, and are not asked about again.', [
    'same',
    'different',
  ])
  decision!: 'same' | 'different';

  @Reference(
    'Of two that are the same, the one that is kept; the one that was recorded first when it is left out.',
    'recordType',
    { optional: true },
  )
  keep?: string | null;
}
