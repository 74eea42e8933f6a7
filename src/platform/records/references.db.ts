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
 * Asks that nothing live refers to a record any more, except what goes with it.
 *
 * @throws Problem `still_referenced`, with how many of which
 */
export async function requireUnreferenced(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  type: RecordType,
  id: string,
): Promise<void> {
  const naming = await findNaming(tx, definitions, [{ type, id }], 'retract');
  if (naming.length > 0) throw stillReferenced(naming, 'Retract them first.');
}

/**
 * Asks that no row names any of some records, live or retracted, but those records themselves. A citation names what it is
 * about.
 *
 * @throws Problem `still_referenced`, with how many of which, and which: no list tells of the retracted ones
 */
export async function requireUnnamed(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  going: readonly Going[],
): Promise<void> {
  const naming = await findNaming(tx, definitions, going, 'purge');
  if (naming.length === 0) return;
  throw stillReferenced(naming, 'Purge them first, or let them name something else.', {
    references: naming.flatMap(({ type, ids }) =>
      ids.map((id) => ({ recordType: type, recordId: id })),
    ),
  });
}

interface Going {
  readonly type: RecordType;
  readonly id: string;
}

/** The records of a kind that name what is to go: how many there are, and the first hundred. */
interface Naming {
  readonly type: RecordType;
  readonly count: number;
  readonly ids: readonly string[];
}

async function findNaming(
  tx: Prisma.TransactionClient,
  definitions: Definitions,
  going: readonly Going[],
  why: 'retract' | 'purge',
): Promise<readonly Naming[]> {
  const types = [...new Set(going.map(({ type }) => type))];
  const selects = [...definitions.values()].flatMap((definition) =>
    types
      .flatMap((type) => referencingConditions(definition, type, why))
      .map(
        (
          condition,
        ) => `SELECT '${definition.type}' AS type, record.id AS id FROM ${definition.table} AS record
          WHERE ${condition} AND record.id <> ALL ($1::uuid[]) ${why === 'retract' ? 'AND record.retracted_at IS NULL' : ''}`,
      ),
  );
  if (selects.length === 0) return [];
  return tx.$queryRawUnsafe<Naming[]>(
    `SELECT found.type AS type, count(*)::int AS count, (array_agg(found.id::text ORDER BY found.id))[1:100] AS ids
     FROM (${selects.join(' UNION ')}) AS found GROUP BY found.type ORDER BY found.type`,
    going.map(({ id }) => id),
  );
}

function stillReferenced(
  naming: readonly Naming[],
  advice: string,
  extra: Readonly<Record<string, unknown>> = {},
): Problem {
  const list = naming.map(({ type, count }) => `${String(count)} in /${type}`).join(', ');
  return new Problem('still_referenced', `Other records refer to this one: ${list}. ${advice}`, {
    referencedBy: Object.fromEntries(naming.map(({ type, count }) => [type, count])),
    ...extra,
  });
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

/** That a record names one of `$1`, by each of its fields that may name such a kind. */
function referencingConditions(
  definition: RecordDefinition,
  type: RecordType,
  why: 'retract' | 'purge',
): string[] {
  return definition.fields.flatMap((field) => {
    if (field.kind === 'oneReference') {
      const keys = Object.values(field.targets ?? {});
      return columnsOf(field)
        .filter((_, at) => keys[at] === type)
        .map((column) => `record.${column} = ANY ($1::uuid[])`);
    }
    const isNamed = field.target === type || (field.target === 'recordType' && why === 'purge');
    if (!isNamed) return [];
    const [column = ''] = columnsOf(field);
    return [
      field.kind === 'references'
        ? `record.${column} && $1::uuid[]`
        : `record.${column} = ANY ($1::uuid[])`,
    ];
  });
}
