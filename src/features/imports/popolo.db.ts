/**
 * What Popolo holds and we have no records for, put where it is named: areas, posts, legislative periods, parliaments. The
 * order in which a file has them does not matter, so this waits until all of it is there.
 */
import type { Transaction } from '../../platform/prisma/transaction.js';
import { MOST_EXTRAS } from '../../platform/records/extras.field.js';
import { isLarger } from './compare.db.js';
import { refusing } from './judging.db.js';

/** In the extras of a membership: the kind of thing, which link names it, and what it is called there. */
const EMBEDDED = [
  ['areas', 'areas', 'area'],
  ['posts', 'posts', 'post'],
  ['events', 'events', 'legislative_period'],
  ['organizations', 'organizations', 'organization'],
  ['organizations', 'behalf', 'on_behalf_of'],
] as const;

export async function placeAsides(
  tx: Transaction,
  importId: string,
  scheme: string,
): Promise<void> {
  const run = (text: string): Promise<unknown> => tx.query(text, [importId, scheme]);
  await tx.query(HELD_ON_BEHALF, [importId]);
  await run(HELD_IN_FACTION);
  await run(WITHIN_NO_FACTION);
  for (const each of EMBEDDED) await run(embed(each));
  for (const column of ['start_date', 'end_date']) await tx.query(lasting(column), [importId]);
  await run(OF_NO_FACTION);
  await run(SECOND_SEATS);
  await run(BEHALF_IS_TOLD);
  const most = String(MOST_EXTRAS);
  await tx.query(
    `UPDATE import_staging AS staged SET ${refusing('validation_failed', `'/extras'`, `'extras are at most ${most} bytes'`)}
     WHERE staged.import_id = $1::uuid AND ${isLarger(`staged.patch -> 'extras'`, most)}`,
    [importId],
  );
}

const MEMBER = `staged.import_id = $1::uuid AND staged.kind = 'members' AND staged.outcome IS NULL`;

/** Whether an id of the file is that of a faction, of the file or on record. */
function isFaction(key: string): string {
  return `(EXISTS (SELECT FROM import_staging AS party WHERE party.import_id = $1::uuid AND party.kind = 'factions' AND party.key = ${key})
    OR EXISTS (SELECT FROM factions AS known WHERE known.id = ${key}))`;
}

/** In what is no faction, such as a parliament, on behalf of a party: a member of the party. */
const HELD_ON_BEHALF = `
  UPDATE import_staging AS staged SET
    patch = staged.patch || jsonb_build_object('faction_id', staged.links ->> 'behalf')
  WHERE ${MEMBER} AND staged.links ? 'organizations' AND NOT ${isFaction(`(staged.links ->> 'organizations')::uuid`)}
    AND ${isFaction(`(staged.links ->> 'behalf')::uuid`)}`;

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

function embed([kind, link, name]: (typeof EMBEDDED)[number]): string {
  return `
    UPDATE import_staging AS staged SET patch = jsonb_set(staged.patch, ARRAY['extras', $2::text, '${name}'], named.patch)
    FROM import_staging AS named
    WHERE ${MEMBER} AND named.import_id = $1::uuid AND named.kind = '${kind}'
      AND named.key = (staged.links ->> '${link}')::uuid AND staged.patch #> ARRAY['extras', $2::text] IS NOT NULL`;
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

/** Keeps memberships with the person: those that are on one side of a join. */
function keptWithPerson(which: string): string {
  return `
  WITH placeless AS (
    DELETE FROM import_staging AS staged USING (${which}) AS found, import_staging AS person
    WHERE staged.import_id = $1::uuid AND staged.nth = found.nth
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
      COALESCE(staged.patch #> ARRAY['extras', $2::text], '{}') || jsonb_build_object('memberships',
        COALESCE(staged.patch #> ARRAY['extras', $2::text, 'memberships'], '[]') || told.memberships)))
  FROM told WHERE staged.import_id = $1::uuid AND staged.nth = told.person`;
}

/** A membership in a parliament, on behalf of no faction. */
const OF_NO_FACTION = keptWithPerson(`
  SELECT DISTINCT staged.nth FROM import_staging AS staged
  JOIN import_staging AS house ON house.import_id = $1::uuid AND house.kind = 'organizations' AND house.key = (staged.patch ->> 'faction_id')::uuid
  WHERE ${MEMBER}`);

/** A seat in another house at the same time, on behalf of the same party: the person is a member of that once. */
const SECOND_SEATS = keptWithPerson(`
  SELECT DISTINCT staged.nth FROM import_staging AS staged
  JOIN import_staging AS first ON first.import_id = $1::uuid AND first.kind = 'members' AND first.outcome IS NULL
    AND first.patch ->> 'person_id' = staged.patch ->> 'person_id' AND first.patch ->> 'faction_id' = staged.patch ->> 'faction_id'
  WHERE ${MEMBER} AND first.nth < staged.nth AND staged.links ->> 'behalf' = staged.patch ->> 'faction_id'
    AND first.links ->> 'organizations' <> staged.links ->> 'organizations'
    AND latest_start(first.patch ->> 'start_date') < earliest_end(staged.patch ->> 'end_date')
    AND latest_start(staged.patch ->> 'start_date') < earliest_end(first.patch ->> 'end_date')`);

/** The party is told by the membership. */
const BEHALF_IS_TOLD = `
  UPDATE import_staging AS staged SET patch = staged.patch #- ARRAY['extras', $2::text, 'on_behalf_of_id']
  WHERE ${MEMBER} AND staged.patch ->> 'faction_id' = staged.links ->> 'behalf'
    AND staged.links ->> 'organizations' <> staged.links ->> 'behalf'`;
