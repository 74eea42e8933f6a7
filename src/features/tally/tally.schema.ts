import { VOTE_CHANNELS, VOTE_OPTIONS } from '../../domain/vocabulary.js';
import {
  DATE,
  FLAG,
  ID,
  TEXT,
  WHOLE,
  listOf,
  named,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';

const line = {
  lower: { ...WHOLE, description: 'At least so many votes.' },
  upper: orNull(WHOLE, 'At most so many votes; null when nothing bounds them.'),
  named: { ...WHOLE, description: 'Votes with a voter.' },
  unnamed: { ...WHOLE, description: 'At least so many more: `lower` less `named`.' },
};

const counted = {
  options: shape(Object.fromEntries(VOTE_OPTIONS.map((option) => [option, named('OptionTally')]))),
  seats: orNull(WHOLE),
  complete: FLAG,
  contradicted: { ...FLAG, description: 'Whether votes, counts and seats cannot all be true.' },
};

/** The schemas of tallies and results, by the names that their routes use. */
export const tallySchemas: Readonly<Record<string, JsonSchema>> = {
  TallyLine: shape(line),
  OptionTally: shape({
    ...line,
    channels: {
      type: 'object',
      description: 'Only those that somebody is known to have used.',
      additionalProperties: false,
      properties: Object.fromEntries(VOTE_CHANNELS.map((channel) => [channel, named('TallyLine')])),
    },
  }),
  CountedVotes: shape(counted, 'The votes, each option between two bounds.'),
  Tally: shape({ voteEventId: ID, ...counted, asOf: orNull(DATE), knownAt: orNull(DATE) }),
  Result: shape({
    motionId: ID,
    voteEventId: orNull(ID),
    date: orNull(DATE),
    tally: orNull(named('CountedVotes')),
    outcome: oneOf(['pass', 'fail', 'undetermined']),
    settles: listOf(TEXT, 'What would settle it; empty unless undetermined.'),
    quorumMet: orNull(FLAG, 'Null when it is not certain, and when no quorum is asked for.'),
    asOf: orNull(DATE),
    knownAt: orNull(DATE),
  }),
};
