import {
  MOTION_CLASSIFICATIONS,
  QUORUM_UNITS,
  REQUIREMENTS,
  type MotionClassification,
  type QuorumUnit,
  type Requirement,
} from '../../domain/vocabulary.js';
import {
  DateField,
  Nested,
  Reference,
  Text,
  Whole,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class QuorumDto {
  @Whole('How many, or what percent of the seats.', { min: 1, max: 1_000_000 })
  value!: number;

  @Word('What the value counts.', QUORUM_UNITS)
  unit!: QuorumUnit;
}

export class MotionBody extends HoldableBody {
  @Reference('The merger.', 'mergers', { fixed: true })
  mergerId!: string;

  @Reference('The faction or committee that decides.', 'factions')
  factionId!: string;

  @Text('What is to be decided.', { max: 5000 })
  text!: string;

  @Text('The reasons given.', { optional: true, max: 5000 })
  rationale!: string | null;

  @Word('What kind of decision it is.', MOTION_CLASSIFICATIONS)
  classification!: MotionClassification;

  @Word('What it takes to pass.', REQUIREMENTS)
  requirement!: Requirement;

  @Nested('How many must be there.', QuorumDto, { optional: true })
  quorum!: QuorumDto | null;

  @DateField('When it was proposed; left out, it has been open since ever.', { optional: true })
  proposedOn!: string | null;
}
