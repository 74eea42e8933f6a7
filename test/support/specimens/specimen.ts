import type { RecordType } from '../../../src/domain/vocabulary.js';
import type { TestApp } from '../app.js';
import type { Fields } from '../factories.js';

/** A record that can be made now: its parents are there. */
export interface Prepared {
  /** Where it is posted and listed. */
  readonly path: string;
  /** The fields that the path gives. */
  readonly above: Fields;
  /** The least that is taken. */
  readonly minimal: Fields;
  /** Every field of the design's table. */
  readonly full: Fields;
}

/** An example of one kind of record. What is left out is written out here by hand, from the design. */
export interface Specimen {
  readonly type: RecordType;
  /** What a record holds besides, when only the least was sent. */
  readonly blank: Fields;
  /** Whether a slug is made when none is sent. */
  readonly slugged?: true;
  /** A sound change of a full one. */
  readonly change: Fields;
  /** A field of a full one that a null removes, and what it holds then. */
  readonly removable?: Fields;
  /** The fields that never change. */
  readonly fixed: readonly string[];
  /** The ids, vocabularies, flags and dates that filter its list. */
  readonly filters: readonly string[];
  /** Its name and its main date, as its list is sorted by them. */
  readonly sorts: readonly string[];
  /** Makes the parents; of a nested one, beneath a path that was made before, when it is given. */
  prepare(accord: TestApp, beneath?: string): Promise<Prepared>;
}

/** The id of the record that a nested path goes through. */
export function idIn(path: string): string {
  return path.split('/')[3] ?? '';
}

let made = 0;

/** A text that no other specimen of this test file has. */
export function unique(text: string): string {
  made += 1;
  return `${text}-${String(made)}`;
}
