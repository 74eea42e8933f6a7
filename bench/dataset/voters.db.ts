import pg from 'pg';
import type { SentVote } from './bare.db.js';

/** Stores people by their given and family names; returns their ids. */
export async function insertPeople(
  databaseUrl: string,
  names: readonly (readonly string[])[],
): Promise<string[]> {
  return idsOf(
    databaseUrl,
    `INSERT INTO people (slug, name, given_name, family_name)
     SELECT 'person-' || made.number, made.given || ' ' || made.family, made.given, made.family
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS made (given, family, number)
     RETURNING people.id::text AS id`,
    [names.map(([given]) => given), names.map(([, family]) => family)],
  );
}

/** Makes people members of a faction. */
export async function insertMembers(
  databaseUrl: string,
  factionId: string,
  people: readonly string[],
): Promise<void> {
  await idsOf(
    databaseUrl,
    `INSERT INTO members (faction_id, person_id) SELECT $1::uuid, unnest($2::uuid[])
     RETURNING members.id::text AS id`,
    [factionId, people],
  );
}

/** Stores vote events on motions in turn; returns their ids. */
export async function insertVoteEvents(
  databaseUrl: string,
  motions: readonly string[],
  { count, seats }: { readonly count: number; readonly seats: number },
): Promise<string[]> {
  return idsOf(
    databaseUrl,
    `INSERT INTO vote_events (motion_id, start_date, seats, complete)
     SELECT ($1::uuid[])[1 + made.number % cardinality($1)], '2022-11-05', $3::int, true
     FROM generate_series(1, $2::int) AS made (number)
     RETURNING vote_events.id::text AS id`,
    [motions, count, seats],
  );
}

/** Stores votes. */
export async function insertVotes(databaseUrl: string, votes: readonly SentVote[]): Promise<void> {
  await idsOf(
    databaseUrl,
    `INSERT INTO votes (vote_event_id, person_id, faction_id, option, channel)
     SELECT (made.vote ->> 'voteEventId')::uuid, (made.vote ->> 'personId')::uuid, (made.vote ->> 'factionId')::uuid,
       (made.vote ->> 'option')::vote_option, (made.vote ->> 'channel')::vote_channel
     FROM jsonb_array_elements($1::jsonb) AS made (vote)
     RETURNING votes.id::text AS id`,
    [JSON.stringify(votes)],
  );
}

/** What the database holds of the votes on some vote events. */
export async function countVotes(
  databaseUrl: string,
  voteEvents: readonly string[],
): Promise<{ readonly stored: number; readonly revisions: number }> {
  return onConnection(databaseUrl, async (client) => {
    const { rows } = await client.query<{ stored: number; revisions: number }>(
      `SELECT count(DISTINCT vote.id)::int AS stored, count(revision.record_id)::int AS revisions
       FROM votes AS vote
       LEFT JOIN revisions AS revision ON revision.record_type = 'votes' AND revision.record_id = vote.id
       WHERE vote.vote_event_id = ANY ($1::uuid[])`,
      [voteEvents],
    );
    return rows[0] ?? { stored: 0, revisions: 0 };
  });
}

/** Tells the planner what there is, and which Postgres it is. */
export async function settle(databaseUrl: string): Promise<string> {
  return onConnection(databaseUrl, async (client) => {
    await client.query('VACUUM ANALYZE');
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
}

function idsOf(databaseUrl: string, text: string, values: unknown[]): Promise<string[]> {
  return onConnection(databaseUrl, async (client) =>
    (await client.query<{ id: string }>(text, values)).rows.map(({ id }) => id),
  );
}

async function onConnection<Result>(
  databaseUrl: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
