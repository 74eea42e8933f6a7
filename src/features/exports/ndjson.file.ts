import type { RecordType } from '../../domain/vocabulary.js';
import type { LongRow } from '../../platform/prisma/long.reads.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';
import type { Moment } from './export.moment.js';
import { inOrder } from './export.order.js';
import { recordsQuery } from './exports.db.js';

/** All records, one a line, each after those that it names. */
export async function* writeNdjson(moment: Moment): AsyncGenerator<string, undefined> {
  for (const definition of inOrder(moment.definitions))
    for await (const lines of recordLines(moment, definition)) yield `${lines.join('\n')}\n`;
}

/** The records of a resource as JSON, each with its `recordType`, some at a time. */
export async function* recordLines(
  moment: Moment,
  { type }: RecordDefinition,
): AsyncGenerator<readonly string[], undefined> {
  for await (const rows of moment.pages<LongRow>(recordsQuery(moment.wanted(type))))
    yield rows.map(({ json }) => lineOf(type, json));
}

/**
 * A record's JSON with its kind before the rest. A citation has a field `recordType` itself, of what it is about: here that is
 * `citedType`.
 *
 * @param json as Postgres writes it: no field before that one holds a text of somebody's
 * @example
 * lineOf('people', '{"id":"…"}'); // {"recordType":"people","id":"…"}
 */
export function lineOf(type: RecordType, json: string): string {
  const own = type === 'citations' ? json.replace('"recordType":', '"citedType":') : json;
  return `{"recordType":"${type}",${own.slice(1)}`;
}
