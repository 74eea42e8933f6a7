import { randomUUID } from 'node:crypto';
import { makeVoters, type Voters } from '../dataset/voters.js';
import { countVotes } from '../dataset/voters.db.js';
import { settle } from '../dataset/settle.db.js';
import { requestBytes } from '../load/connection.js';
import type { Lane } from '../load/saturate.js';
import type { SentVote } from '../servers/bare.db.js';
import type { Server } from '../servers/server.js';
import type { Stage } from '../stage.js';
import { CONNECTIONS, Paired } from './paired.js';
import type { Scenario } from './scenario.js';

/** A vote that is there to stay, by 32 writers, against the same rows written by `pg` in one transaction. */
export async function openVote(stage: Stage): Promise<readonly Scenario[]> {
  const databaseUrl = await stage.database('vote');
  const accord = await stage.accord(databaseUrl, true);
  const api = stage.api(accord);
  const voters = await makeVoters(databaseUrl, (path, body) => api.create(path, body));
  const bare = await stage.bare(accord, databaseUrl);
  const authorized = { Authorization: `Bearer ${stage.adminKey}` };
  const paired = new Paired(
    {
      what: 'a durable vote, 32 writers',
      atLeast: 0.5,
      by: 'rate',
      lanes: [
        castVotes(accord, '/v1/votes', voters.nextVote.accord, authorized),
        castVotes(bare, '/votes', voters.nextVote.bare, {}),
      ],
    },
    stage.plan,
  );
  return [
    {
      warmUp: async () => {
        await paired.warmUp();
        // By then there are votes and kept answers, for the planner to know of.
        await settle(databaseUrl);
      },
      round: (number) => paired.round(number),
      conclude: async () => {
        await requireStored(databaseUrl, voters, paired.answered);
        return paired.conclude();
      },
    },
  ];
}

/** A lane on which every request is another vote, under a key of its own. */
function castVotes(
  server: Server,
  path: string,
  nextVote: () => SentVote,
  headers: Readonly<Record<string, string>>,
): Lane {
  const next = (): Buffer =>
    requestBytes({
      path,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...headers },
      body: JSON.stringify(nextVote()),
    });
  const isAccord = path.startsWith('/v1');
  return {
    name: isAccord ? 'Accord' : 'bare',
    server,
    connections: CONNECTIONS,
    next,
    expects: isAccord ? 201 : 200,
  };
}

/** What was acknowledged is stored, once, with its revision and its kept answer, and nothing else is. */
async function requireStored(
  databaseUrl: string,
  { voteEvents }: Voters,
  [accord, bare]: readonly [number, number],
): Promise<void> {
  for (const [side, acknowledged] of [
    ['accord', accord],
    ['bare', bare],
  ] as const) {
    const { stored, revisions, keptAnswers } = await countVotes(databaseUrl, voteEvents[side]);
    const counts = `${side}: ${String(acknowledged)} votes acknowledged, ${String(stored)} stored, ${String(revisions)} revisions, ${String(keptAnswers)} kept answers`;
    if ([stored, revisions, keptAnswers].some((count) => count !== acknowledged))
      throw new Error(counts);
    console.log(counts);
  }
}
