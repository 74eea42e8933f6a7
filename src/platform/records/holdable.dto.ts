import { VISIBILITIES, type Visibility } from '../../domain/vocabulary.js';
import { DateField, Word } from './field.decorators.js';

/** The fields that say who sees a record. `confidential` is a source's. */
export const HOLDING_FIELDS: ReadonlySet<string> = new Set([
  'visibility',
  'embargoUntil',
  'confidential',
]);

/** What every record holds: whether it is for everybody yet. */
export class HoldableBody {
  @Word(
    'Who sees it: everybody, or key holders only. What requires a hidden record is hidden with it.',
    VISIBILITIES,
    { fallback: 'public' },
  )
  visibility!: Visibility;

  @DateField(
    'Until when it is for key holders only: to the end of that day, month or year, or to that instant.',
    { optional: true },
  )
  embargoUntil!: string | null;
}
