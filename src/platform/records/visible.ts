/** What is visible: the one predicate, and what of a record readers are shown. `reading.ts` puts it before every query. */
import { columnOf, columnsOf } from './field.js';
import { HOLDING_FIELDS } from './holdable.dto.js';
import type { Definitions, RecordDefinition } from './record.definition.js';

/** How the instants of a reading are bound in the text. */
export interface Asked {
  readonly isPublic: boolean;
  readonly instant: string;
  readonly knownUntil: string | null;
  readonly merger: string | null;
}

/** That no span hides a record, at the instant and, of an earlier recording, at its last instant. */
export function isVisible(id: string, asked: Asked, further = ''): string {
  const now = coversNow(asked);
  const then = `(span.hidden_from < ${asked.knownUntil ?? ''} AND span.hidden_until >= ${asked.knownUntil ?? ''})`;
  const when = asked.knownUntil === null ? now : `(${now} OR ${then})`;
  return `NOT EXISTS (SELECT FROM public.hidden_spans AS span WHERE span.record_id = ${id} AND ${when} ${further})`;
}

/**
 * Of an earlier recording, that no span hides now what the row required then and perhaps requires no more: spans tell of
 * what a record requires at their own time.
 */
export function requiresVisible(definition: RecordDefinition, asked: Asked): string {
  const columns = changingRequirements(definition).map((column) => `record."${column}"`);
  if (asked.knownUntil === null || columns.length === 0) return '';
  return ` AND NOT EXISTS (SELECT FROM public.hidden_spans AS span WHERE ${coversNow(asked)}
    AND span.record_id IN (SELECT unnest(ARRAY[]::uuid[] || ${columns.join(' || ')})))`;
}

/** A reference that a record can do without: its column, what is shown of it, and the join that finds out. */
export interface Mask {
  readonly column: string;
  readonly shown: string;
  readonly join: (asked: Asked) => string;
}

/** The references that a record can do without: each is shown only if what it names is. */
export function optionalReferences(definition: RecordDefinition, definitions: Definitions): Mask[] {
  const required = new Set(requiredColumns(definition));
  return definition.fields.flatMap((field) => {
    const targets = field.targets ? Object.values(field.targets) : [field.target];
    return columnsOf(field).flatMap((column, at) => {
      const target = targets[at];
      if (target === undefined || target === 'recordType' || required.has(column)) return [];
      const named = definitions.get(target);
      if (named === undefined) return [];
      return [field.kind === 'references' ? listMask(column) : mask(column, named)];
    });
  });
}

/**
 * The columns of what a record requires: references that may not be left out, and pairs of which one must be given. It is
 * hidden with what they name. The migration that keeps `hidden_spans` has the same list.
 */
export function requiredColumns(definition: RecordDefinition): readonly string[] {
  const oneOf = new Set(definition.oneOf);
  return definition.fields
    .filter((field) => field.target !== undefined && (!field.optional || oneOf.has(field.name)))
    .map((field) => columnOf(field.name));
}

/**
 * Whether a patch may leave somebody with less than before: it says who sees the record, or makes it require another one,
 * which may be hidden.
 */
export function mayHide(definition: RecordDefinition, sent: unknown): boolean {
  const required = new Set(requiredColumns(definition));
  const names = Object.keys(Object(sent) as object);
  return names.some((name) => HOLDING_FIELDS.has(name) || required.has(columnOf(name)));
}

function coversNow({ instant }: Asked): string {
  return `(span.hidden_from <= ${instant} AND span.hidden_until > ${instant})`;
}

/** The same of the version that a record named had then. */
function namedRequiresVisible(definition: RecordDefinition, id: string, asked: Asked): string {
  const columns = changingRequirements(definition).map((column) => `'${column}'`);
  if (asked.knownUntil === null || columns.length === 0) return '';
  return ` AND NOT EXISTS (
    SELECT FROM (
      SELECT held.after FROM public.revisions AS held
      WHERE held.record_type = '${definition.type}' AND held.record_id = ${id} AND held.recorded_at < ${asked.knownUntil}
      ORDER BY held.version DESC LIMIT 1
    ) AS version JOIN public.hidden_spans AS span ON ${coversNow(asked)}
      AND span.record_id = ANY (ids_in(version.after, ARRAY[${columns.join(', ')}])))`;
}

/** What a record requires and may cease to: a merge moves a fixed field too, if it may name a person or a faction. */
function changingRequirements(definition: RecordDefinition): readonly string[] {
  const settled = definition.fields
    .filter((field) => field.fixed && field.target !== 'recordType')
    .flatMap(columnsOf);
  return requiredColumns(definition).filter((column) => !settled.includes(column));
}

function mask(column: string, named: RecordDefinition): Mask {
  const alias = `seen_${column}`;
  return {
    column,
    shown: `${alias}.id`,
    join: (asked) => `
      LEFT JOIN public.${named.table} AS ${alias} ON ${alias}.id = record."${column}"
        AND ${isVisible(`${alias}.id`, asked)}${namedRequiresVisible(named, `${alias}.id`, asked)}`,
  };
}

function listMask(column: string): Mask {
  const alias = `seen_${column}`;
  return {
    column,
    shown: `${alias}.ids`,
    join: (asked) => `
      CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(named.id ORDER BY named.place), '{}') AS ids
        FROM unnest(record."${column}") WITH ORDINALITY AS named (id, place) WHERE ${isVisible('named.id', asked)}
      ) AS ${alias}`,
  };
}
