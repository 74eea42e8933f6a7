import type { RecordType } from '../../domain/vocabulary.js';

export const IMPORT_FORMATS = ['popolo', 'ndjson', 'csv'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export const IMPORT_STATES = ['staged', 'applying', 'done', 'refused', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const OUTCOMES = ['create', 'update', 'unchanged', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is refused of a row. */
export interface RowProblem {
  readonly code: string;
  readonly pointer: string | null;
  readonly detail: string;
}

/** What Popolo has and we have not: kept with the records that name it, not by itself. */
export const ASIDES = ['areas', 'events', 'posts', 'organizations'] as const;
export type Aside = (typeof ASIDES)[number];

/** Something that a file holds, in our words: the fields that it gives, what it names by the ids of the file. */
export interface ReadRow {
  readonly line: number;
  readonly kind: RecordType | Aside;
  /** Its id in the file. */
  readonly key: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  /** What else it names, by the ids of the file. */
  readonly links?: Readonly<Record<string, string>>;
  /** What was wrong with it so that it could not be read further. */
  readonly problems?: readonly RowProblem[];
}

/** A row as it waits to be applied. */
export interface StagedRow {
  readonly nth: number;
  readonly line: number;
  readonly kind: string;
  readonly key: string | null;
  /** The key is an id of ours: a new record keeps it. */
  readonly keepsKey: boolean;
  readonly slugBase: string | null;
  /** The columns that the file gives. */
  readonly patch: Readonly<Record<string, unknown>>;
  readonly links: Readonly<Record<string, string>>;
  readonly problems: readonly RowProblem[];
}

/** Whose word a file is. */
export interface Origin {
  readonly name: string;
  /** Whether an id in it is that of the same thing in its next file. */
  readonly hasKeys: boolean;
}

/** What is asked for with a file. */
export interface ImportAsked {
  readonly format: ImportFormat;
  readonly resource: RecordType | null;
  readonly dryRun: boolean;
  readonly atomic: boolean;
  readonly cites: boolean;
  readonly sourceId: string | null;
  readonly title: string;
  /** Whose file it is; its format where that is not told. */
  readonly scheme: string;
  /** Of the source that is made: files of one publisher are one voice. */
  readonly publisher: string;
  /** Whose word it is, for what is remembered of it. */
  readonly origin: Origin;
}
