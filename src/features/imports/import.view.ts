import type { RecordType } from '../../domain/vocabulary.js';
import type { ImportFormat, ImportState, Outcome, RowProblem } from './import.rows.js';

/** An import as the API shows it. */
export interface ImportView {
  readonly id: string;
  readonly state: ImportState;
  readonly format: ImportFormat;
  readonly resource: RecordType | null;
  readonly title: string;
  readonly dryRun: boolean;
  readonly atomic: boolean;
  readonly sourceId: string | null;
  readonly rows: Readonly<Record<'total' | Outcome, number>>;
  readonly applied: number;
  readonly problem: RowProblem | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** What became of a row, as it is kept. */
export interface KeptRow {
  readonly nth: number;
  readonly line: number;
  readonly recordType: RecordType;
  readonly outcome: Outcome;
  readonly recordId: string | null;
  readonly fields: readonly string[];
  readonly problems: readonly RowProblem[];
  readonly near: readonly { readonly id: string; readonly name: string; readonly score: number }[];
}
