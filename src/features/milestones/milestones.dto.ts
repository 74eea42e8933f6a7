import {
  MILESTONE_CLASSIFICATIONS,
  type MilestoneClassification,
} from '../../domain/vocabulary.js';
import {
  DateField,
  Nested,
  OneReference,
  Reference,
  References,
  Text,
  Whole,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

const DAYS = { min: 0, max: 36_500 };

export class EstimateDto {
  @Whole('Whole days when all goes well.', DAYS)
  optimisticDays!: number;

  @Whole('Whole days, most likely.', DAYS)
  likelyDays!: number;

  @Whole('Whole days when much goes wrong.', DAYS)
  pessimisticDays!: number;
}

export class SatisfiedByDto {
  @Reference('A motion: once it has passed.', 'motions', { optional: true })
  motionId?: string | null;

  @Reference('A meeting: once it was held.', 'meetings', { optional: true })
  meetingId?: string | null;

  @Reference('A participant: once it has agreed.', 'participants', { optional: true })
  participantId?: string | null;
}

export class MilestoneBody extends HoldableBody {
  @Reference('The merger.', 'mergers', { fixed: true })
  mergerId!: string;

  @Text('What is to be reached.', { max: 300 })
  title!: string;

  @Text('More about it.', { optional: true, max: 5000 })
  description!: string | null;

  @Word(
    'What kind of step it is; a merger has exactly one `announcement`.',
    MILESTONE_CLASSIFICATIONS,
  )
  classification!: MilestoneClassification;

  @Whole('How much it counts in the progress.', { min: 1, max: 100 }, { fallback: 1 })
  weight!: number;

  @References('The milestones that must be done before it.', 'milestones', {
    optional: true,
    sameMerger: true,
  })
  dependsOn!: readonly string[];

  @Nested('How long it takes.', EstimateDto, { optional: true })
  estimate!: EstimateDto | null;

  @DateField('The first day on which it may be due.', { optional: true })
  dueFrom!: string | null;

  @DateField('The last day on which it is due.', { optional: true })
  dueTo!: string | null;

  @Text('Where it is to happen.', { optional: true, max: 300 })
  venue!: string | null;

  @OneReference('What achieves it without a transition of its own.', SatisfiedByDto, {
    sameMerger: true,
  })
  satisfiedBy!: SatisfiedByDto | null;
}
