import {
  VOTE_CHANNELS,
  VOTE_OPTIONS,
  type VoteChannel,
  type VoteOption,
} from '../../domain/vocabulary.js';
import { DateField, Reference, Text, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class VoteBody extends HoldableBody {
  @Reference('The vote event.', 'vote-events', { fixed: true })
  voteEventId!: string;

  @Reference('The voter, when it is a known person.', 'people', { optional: true })
  personId!: string | null;

  @Text('The voter’s name, when nobody knows more.', { optional: true, max: 300 })
  voterName!: string | null;

  @Reference('The voter’s faction then.', 'factions', { optional: true })
  factionId!: string | null;

  @Word('What was voted.', VOTE_OPTIONS)
  option!: VoteOption;

  @Word('How the vote was given.', VOTE_CHANNELS)
  channel!: VoteChannel;

  @DateField('When; left out, on the vote event’s date.', { optional: true })
  castOn!: string | null;
}
