/** Rows that are known by what their origin, $2, told before. Statements over all rows of a kind at once. */
import { open } from './judging.db.js';
import { INTO_LAST, KEY } from './merged.db.js';
import { columnsOf } from '../../platform/records/field.js';
import type { RecordDefinition } from '../../platform/records/record.definition.js';

/** A row without an id of ours is the record of which its origin told the very same the last time. */
export function byWhatWasTold(definition: RecordDefinition): string {
  return asTold(definition, `memory.digest = staged.digest`);
}

/**
 * Else it is the one that had its id in a file of its origin, unless that is of another person, or stands beneath something else, which
 * no record can change.
 */
export function byToldKey(definition: RecordDefinition): string {
  const lasting = definition.fields.filter(({ fixed }) => fixed).flatMap(columnsOf);
  const same = [...lasting, ...(definition.type === 'members' ? ['person_id'] : [])].map(
    (column) => ` AND record."${column}"::text = staged.patch ->> '${column}'`,
  );
  return asTold(definition, `${isToldKey('memory')}${same.join('')}`);
}

function isToldKey(memory: string): string {
  return `${memory}.columns ->> '${KEY}' = staged.key::text`;
}

function asTold(definition: RecordDefinition, isTold: string): string {
  return `
    WITH RECURSIVE ${INTO_LAST}
    UPDATE import_staging AS staged SET record_id = found.id
    FROM (
      SELECT staged.nth, (array_agg(record.id ORDER BY record.id))[1] AS id
      FROM import_staging AS staged
      JOIN import_memories AS memory ON memory.origin = $2 AND memory.record_type = '${definition.type}'
      LEFT JOIN into_last ON into_last.id = memory.record_id
      JOIN ${definition.table} AS record ON record.id = COALESCE(into_last.kept_id, memory.record_id)
      WHERE ${isTold} AND ${open(definition)} AND staged.record_id IS NULL AND NOT staged.keeps_key AND record.retracted_at IS NULL
      GROUP BY staged.nth
    ) AS found
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}

/**
 * Passes over the rows of records that were retracted after their origin had told of them. They are known by their id, ours or that in
 * the file, as the very same row, by an identifier, or as memberships are.
 */
export function passingOverRetracted(definition: RecordDefinition): string {
  const { type, table, fields } = definition;
  const hasIdentifiers = fields.some(({ name }) => name === 'identifiers');
  const unknown = `${open(definition)} AND staged.record_id IS NULL`;
  const byIdentifiers = `
    UNION ALL
    SELECT staged.nth, gone.id FROM import_staging AS staged
    CROSS JOIN LATERAL jsonb_array_elements(staged.patch -> 'identifiers') AS each (told)
    JOIN (gone CROSS JOIN LATERAL jsonb_array_elements(gone.body -> 'identifiers') AS known (told))
      ON known.told ->> 'scheme' = each.told ->> 'scheme' AND known.told ->> 'identifier' = each.told ->> 'identifier'
    WHERE ${unknown}`;
  const byTerm = `
    UNION ALL
    SELECT staged.nth, gone.id FROM import_staging AS staged JOIN gone ON ${isToldTerm('gone')} WHERE ${unknown}`;
  return `
    WITH RECURSIVE ${INTO_LAST}, gone AS MATERIALIZED (
      SELECT record.id, to_jsonb(record) AS body, memory.digest, memory.columns FROM import_memories AS memory
      LEFT JOIN into_last ON into_last.id = memory.record_id
      JOIN ${table} AS record ON record.id = COALESCE(into_last.kept_id, memory.record_id)
      WHERE memory.origin = $2 AND memory.record_type = '${type}' AND record.retracted_at IS NOT NULL
    ), hits (nth, id) AS (
      SELECT staged.nth, gone.id FROM import_staging AS staged JOIN gone ON gone.id = staged.record_id WHERE ${open(definition)}
      UNION ALL
      SELECT staged.nth, gone.id FROM import_staging AS staged JOIN gone ON gone.digest = staged.digest
      WHERE ${unknown} AND NOT staged.keeps_key
      UNION ALL
      SELECT staged.nth, gone.id FROM import_staging AS staged JOIN gone ON ${isToldKey('gone')}
      WHERE ${unknown} AND NOT staged.keeps_key
      ${hasIdentifiers ? byIdentifiers : ''} ${type === 'members' ? byTerm : ''}
    )
    UPDATE import_staging AS staged SET record_id = found.id, outcome = 'unchanged', is_merged = true
    FROM (SELECT hits.nth, (array_agg(hits.id ORDER BY hits.id))[1] AS id FROM hits GROUP BY hits.nth) AS found
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}

/** A membership is also known by the person, the faction and the start that its origin told, whatever they are by now. */
export function byToldTerm(definition: RecordDefinition): string {
  return `
    UPDATE import_staging AS staged SET record_id = found.id
    FROM (
      SELECT staged.nth, (array_agg(record.id ORDER BY record.id))[1] AS id
      FROM import_staging AS staged
      JOIN import_memories AS memory ON memory.origin = $2 AND memory.record_type = '${definition.type}' AND ${isToldTerm('memory')}
      JOIN ${definition.table} AS record ON record.id = memory.record_id
      WHERE ${open(definition)} AND staged.record_id IS NULL AND record.retracted_at IS NULL
      GROUP BY staged.nth
    ) AS found
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth`;
}

function isToldTerm(memory: string): string {
  return `${memory}.columns ->> 'person_id' = md5((staged.patch -> 'person_id')::text)
    AND ${memory}.columns ->> 'faction_id' = md5((staged.patch -> 'faction_id')::text)
    AND COALESCE(${memory}.columns ->> 'start_date', md5('null')) = md5(COALESCE((staged.patch -> 'start_date')::text, 'null'))`;
}
