import {
  Flag,
  References,
  Text,
  Url,
  Whole,
  Word,
} from '../../platform/records/field.decorators.js';

/** With whose eyes a webhook is told of the feed. */
export const AUDIENCES = ['public', 'all'] as const;

export class WebhookBody {
  @Url('Where messages are posted to. It holds neither a password nor a fragment.')
  url!: string;

  @Text('Whose it is, or what for.', { optional: true, max: 500 })
  description?: string | null;

  @References('Only what belongs to these mergers is told; without any, everything.', 'mergers', {
    optional: true,
  })
  mergerIds?: readonly string[] | null;

  @Word('`public`: what readers see; `all`: everything, as key holders see it.', AUDIENCES, {
    fallback: 'public',
  })
  audience?: (typeof AUDIENCES)[number] | null;

  @Flag(
    'Whether messages are sent. One that is not enabled stands still, and goes on from there.',
    {
      fallback: true,
    },
  )
  enabled?: boolean | null;
}

/** The longest that two secrets sign, in hours: a week. */
const MOST_OVERLAP = 168;

export class SecretBody {
  @Whole(
    'For how many hours messages are signed with the secret before as well.',
    { min: 0, max: MOST_OVERLAP },
    { fallback: 24 },
  )
  overlapHours?: number | null;
}

export class ReplayBody {
  @Text(
    'After which change: a cursor of the feed as this webhook is told it, such as the `cursor` of a message. `latest`: nothing again, and nothing of what has not been sent to it yet. Left out, everything from the beginning.',
    { optional: true, max: 500 },
  )
  after?: string | null;
}
