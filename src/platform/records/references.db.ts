import type { Prisma } from '../../generated/prisma/client.js';
import type { RecordType } from '../../domain/vocabulary.js';
import { Problem, type FieldError } from '../errors/problem.js';
import { columnsOf, type Field } from './field.js';
import type { RecordDefinition } from './record.definition.js';

type Body = Readonly<Record<string, unknown>>;
type Definitions = ReadonlyMap<RecordType, RecordDefinition>;

interface Named {
  readonly field: Field;
  readonly pointer: string;
  readonly type: RecordType;
  readonly id: string;
}

interface Target {
  readonly type: RecordType;
  readonly id: string;
  readonly retracted: boolean;
  readonly mergerId: string | null;
}

/**
 * Asks that every record which a body names exists, is not retracted and, where the field says so, belongs to the same
 * merger; holds them so until the transaction ends. What a patch leaves alone is not asked again.
 *
 * @throws Problem `reference_not_found`, `reference_retracted`, `reference_of_another_merger`
 */
export async function requireReferences(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  definition: RecordDefinition,
  bodies: { readonly body: Body; readonly before: Body | null },
): Promise<void> {
  const named = namedRecords(definition, bodies.body);
  const before = new Set(
    bodies.before ? namedRecords(definition, bodies.before).map(signature) : [],
  );
  const changed = named.filter((one) => !before.has(signature(one)));
  if (changed.length === 0) return;
  const own = named.filter(({ field }) => field.name === definition.mergerVia);
  const targets = new Map(
    (await lockTargets(tx, definitions, [...changed, ...own])).map((target) => [
      `${target.type} ${target.id}`,
      target,
    ]),
  );
  const targetOf = (one: Named): Target | undefined =>
    targets.get(`${one.type} ${one.id.toLowerCase()}`);
  const [via] = own;
  const mergerId = bodies.body['mergerId'] ?? (via ? targetOf(via)?.mergerId : null) ?? null;
  refuse(
    'reference_not_found',
    changed.filter((one) => !targetOf(one)),
    (one) => `there is no record in /${one.type} with this id`,
  );
  refuse(
    'reference_retracted',
    changed.filter((one) => targetOf(one)?.retracted),
    () => 'the record was retracted',
  );
  const foreign = changed.filter((one) => {
    const theirs = one.field.sameMerger ? targetOf(one)?.mergerId : null;
    return theirs != null && mergerId !== null && theirs !== mergerId;
  });
  refuse('reference_of_another_merger', foreign, () => 'the record belongs to another merger');
}

/**
 * Asks that nothing refers to a record any more, except what goes with it.
 *
 * @throws Problem `still_referenced`, with how many of which
 */
export async function requireUnreferenced(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  type: RecordType,
  id: string,
): Promise<void> {
  const counts = [...definitions.values()].flatMap((definition) =>
    referencingConditions(definition, type).map(
      (condition) => `SELECT '${definition.type}' AS type FROM ${definition.table} AS record
        WHERE record.retracted_at IS NULL AND record.id <> $1::uuid AND ${condition}`,
    ),
  );
  if (counts.length === 0) return;
  const rows = await tx.$queryRawUnsafe<{ type: RecordType; count: number }[]>(
    `SELECT found.type AS type, count(*)::int AS count FROM (${counts.join(' UNION ALL ')}) AS found GROUP BY found.type ORDER BY found.type`,
    id,
  );
  if (rows.length === 0) return;
  const list = rows.map((row) => `${String(row.count)} in /${row.type}`).join(', ');
  throw new Problem(
    'still_referenced',
    `Other records refer to this one: ${list}. Retract them first.`,
    {
      referencedBy: Object.fromEntries(rows.map((row) => [row.type, row.count])),
    },
  );
}

/** The definition of a kind of record. */
export function definitionOf(definitions: Definitions, type: RecordType): RecordDefinition {
  const definition = definitions.get(type);
  if (!definition) throw new Error(`no resource is declared for ${type}`);
  return definition;
}

function namedRecords(definition: RecordDefinition, body: Body): Named[] {
  return definition.fields.flatMap((field) => {
    const value = body[field.name];
    if (value === null || value === undefined) return [];
    if (field.kind === 'oneReference') {
      return Object.entries(value).flatMap(([key, id]: [string, unknown]) => {
        const type = field.targets?.[key];
        return type && typeof id === 'string'
          ? [{ field, pointer: `/${field.name}/${key}`, type, id }]
          : [];
      });
    }
    const type = field.target === 'recordType' ? recordTypeIn(body) : field.target;
    if (type === undefined) return [];
    const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
    return ids.flatMap((id, at) =>
      typeof id === 'string'
        ? [
            {
              field,
              pointer: `/${field.name}${Array.isArray(value) ? `/${String(at)}` : ''}`,
              type,
              id,
            },
          ]
        : [],
    );
  });
}

/** The kind of record that a polymorphic reference names; validated before as one of the closed vocabulary. */
function recordTypeIn(body: Body): RecordType {
  return body['recordType'] as RecordType;
}

function signature(one: Named): string {
  return `${one.pointer} ${one.type} ${one.id}`;
}

function lockTargets(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  named: readonly Named[],
): Promise<Target[]> {
  const idsByType = new Map<RecordType, string[]>();
  for (const { type, id } of named) idsByType.set(type, [...(idsByType.get(type) ?? []), id]);
  const types = [...idsByType.keys()].sort();
  const parts = types.map((type, at) => {
    const { table, hasMerger } = definitionOf(definitions, type);
    return `part${String(at)} AS (
      SELECT '${type}' AS type, record.id::text AS id, record.retracted_at IS NOT NULL AS retracted,
        ${hasMerger ? 'record.merger_id::text' : 'NULL::text'} AS "mergerId"
      FROM ${table} AS record WHERE record.id = ANY ($${String(at + 1)}::uuid[]) ORDER BY record.id FOR SHARE)`;
  });
  const all = types.map((_, at) => `SELECT * FROM part${String(at)}`);
  return tx.$queryRawUnsafe<Target[]>(
    `WITH ${parts.join(', ')} ${all.join(' UNION ALL ')}`,
    ...types.map((type) => idsByType.get(type)),
  );
}

function refuse(
  code: 'reference_not_found' | 'reference_retracted' | 'reference_of_another_merger',
  named: readonly Named[],
  detail: (one: Named) => string,
): void {
  if (named.length === 0) return;
  const errors: FieldError[] = named.map((one) => ({ pointer: one.pointer, detail: detail(one) }));
  throw new Problem(
    code,
    errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ') + '.',
    { errors },
  );
}

function referencingConditions(definition: RecordDefinition, type: RecordType): string[] {
  return definition.fields.flatMap((field) => {
    if (field.kind === 'oneReference') {
      const keys = Object.values(field.targets ?? {});
      return columnsOf(field)
        .filter((_, at) => keys[at] === type)
        .map((column) => `record.${column} = $1::uuid`);
    }
    if (field.target !== type) return [];
    const [column = ''] = columnsOf(field);
    return [
      field.kind === 'references'
        ? `record.${column} @> ARRAY[$1::uuid]`
        : `record.${column} = $1::uuid`,
    ];
  });
}
