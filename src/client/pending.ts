/** Addresses of the contract that the OpenAPI document does not describe yet. */

/** What an import will do, or has done, row by row in sum. */
export interface ImportCounts {
  readonly total: number;
  readonly create: number;
  readonly update: number;
  readonly unchanged: number;
  readonly refused: number;
}

export interface Import {
  readonly id: string;
  readonly state: 'staged' | 'applying' | 'done' | 'refused' | 'failed';
  readonly format: Format;
  readonly dryRun: boolean;
  readonly atomic: boolean;
  readonly sourceId: string | null;
  readonly rows: ImportCounts;
  readonly applied: number;
  /** Why it was refused or failed. */
  readonly problem?: ImportProblem | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface ImportProblem {
  readonly code: string;
  readonly pointer: string | null;
  readonly detail: string;
}

export interface ImportQuery {
  format: Format;
  resource?: string;
  dryRun?: boolean;
  atomic?: boolean;
  sourceId?: string;
  title?: string;
}

export interface ImportRow {
  readonly line: number;
  readonly recordType: string | null;
  readonly outcome: Outcome;
  readonly recordId: string | null;
  readonly fields: string[];
  readonly problems: ImportProblem[];
  readonly near: { id: string; name: string; score: number }[];
}

export interface Duplicate {
  readonly of: Kind;
  readonly ids: string[];
  readonly names: string[];
  readonly score: number;
  readonly reason: string;
}

export type Format = 'popolo' | 'ndjson' | 'csv';
export type Kind = 'people' | 'factions';
type Outcome = 'create' | 'update' | 'unchanged' | 'refused';

interface Paging {
  limit?: number;
  cursor?: string;
}

interface Page<Item> {
  readonly data: Item[];
  readonly page: { readonly next: string | null };
}

interface Answers<Status extends number, Body, Type extends string = 'application/json'> {
  responses: Record<Status, { headers: Record<string, unknown>; content: Record<Type, Body> }>;
}

interface Asked<Query, Path = never> {
  parameters: {
    query?: Query;
    path?: Path;
    header?: Record<string, string>;
    cookie?: never;
  };
}

interface Described<Body> {
  requestBody: { content: { 'application/json': Body } };
}

export interface PendingPaths {
  '/v1/imports': {
    post: Asked<ImportQuery> & Described<ReadableStream> & Answers<202, Import>;
    get: Asked<Paging> & Answers<200, Page<Import>>;
  };
  '/v1/imports/{id}': {
    get: Asked<never, { id: string }> & Answers<200, Import>;
  };
  '/v1/imports/{id}/rows': {
    get: Asked<Paging & { outcome?: Outcome }, { id: string }> & Answers<200, Page<ImportRow>>;
  };
  '/v1/export': {
    get: Asked<{
      format: Format;
      resource?: string;
      asOf?: string;
      knownAt?: string;
      view?: 'public';
    }> &
      Answers<200, string, 'application/octet-stream'>;
  };
  '/v1/duplicates': {
    get: Asked<Paging & { of: Kind }> & Answers<200, Page<Duplicate>>;
  };
  '/v1/duplicates/decisions': {
    post: Asked<never> &
      Described<{
        of: Kind;
        ids: string[];
        decision: 'same' | 'different';
        keep?: string;
      }> &
      Answers<201, unknown>;
  };
}
