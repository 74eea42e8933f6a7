import { once } from 'node:events';
import { CsvError, parse, type Parser } from 'csv-parse';
import { invalid, type Problem } from '../../platform/errors/problem.js';
import { MAX_DEPTH, isDeeper } from '../../platform/http/body.parsers.js';
import type { Field } from '../../platform/records/field.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { KEPT_FIELDS } from '../../platform/records/record.schema.js';
import { LARGEST_ROW, unreadable } from './file.bytes.js';
import type { ReadRow, RowProblem } from './import.rows.js';

interface Parsed {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** Fields whose cells hold JSON. */
const JSON_KINDS: ReadonlySet<string> = new Set([
  'references',
  'object',
  'list',
  'oneReference',
  'extras',
]);

/**
 * The records of a table of one resource: a header with the names of fields, a cell for each. Lists and objects are JSON, an
 * empty cell is nothing or, where a record never holds nothing, not given, and an apostrophe that guards a cell from being
 * taken for a formula is taken off.
 *
 * @throws Problem `validation_failed` for a header with other columns, `unreadable_file` for what is no CSV
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  definition: RecordDefinition,
): AsyncGenerator<ReadRow, undefined> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => readHeader(definition, header),
    info: true,
    max_record_size: LARGEST_ROW,
    skip_empty_lines: true,
  });
  const feeding = feed(parser, chunks);
  try {
    for await (const each of parser) yield rowOf(definition, each as Parsed);
  } catch (error) {
    throw error instanceof CsvError ? explained(error) : error;
  } finally {
    parser.destroy();
    await feeding;
  }
}

async function feed(parser: Parser, chunks: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await once(parser, 'drain');
      // The parser counts a cell, but no empty ones.
      const { bytes, bytes_records, lines } = parser.info;
      if (bytes - bytes_records > LARGEST_ROW) throw unreadable('a record is at most 1 MiB', lines);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

function explained(error: CsvError): Problem {
  const line: unknown = error['lines'];
  const detail = error.message.replace(/ (on|at) line \d+$/, '');
  return unreadable(detail, typeof line === 'number' ? line : 1);
}

/** More columns than any resource has fields; a line of 1 MiB may have half a million. */
const MOST_COLUMNS = 200;

function readHeader(definition: RecordDefinition, header: readonly string[]): string[] {
  if (header.length > MOST_COLUMNS) throw unreadable('the header has too many columns', 1);
  const names = definition.fields.map(({ name }) => name);
  const unknown = header.filter(
    (name) => !names.includes(name) && !Object.hasOwn(KEPT_FIELDS, name),
  );
  const missing = definition.fields
    .filter((field) => !field.optional && !header.includes(field.name))
    .map(({ name }) => name);
  const twice = header.filter((name, at) => header.indexOf(name) !== at);
  const errors = [
    ...unknown.map((name) => ({ pointer: `/${name}`, detail: `${name} is not a field` })),
    ...missing.map((name) => ({ pointer: `/${name}`, detail: `there is no column ${name}` })),
    ...twice.map((name) => ({ pointer: `/${name}`, detail: `${name} has two columns` })),
  ];
  if (errors.length > 0) throw invalid(errors);
  return [...header];
}

function rowOf(definition: RecordDefinition, { record, info }: Parsed): ReadRow {
  const body: Record<string, unknown> = {};
  const problems: RowProblem[] = [];
  for (const field of definition.fields) {
    const cell = record[field.name];
    if (cell === undefined || (cell === '' && field.optional && field.fallback !== null)) continue;
    try {
      body[field.name] = valueOf(field, unguarded(cell));
    } catch {
      const detail = `${field.name} must be JSON`;
      problems.push({ code: 'validation_failed', pointer: `/${field.name}`, detail });
    }
  }
  const { id = '' } = record;
  return { line: info.lines, kind: definition.type, key: id === '' ? null : id, body, problems };
}

/** Before `=`, `+`, `-`, `@` an apostrophe stands guard: one is taken off, whatever the cell held before. */
function unguarded(cell: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell;
}

function valueOf(field: Field, cell: string): unknown {
  if (cell === '') return null;
  if (JSON_KINDS.has(field.kind)) return jsonIn(cell);
  if (field.kind === 'flag' && (cell === 'true' || cell === 'false')) return cell === 'true';
  if (field.kind === 'whole' && /^-?\d{1,15}$/.test(cell)) return Number(cell);
  return cell;
}

function jsonIn(cell: string): unknown {
  const value: unknown = JSON.parse(cell);
  if (isDeeper(value, MAX_DEPTH)) throw new SyntaxError('nested too deeply');
  return value;
}
