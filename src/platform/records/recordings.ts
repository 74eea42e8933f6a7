/** What a reading may see of all earlier recordings: at which instants a record changed, and what it has ever named. */
import { columnsOf } from './field.js';
import type { Definitions } from './record.definition.js';

/** That a record is visible now: SQL over its id. Null when everything is. */
export type Shown = ((id: string) => string) | null;

/**
 * The relations `turns` and `namings`, as far as a query names them.
 *
 * - `turns (record_id, instant)`: each instant at which a record was changed, and for the public each at which it came into
 *   sight or went out of it. What happened while it was hidden is none.
 * - `namings (record_type, record_id, merger_id, names_type, names_id)`: what each version of a record names, of which
 *   merger it was then. To the public only where both are visible now and were visible at some time while it said so.
 */
export function recordingRelations(
  names: ReadonlySet<string>,
  definitions: Definitions,
  shown: Shown,
): string[] {
  return [
    ...(names.has('turns')
      ? [`turns (record_id, instant) AS NOT MATERIALIZED (${turns(shown)})`]
      : []),
    ...(names.has('namings')
      ? [
          `namings (record_type, record_id, merger_id, names_type, names_id) AS NOT MATERIALIZED (${namings(definitions, shown)})`,
        ]
      : []),
  ];
}

const RECORDED =
  'SELECT revision.record_id, revision.recorded_at AS instant FROM public.revisions AS revision';

function turns(shown: Shown): string {
  if (shown === null) return RECORDED;
  return `
    SELECT turn.record_id, turn.instant
    FROM (
      ${RECORDED}
      UNION SELECT span.record_id, span.hidden_from FROM public.hidden_spans AS span
      UNION SELECT span.record_id, span.hidden_until FROM public.hidden_spans AS span
    ) AS turn (record_id, instant)
    WHERE ${shown('turn.record_id')}
      AND turn.instant <= (SELECT asked.instant FROM asked)
      AND (
        NOT EXISTS (
          SELECT FROM public.hidden_spans AS span
          WHERE span.record_id = turn.record_id AND span.hidden_from <= turn.instant AND span.hidden_until > turn.instant)
        OR NOT EXISTS (
          SELECT FROM public.hidden_spans AS span
          WHERE span.record_id = turn.record_id AND span.hidden_from < turn.instant AND span.hidden_until >= turn.instant)
        AND EXISTS (
          SELECT FROM public.revisions AS earlier
          WHERE earlier.record_id = turn.record_id AND earlier.recorded_at < turn.instant))`;
}

function namings(definitions: Definitions, shown: Shown): string {
  const both =
    shown === null
      ? ''
      : `WHERE ${shown('version.record_id')} AND ${shown('named.id')}
      AND NOT EXISTS (
        SELECT FROM public.hidden_spans AS span
        WHERE span.record_id IN (version.record_id, named.id) AND span.hidden_from <= version.recorded_at
          AND span.hidden_until >= COALESCE((
            SELECT next.recorded_at FROM public.revisions AS next
            WHERE next.record_type = version.record_type AND next.record_id = version.record_id
              AND next.version = version.version + 1), 'infinity'))`;
  return `
    SELECT version.record_type::text, version.record_id, version.merger_id,
      COALESCE(kind.target, version.after ->> 'record_type'), named.id
    FROM public.revisions AS version
    CROSS JOIN LATERAL (VALUES ${columnsByTarget(definitions).join(', ')}) AS kind (target, columns)
    CROSS JOIN LATERAL unnest(ids_in(version.after, kind.columns)) AS named (id)
    ${both}`;
}

/** For each kind of record the columns that name one; null for those whose row says the kind itself. */
function columnsByTarget(definitions: Definitions): readonly string[] {
  const named = [...definitions.values()].flatMap(({ fields }) =>
    fields.flatMap((field) => {
      const targets = field.targets ? Object.values(field.targets) : [field.target];
      return columnsOf(field).map((column, at) => ({ column, target: targets[at] }));
    }),
  );
  const byTarget = Map.groupBy(named, ({ target }) => target);
  byTarget.delete(undefined);
  return [...byTarget].map(([target, found]) => {
    const columns = [...new Set(found.map(({ column }) => `'${column}'`))];
    const kind = target === undefined || target === 'recordType' ? 'NULL' : `'${target}'`;
    return `(${kind}::text, ARRAY[${columns.join(', ')}])`;
  });
}
