import {
  QUALIFIERS,
  VOTE_CHANNELS,
  VOTE_OPTIONS,
  type Qualifier,
  type VoteChannel,
  type VoteOption,
} from '../../domain/vocabulary.js';
import {
  DateField,
  Flag,
  ListOf,
  Reference,
  Whole,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class ReportedCountDto {
  @Word('What was voted.', VOTE_OPTIONS)
  option!: VoteOption;

  @Whole('How many votes.', { min: 0, max: 10_000_000 })
  value!: number;

  @Word('How the number is to be read.', QUALIFIERS)
  qualifier!: Qualifier;

  @Word('By which channel; left out, by all of them together.', VOTE_CHANNELS, { optional: true })
  channel?: VoteChannel | null;
}

export class VoteEventBody extends HoldableBody {
  @Reference('What is voted on.', 'motions', { fixed: true })
  motionId!: string;

  @Reference('The meeting at which it is voted on; dates it, when nothing else does.', 'meetings', {
    optional: true,
    sameMerger: true,
  })
  meetingId!: string | null;

  @DateField('When voting began.', { optional: true })
  startDate!: string | null;

  @DateField('The last day of voting: the date of the result.', { optional: true })
  endDate!: string | null;

  @Whole('How many may vote.', { min: 1, max: 10_000_000 }, { optional: true })
  seats!: number | null;

  @Flag('Whether the votes and counts recorded are all there were.', { fallback: false })
  complete!: boolean;

  @ListOf('The counts as reported.', ReportedCountDto)
  reportedCounts!: readonly ReportedCountDto[];
}
