import type { Transaction } from '../prisma/transaction.js';
import type { RecordType } from '../../domain/vocabulary.js';
import { Problem, type FieldError } from '../errors/problem.js';
import { readWithin } from '../prisma/database.js';
import { columnsOf, nestedName, type Field } from './field.js';
import { madeOnce } from './made.once.js';
import type { RecordDefinition } from './record.definition.js';
import { replacementOf } from './replacement.db.js';

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
  tx: Transaction,
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
  const held = await lockTargets(tx, definitions, [...changed, ...own]);
  const targets = new Map(held.map((target) => [`${target.type} ${target.id}`, target]));
  const targetOf = (one: Named): Target | undefined =>
    targets.get(`${one.type} ${one.id.toLowerCase()}`);
  const [via] = own;
  const mergerId = bodies.body['mergerId'] ?? (via ? targetOf(via)?.mergerId : null) ?? null;
  refuse(
    'reference_not_found',
    changed.filter((one) => !targetOf(one)),
    (one) => `there is no record in /${one.type} with this id`,
  );
  const retracted = changed.filter((one) => targetOf(one)?.retracted);
  const kept = await keptInstead(tx, definitions, retracted);
  refuse('reference_retracted', retracted, ({ id }) => {
    const keptId = kept.get(id);
    return keptId === undefined
      ? 'the record was retracted'
      : `the record was merged into ${keptId}: name that one`;
  });
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
  tx: Transaction,
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
  tx: Transaction,
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
  tx: Transaction,
  definitions: Definitions,
  going: readonly Going[],
  why: 'retract' | 'purge',
): Promise<readonly Naming[]> {
  const types = [...new Set(going.map(({ type }) => type))];
  const selects = types
    .flatMap((type) => namingColumns(definitions, type))
    .filter(({ isOfAnyKind }) => why === 'purge' || !isOfAnyKind)
    .map(
      ({ type, table, column, isList }) =>
        `SELECT '${type}' AS type, record.id AS id FROM ${table} AS record
          WHERE record.${column} ${isList ? '&& $1::uuid[]' : '= ANY ($1::uuid[])'} AND record.id <> ALL ($1::uuid[])
            ${why === 'retract' ? 'AND record.retracted_at IS NULL' : ''}`,
    );
  if (selects.length === 0) return [];
  return tx.query<Naming>(
    `SELECT found.type AS type, count(*)::int AS count, (array_agg(found.id::text ORDER BY found.id))[1:100] AS ids
     FROM (${selects.join(' UNION ')}) AS found GROUP BY found.type ORDER BY found.type`,
    [going.map(({ id }) => id)],
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

/** A column in which records of a kind may be named. */
export interface NamingColumn {
  /** The kind of record that names them. */
  readonly type: RecordType;
  readonly table: string;
  /** The field, as it filters a list: `satisfiedByMotionId` within an object. */
  readonly field: string;
  readonly column: string;
  readonly isList: boolean;
  /** What it names is of the kind that the row's record_type says. */
  readonly isOfAnyKind: boolean;
}

/** Every column in which records of a kind may be named, as the declarations say. */
export function namingColumns(definitions: Definitions, type: RecordType): readonly NamingColumn[] {
  return [...definitions.values()].flatMap((definition) =>
    definition.fields.flatMap((field) => {
      const targets = field.targets
        ? Object.entries(field.targets).map(([key, target]) => [
            nestedName(field.name, key),
            target,
          ])
        : [[field.name, field.target]];
      const isOfAnyKind = field.target === 'recordType';
      return columnsOf(field).flatMap((column, at) => {
        const [name = '', target] = targets[at] ?? [];
        if (target !== type && !isOfAnyKind) return [];
        const { type: naming, table } = definition;
        const isList = field.kind === 'references';
        return [{ type: naming, table, field: name, column, isList, isOfAnyKind }];
      });
    }),
  );
}

/** The definition of a kind of record. */
export function definitionOf(definitions: Definitions, type: RecordType): RecordDefinition {
  const definition = definitions.get(type);
  if (!definition) throw new Error(`no resource is declared for ${type}`);
  return definition;
}

/** By the id of a retracted record, the one that it was merged into. */
async function keptInstead(
  tx: Transaction,
  definitions: Definitions,
  retracted: readonly Named[],
): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for (const { type, id } of retracted) {
    const definition = definitionOf(definitions, type);
    const replacement = await replacementOf(readWithin(tx), definition, id, null);
    if (replacement?.id != null) kept.set(id, replacement.id);
  }
  return kept;
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
  tx: Transaction,
  definitions: Definitions,
  named: readonly Named[],
): Promise<readonly Target[]> {
  const byType = Map.groupBy(named, ({ type }) => type);
  const types = [...byType.keys()].sort();
  return tx.query<Target>(
    lockStatement(definitions, ...types),
    types.map((type) => byType.get(type)?.map(({ id }) => id)),
  );
}

const lockStatement = madeOnce((definitions: Definitions, ...types): string => {
  const parts = types.map((type, at) => {
    const { table, hasMerger } = definitionOf(definitions, type as RecordType);
    return `part${String(at)} AS (
      SELECT '${type}' AS type, record.id::text AS id, record.retracted_at IS NOT NULL AS retracted,
        ${hasMerger ? 'record.merger_id::text' : 'NULL::text'} AS "mergerId"
      FROM ${table} AS record WHERE record.id = ANY ($${String(at + 1)}::uuid[]) ORDER BY record.id FOR SHARE)`;
  });
  const all = types.map((_, at) => `SELECT * FROM part${String(at)}`);
  return `WITH ${parts.join(', ')} ${all.join(' UNION ALL ')}`;
});

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
