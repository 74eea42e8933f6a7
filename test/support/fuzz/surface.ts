/** What the OpenAPI document says of the operations, as far as requests can be made from it. */
import { type Contract, type Operation } from '../contract.js';

export type Schema = Readonly<Record<string, unknown>>;

export interface Surface {
  readonly operations: readonly Operation[];
  /** A schema without references on its outside. */
  resolve(schema: Schema): Schema;
  /** What an operation answers with, one or a list of them, by the name of its schema: `VoteEvent`. */
  answers(operation: Operation): string | null;
  /** Where a schema's records have their own address: `vote-events`. */
  segmentOf(title: string): string | undefined;
}

export function surfaceOf(contract: Contract): Surface {
  const nameOf = (schema: Schema | undefined): string | undefined =>
    typeof schema?.['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  const resolve = (schema: Schema): Schema => contract.resolve(schema);
  const answers = (operation: Operation): string | null => {
    const { content } = operation.responses['200'] ?? operation.responses['201'] ?? {};
    const schema = content?.['application/json']?.schema;
    if (schema === undefined) return null;
    const { data } = Object(resolve(schema)['properties']) as Readonly<Record<string, Schema>>;
    return nameOf(data?.['items'] as Schema | undefined) ?? nameOf(schema) ?? null;
  };
  const operations = contract.operations;
  const segments = new Map(
    operations
      .filter(({ method, path }) => method === 'GET' && /^\/v1\/[^/]+\/\{id\}$/.test(path))
      .map((operation) => [answers(operation) ?? '', operation.path.split('/')[2] ?? '']),
  );
  return { operations, resolve, answers, segmentOf: (title) => segments.get(title) };
}
