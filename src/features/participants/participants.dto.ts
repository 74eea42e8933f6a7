import { PARTICIPANT_ROLES, type ParticipantRole } from '../../domain/vocabulary.js';
import { Reference, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class ParticipantBody extends HoldableBody {
  @Reference('The merger.', 'mergers', { fixed: true })
  mergerId!: string;

  @Reference('The faction that takes part; or else a person.', 'factions', { optional: true })
  factionId!: string | null;

  @Reference('The person who takes part; or else a faction.', 'people', { optional: true })
  personId!: string | null;

  @Word('Its part in the merger; `lead` and `joining` are the principals.', PARTICIPANT_ROLES)
  role!: ParticipantRole;
}
