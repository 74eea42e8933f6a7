/**
 * What Popolo holds and we have no records for, put where it is named: areas, posts, legislative periods, parliaments. The
 * order in which a file has them does not matter, so this waits until all of it is there.
 */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { MOST_EXTRAS } from '../../platform/records/extras.field.js';
import { refusing } from './match.db.js';

/** In the extras of a membership: the kind of thing, and what it is called there. */
const EMBEDDED = [
  ['areas', 'area'],
  ['posts', 'post'],
  ['events', 'legislative_period'],
  ['organizations', 'organization'],
] as const;

export async function placeAsides(
  tx: Transaction,
  importId: string,
  scheme: string,
): Promise<void> {
  const run = (text: string): Promise<unknown> => tx.query(text, [importId, scheme]);
  await run(HELD_ON_BEHALF);
  await run(HELD_IN_FACTION);
  await run(WITHIN_NO_FACTION);
  for (const [kind, name] of EMBEDDED) await run(embed(kind, name));
  for (const column of ['start_date', 'end_date']) await tx.query(lasting(column), [importId]);
  await run(OF_NO_FACTION);
  await tx.query(
    `UPDATE import_staging AS staged SET ${refusing('validation_failed', `'/extras'`, `'extras are at most ${String(MOST_EXTRAS)} bytes'`)}
     WHERE staged.import_id = $1::uuid AND octet_length((staged.patch -> 'extras')::text) > $2::int
       AND octet_length(regexp_replace((staged.patch -> 'extras')::text, ${BETWEEN}, '\\1', 'g')) > $2::int`,
    [importId, MOST_EXTRAS],
  );
}

/** The blanks with which Postgres writes JSON, and, to be left as they are, its texts. */
const BETWEEN = `'("(?:[^"\\\\]|\\\\.)*")| '`;

const MEMBER = `staged.import_id = $1::uuid AND staged.kind = 'members' AND staged.outcome IS NULL`;

/** In a parliament, on behalf of a party: a member of the party. */
const HELD_ON_BEHALF = `
  UPDATE import_staging AS staged SET
    patch = (staged.patch || jsonb_build_object('faction_id', staged.links ->> 'behalf')) #- ARRAY['extras', $2::text, 'on_behalf_of_id']
  FROM import_staging AS house
  WHERE ${MEMBER} AND house.import_id = $1::uuid AND house.kind = 'organizations'
    AND house.key = (staged.links ->> 'organizations')::uuid AND staged.links ? 'behalf'`;

const HELD_IN_FACTION = `
  UPDATE import_staging AS staged SET patch = staged.patch #- ARRAY['extras', $2::text, 'organization_id']
  WHERE ${MEMBER} AND staged.patch ->> 'faction_id' = staged.links ->> 'organizations'
    AND NOT EXISTS (
      SELECT FROM import_staging AS house
      WHERE house.import_id = $1::uuid AND house.kind = 'organizations' AND house.key = (staged.links ->> 'organizations')::uuid
    )`;

/** A party whose parent is no faction has none. */
const WITHIN_NO_FACTION = `
  UPDATE import_staging AS staged SET
    patch = (staged.patch - 'parent_id') || jsonb_build_object('extras', COALESCE(staged.patch -> 'extras', '{}') || jsonb_build_object(
      $2::text, COALESCE(staged.patch #> ARRAY['extras', $2::text], '{}') || jsonb_build_object('parent', house.patch)))
  FROM import_staging AS house
  WHERE staged.import_id = $1::uuid AND staged.kind = 'factions' AND staged.outcome IS NULL
    AND house.import_id = $1::uuid AND house.kind = 'organizations' AND house.key = (staged.patch ->> 'parent_id')::uuid`;

function embed(kind: string, name: string): string {
  return `
    UPDATE import_staging AS staged SET patch = jsonb_set(staged.patch, ARRAY['extras', $2::text, '${name}'], named.patch)
    FROM import_staging AS named
    WHERE ${MEMBER} AND named.import_id = $1::uuid AND named.kind = '${kind}'
      AND named.key = (staged.links ->> '${kind}')::uuid AND staged.patch #> ARRAY['extras', $2::text] IS NOT NULL`;
}

/** A membership lasts as long as its legislative period, where it does not say otherwise. */
function lasting(column: string): string {
  return `
    UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('${column}', period.patch ->> '${column}')
    FROM import_staging AS period
    WHERE ${MEMBER} AND period.import_id = $1::uuid AND period.kind = 'events'
      AND period.key = (staged.links ->> 'events')::uuid AND NOT staged.patch ? '${column}'
      AND is_partial_date(period.patch ->> '${column}')`;
}

/** A membership in a parliament, on behalf of nobody, is kept with the person. */
const OF_NO_FACTION = `
  WITH placeless AS (
    DELETE FROM import_staging AS staged USING import_staging AS house, import_staging AS person
    WHERE ${MEMBER} AND house.import_id = $1::uuid AND house.kind = 'organizations'
      AND house.key = (staged.patch ->> 'faction_id')::uuid
      AND person.import_id = $1::uuid AND person.kind = 'people' AND person.key = (staged.patch ->> 'person_id')::uuid
    RETURNING staged.nth, person.nth AS person, staged.patch
  ), told AS (
    SELECT placeless.person, jsonb_agg(
      (placeless.patch - ARRAY['person_id', 'faction_id', 'extras']) || COALESCE(placeless.patch #> ARRAY['extras', $2::text], '{}')
      ORDER BY placeless.nth) AS memberships
    FROM placeless GROUP BY placeless.person
  )
  UPDATE import_staging AS staged SET patch = staged.patch || jsonb_build_object('extras',
    COALESCE(staged.patch -> 'extras', '{}') || jsonb_build_object($2::text,
      COALESCE(staged.patch #> ARRAY['extras', $2::text], '{}') || jsonb_build_object('memberships', told.memberships)))
  FROM told WHERE staged.import_id = $1::uuid AND staged.nth = told.person`;
