import { RECORD_TYPES } from '../../domain/vocabulary.js';
import { QueryReader, type Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { IMPORT_FORMATS, OUTCOMES, type ImportAsked, type ImportFormat } from './import.rows.js';
import type { RowsAsked } from './imports.db.js';

const LONGEST_TITLE = 200;
const SCHEME = /^[a-z][a-z0-9_-]{0,49}$/;

/**
 * Reads what is asked for with a file.
 *
 * @throws Problem `validation_failed` with each bad parameter
 */
export function readImportAsked(query: Parameters): ImportAsked {
  const reader = new QueryReader(query);
  const format = word(reader, 'format', IMPORT_FORMATS) ?? 'ndjson';
  if (query['format'] === undefined) reader.refuse('format', 'is missing');
  const resource = word(reader, 'resource', RECORD_TYPES);
  if ((format === 'csv') !== (resource !== null))
    reader.refuse('resource', 'goes with format=csv, and only with it');
  const sourceId = reader.take('sourceId');
  if (sourceId !== null && !isUuid(sourceId)) reader.refuse('sourceId', 'must be an id');
  const { scheme, title, isNamed } = names(reader, query, format);
  const asked = {
    format,
    resource,
    dryRun: flag(reader, 'dryRun', false),
    atomic: flag(reader, 'atomic', true),
    cites: flag(reader, 'cite', true),
    sourceId,
    title,
    scheme: scheme ?? format,
    publisher: scheme ?? title,
    origin: {
      name: format === 'popolo' ? `scheme ${scheme ?? ''}` : `title ${title}`,
      hasKeys: isNamed,
    },
  };
  reader.finish();
  return asked;
}

/**
 * Reads which imports are asked for.
 *
 * @throws Problem `validation_failed`, `invalid_cursor`
 */
export function readImportsQuery(query: Parameters): {
  readonly before: string | null;
  readonly limit: number;
  readonly list: string;
} {
  const reader = new QueryReader(query);
  const { limit, cursor } = reader.takePaging();
  reader.finish();
  const list = 'imports';
  return { before: cursor === null ? null : decodeCursor(cursor, list).id, limit, list };
}

/**
 * Reads which rows of an import are asked for.
 *
 * @throws Problem `validation_failed`, `invalid_cursor`
 */
export function readRowsQuery(
  importId: string,
  query: Parameters,
): RowsAsked & { readonly list: string } {
  const reader = new QueryReader(query);
  const { limit, cursor } = reader.takePaging();
  const list = `imports ${importId} ${reader.rest}`;
  const outcome = word(reader, 'outcome', OUTCOMES);
  reader.finish();
  const after = cursor === null ? 0 : Number(decodeCursor(cursor, list).key);
  return { importId, outcome, after: Number.isSafeInteger(after) ? after : 0, limit, list };
}

/** Whose file it is, and what it is called. */
function names(
  reader: QueryReader,
  query: Parameters,
  format: ImportFormat,
): { readonly scheme: string | null; readonly title: string; readonly isNamed: boolean } {
  const scheme = text(reader, 'scheme', SCHEME);
  if (format === 'popolo' && query['scheme'] === undefined)
    reader.refuse(
      'scheme',
      'is missing: it tells whose ids these are, so that no other file has the same',
    );
  const given = text(reader, 'title', new RegExp(`^[^]{1,${String(LONGEST_TITLE)}}$`, 'u'));
  const title =
    given ?? (scheme === null ? `An imported file (${format})` : `A file of ${scheme} (${format})`);
  return { scheme, title, isNamed: given !== null || scheme !== null };
}

function word<Word extends string>(
  reader: QueryReader,
  name: string,
  words: readonly Word[],
): Word | null {
  const given = reader.take(name);
  const known = words.find((each) => each === given) ?? null;
  if (given !== null && known === null) reader.refuse(name, `must be one of ${words.join(', ')}`);
  return known;
}

function flag(reader: QueryReader, name: string, fallback: boolean): boolean {
  const given = word(reader, name, ['true', 'false']);
  return given === null ? fallback : given === 'true';
}

function text(reader: QueryReader, name: string, form: RegExp): string | null {
  const given = reader.take(name);
  if (given === null || (form.test(given) && given.trim() !== '')) return given;
  reader.refuse(name, 'is too long, blank or has other characters than it may');
  return null;
}
