import { RECORD_TYPES, type RecordType } from '../../domain/vocabulary.js';
import { Reference, Word } from '../../platform/records/field.decorators.js';

export class PurgeBody {
  @Word('The kind of record that is purged, by the word of its path.', RECORD_TYPES)
  recordType!: RecordType;

  @Reference(
    'The id of the record. Nothing names it any more, neither live nor retracted.',
    'recordType',
  )
  recordId!: string;
}
