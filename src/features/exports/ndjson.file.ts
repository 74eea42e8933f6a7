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
 * A record's JSON with its kind before the rest.
 *
 * @example
 * lineOf('people', '{"id":"…"}'); // {"recordType":"people","id":"…"}
 */
export function lineOf(type: string, json: string): string {
  return `{"recordType":"${type}",${json.slice(1)}`;
}
