import { MILESTONE_STATES, type MilestoneState } from '../../domain/vocabulary.js';
import { DateField, FromPath, Text, Whole, Word } from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class TransitionBody extends HoldableBody {
  @FromPath('Whose state it is.', 'milestones')
  milestoneId!: string;

  @Word('The state from this date on.', MILESTONE_STATES)
  state!: MilestoneState;

  @DateField('When it came into this state.')
  occurredOn!: string;

  @Whole(
    'How much of it is done, in percent; only while it is open.',
    { min: 0, max: 99 },
    { optional: true },
  )
  percent!: number | null;

  @Text('Why; for a blocked one, what blocks it.', { optional: true, max: 1000 })
  note!: string | null;
}
