/** What a reading may see of all earlier recordings: at which instants a record changed, and what it has ever named. */
import { columnsOf } from './field.js';
import type { Definitions, RecordDefinition } from './record.definition.js';

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
      UNION ALL SELECT span.record_id, span.hidden_from FROM public.hidden_spans AS span
      UNION ALL SELECT span.record_id, span.hidden_until FROM public.hidden_spans AS span
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
  const named = [...definitions.values()].flatMap(namingsOf);
  const both =
    shown === null
      ? ''
      : `WHERE ${shown('naming.record_id')} AND ${shown('naming.names_id')}
      AND NOT EXISTS (
        SELECT FROM public.hidden_spans AS span
        WHERE span.record_id IN (naming.record_id, naming.names_id) AND span.hidden_from <= naming.recorded_at
          AND span.hidden_until >= COALESCE((
            SELECT next.recorded_at FROM public.revisions AS next
            WHERE next.record_id = naming.record_id AND next.version = naming.version + 1), 'infinity'))`;
  return `
    SELECT naming.record_type, naming.record_id, naming.merger_id, naming.names_type, naming.names_id
    FROM (${named.join(' UNION ALL ')})
      AS naming (record_type, record_id, merger_id, version, recorded_at, names_type, names_id) ${both}`;
}

/** What the versions of one kind of record name, column by column, so that an index of a column finds them. */
function namingsOf({ type, fields }: RecordDefinition): readonly string[] {
  const select = (target: string, id: string, from = ''): string => `
    SELECT '${type}'::text, version.record_id, version.merger_id, version.version, version.recorded_at, ${target}, ${id}
    FROM public.revisions AS version ${from}
    WHERE version.record_type = '${type}' AND ${id} IS NOT NULL`;
  return fields.flatMap((field) => {
    const targets = field.targets ? Object.values(field.targets) : [field.target];
    return columnsOf(field).flatMap((column, at) => {
      const target = targets[at];
      if (target === undefined) return [];
      const kind =
        target === 'recordType' ? `version.after ->> 'record_type'` : `'${target}'::text`;
      if (field.kind !== 'references')
        return [select(kind, `(version.after ->> '${column}')::uuid`)];
      return [
        select(
          kind,
          'named.id',
          `CROSS JOIN LATERAL unnest(ids_in(version.after, ARRAY['${column}'])) AS named (id)`,
        ),
      ];
    });
  });
}
