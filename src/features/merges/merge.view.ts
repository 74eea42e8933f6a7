import type { RecordType } from '../../domain/vocabulary.js';

/** What can be merged. */
export type MergedType = 'factions' | 'people';

/** A field of a record that a merge made name the kept record. */
export interface Moved {
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly field: string;
}

/** A merge as it is shown; who and why is told by the revisions of the duplicate. */
export interface MergeView {
  readonly id: string;
  readonly recordType: MergedType;
  readonly keptId: string;
  readonly duplicateId: string;
  readonly moved: readonly Moved[];
  readonly createdAt: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly undoneAt: string | null;
  readonly undoneBy: string | null;
  readonly undoneReason: string | null;
}
