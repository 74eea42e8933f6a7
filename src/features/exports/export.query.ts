import { instantMeant } from '../../domain/dates.js';
import { RECORD_TYPES, type RecordType } from '../../domain/vocabulary.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';

export const EXPORT_FORMATS = ['popolo', 'ndjson', 'csv'] as const;

/** What is to be exported, and how. */
export interface ExportAsked {
  readonly file:
    | { readonly format: 'popolo' | 'ndjson' }
    | { readonly format: 'csv'; readonly resource: RecordType };
  /** The instant meant, ISO. */
  readonly asOf: string | null;
  /** As it was given. */
  readonly knownAt: string | null;
}

/**
 * Reads what is to be exported.
 *
 * @throws Problem `validation_failed` with each bad parameter
 */
export function readExport(query: Parameters): ExportAsked {
  const reader = new QueryReader(query);
  const word = reader.take('format');
  const format = EXPORT_FORMATS.find((each) => each === word);
  if (format === undefined) reader.refuse('format', `must be one of ${EXPORT_FORMATS.join(', ')}`);
  const file = format === 'csv' ? { format, resource: readResource(reader) } : { format };
  const { asOf, knownAt } = reader.takeAsked();
  reader.finish();
  return {
    file: file as ExportAsked['file'],
    asOf: asOf === null ? null : new Date(instantMeant(asOf)).toISOString(),
    knownAt,
  };
}

function readResource(reader: QueryReader): RecordType | undefined {
  const word = reader.take('resource');
  const type = RECORD_TYPES.find((each) => each === word);
  if (type === undefined) reader.refuse('resource', `must be one of ${RECORD_TYPES.join(', ')}`);
  return type;
}
