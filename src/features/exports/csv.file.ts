import type { RecordType } from '../../domain/vocabulary.js';
import type { LongRow } from '../../platform/prisma/long.reads.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import { lineOf } from './csv.cells.js';
import type { Moment } from './export.moment.js';
import { recordsQuery } from './exports.db.js';

/** The records of a resource, a line each, below a line with the names of their fields. */
export async function* writeCsv(
  moment: Moment,
  type: RecordType,
): AsyncGenerator<string, undefined> {
  const wanted = moment.wanted(type);
  const names = columnsOf(wanted.definition);
  // With the first records, or after there were none: an error comes before any text.
  let head = lineOf(names);
  for await (const rows of moment.pages<LongRow>(recordsQuery(wanted))) {
    yield head + rows.map(({ json }) => recordLine(names, json)).join('');
    head = '';
  }
  yield head;
}

function columnsOf({ fields }: RecordDefinition): readonly string[] {
  const names = fields.map(({ name }) => name);
  return ['id', ...names, 'version', 'retractedAt', 'createdAt', 'updatedAt'];
}

function recordLine(names: readonly string[], json: string): string {
  const body = JSON.parse(json) as Readonly<Record<string, unknown>>;
  return lineOf(names.map((name) => body[name]));
}
