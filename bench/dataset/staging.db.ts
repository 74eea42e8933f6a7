/** How versions of records are made before they are recorded, one way or the other. */
import { SLOTS, type Part } from './parts.db.js';

const FIRST_INSTANT = '2022-12-01T00:00:00Z';
const SECONDS_A_SLOT = 10;
const SEED = 20_221_228;

/** Functions of a session that makes a data set: of a slot the id and the instant, and a word that is picked by a number. */
export const FUNCTIONS = `
  CREATE FUNCTION pg_temp.instant_of(slot bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT '${FIRST_INSTANT}'::timestamptz + slot * interval '${String(SECONDS_A_SLOT)} seconds'
  $$;
  CREATE FUNCTION pg_temp.id_of(slot bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(${String(Date.parse(FIRST_INSTANT))} + slot * ${String(SECONDS_A_SLOT * 1000)}), 12, '0')
      || '70008' || lpad(to_hex(slot), 15, '0'))::uuid
  $$;
  CREATE FUNCTION pg_temp.pick(words text[], number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + (hashint8extended(number, ${String(SEED)}) & 2147483647) % cardinality(words)]
  $$;
  CREATE FUNCTION pg_temp.slot_at(instant timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM instant - '${FIRST_INSTANT}'::timestamptz) / ${String(SECONDS_A_SLOT)})::bigint
  $$`;

/** Makes the table in which versions of the records of a part are put before they are recorded: its columns are the record's. */
export function stagingTable({ table }: Part): string {
  return `CREATE TEMPORARY TABLE staged_${table} (LIKE ${table} INCLUDING DEFAULTS)`;
}

/**
 * Stages all versions of the records of a part, of the mergers from $1 to $2. In `made` are the `number` of the merger and its `first`
 * slot; of the record which one it is (`nth`, from 0) and the slot in which it was `born`; `version` and `slot` of the version.
 */
export function stage({ table, count, slots, columns, only }: Part): string {
  const versions = slots.map((slot, at) => `(${String(at + 1)}, ${String(slot)})`).join(', ');
  const names = Object.keys(columns).map((name) => `"${name}"`);
  return `
    INSERT INTO staged_${table} (id, version, created_at, updated_at, ${names.join(', ')})
    SELECT pg_temp.id_of(made.born), made.version, pg_temp.instant_of(made.born), pg_temp.instant_of(made.slot),
      ${Object.values(columns).join(', ')}
    FROM (
      SELECT merger.number, merger.first, nth.number AS nth, merger.first + ${String(slots[0])} + nth.number AS born,
        version.number AS version, merger.first + version.slot + nth.number AS slot
      FROM (
        SELECT each.number, (each.number - 1) * ${String(SLOTS)} AS first FROM generate_series($1::bigint, $2::bigint) AS each (number)
      ) AS merger
      CROSS JOIN generate_series(0, ${String(count - 1)}) AS nth (number)
      CROSS JOIN (VALUES ${versions}) AS version (number, slot)
    ) AS made
    WHERE ${only ?? 'true'}`;
}

/** The id of the merger of a slot. */
export function mergerOf(slot: string): string {
  return `pg_temp.id_of(${slot} / ${String(SLOTS)} * ${String(SLOTS)} + 23)`;
}
