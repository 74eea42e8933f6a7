import { STANCES, STANCE_BASES, type Stance, type StanceBasis } from '../../domain/vocabulary.js';
import {
  DateField,
  FromPath,
  Reference,
  Text,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class StanceBody extends HoldableBody {
  @FromPath('Whose stance it is.', 'participants')
  participantId!: string;

  @Word('The stance taken.', STANCES)
  stance!: Stance;

  @DateField('When it was taken.')
  occurredOn!: string;

  @Word('What it rests on.', STANCE_BASES, { optional: true })
  basis!: StanceBasis | null;

  @Reference('The motion that it rests on.', 'motions', { optional: true, sameMerger: true })
  motionId!: string | null;

  @Reference('The mandate that it was taken on.', 'mandates', { optional: true, sameMerger: true })
  mandateId!: string | null;

  @Text('Anything else about it.', { optional: true, max: 1000 })
  note!: string | null;
}
