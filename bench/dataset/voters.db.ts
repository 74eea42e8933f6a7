import pg from 'pg';

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

/** How many votes there are, and of what is written with each. */
export interface StoredVotes {
  readonly stored: number;
  readonly revisions: number;
  readonly keptAnswers: number;
}

/** What the database holds of the votes on some vote events. */
export async function countVotes(
  databaseUrl: string,
  voteEvents: readonly string[],
): Promise<StoredVotes> {
  return onConnection(databaseUrl, async (client) => {
    const { rows } = await client.query<StoredVotes>(
      `SELECT count(DISTINCT vote.id)::int AS stored, count(revision.record_id)::int AS revisions,
         (SELECT count(*)::int FROM kept_answers AS kept JOIN votes AS kept_vote ON kept_vote.id = kept.record_id
           WHERE kept_vote.vote_event_id = ANY ($1::uuid[])) AS "keptAnswers"
       FROM votes AS vote
       LEFT JOIN revisions AS revision ON revision.record_type = 'votes' AND revision.record_id = vote.id
       WHERE vote.vote_event_id = ANY ($1::uuid[])`,
      [voteEvents],
    );
    return rows[0] ?? { stored: 0, revisions: 0, keptAnswers: 0 };
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
