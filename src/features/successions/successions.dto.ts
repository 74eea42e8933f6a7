import { MERGER_KINDS, type MergerKind } from '../../domain/vocabulary.js';
import {
  DateField,
  FromPath,
  Reference,
  References,
  Word,
} from '../../platform/records/field.decorators.js';
import { HoldableBody } from '../../platform/records/holdable.dto.js';

export class SuccessionBody extends HoldableBody {
  @FromPath('The merger that is completed.', 'mergers')
  mergerId!: string;

  @References('The factions that went into it.', 'factions')
  predecessorIds!: readonly string[];

  @Reference('The faction that came out of it.', 'factions')
  successorId!: string;

  @Word('How they united.', MERGER_KINDS)
  kind!: MergerKind;

  @DateField('When.')
  date!: string;
}
