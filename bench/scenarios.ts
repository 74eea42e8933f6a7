import { isDeepStrictEqual } from 'node:util';
import { STORY } from '../prisma/story/story.js';
import type { SentVote } from './bare.db.js';
import type { Dataset } from './dataset.js';
import type { Ask } from './load.js';

export const SIDES = ['accord', 'bare'] as const;
export type Side = (typeof SIDES)[number];

/** What is measured: the same thing asked of both sides. */
export interface Scenario {
  readonly name: string;
  readonly asks: Readonly<Record<Side, readonly Ask[]>>;
  /** Whether the answers to the first request say the same. */
  agree(accord: string, bare: string): boolean;
}

/** The four things that are measured. */
export function scenarios({ people, nextVote }: Dataset, key: string): readonly Scenario[] {
  const some = people.slice(0, 100);
  return [
    {
      name: 'a record by id',
      asks: {
        accord: some.map((id) => ({ path: `/v1/people/${id}` })),
        bare: some.map((id) => ({ path: `/record/${id}` })),
      },
      agree: (accord, bare) => accord === bare,
    },
    {
      name: 'a list of 50',
      asks: {
        accord: [{ path: '/v1/votes?limit=50' }],
        bare: [{ path: '/list' }],
      },
      agree: (accord, bare) => isDeepStrictEqual(dataOf(accord), dataOf(bare)),
    },
    {
      name: 'the status of the founding story',
      asks: {
        accord: [{ path: `/v1/mergers/${STORY}/status` }],
        bare: [{ path: '/status' }],
      },
      // One side gives the status, the other the facts that it is computed from.
      agree: (accord, bare) => [accord, bare].every((text) => text.includes('Siddiqui')),
    },
    {
      name: 'a durable vote',
      asks: {
        accord: [castVotes('/v1/votes', nextVote.accord, { authorization: `Bearer ${key}` })],
        bare: [castVotes('/votes', nextVote.bare, {})],
      },
      agree: (accord, bare) => [accord, bare].every((text) => text.includes('voteEventId')),
    },
  ];
}

/** A request that is another vote each time it is sent. */
function castVotes(
  path: string,
  nextVote: () => SentVote,
  headers: Readonly<Record<string, string>>,
): Ask {
  return {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    nextBody: () => JSON.stringify(nextVote()),
  };
}

function dataOf(page: string): unknown {
  const { data } = JSON.parse(page) as { readonly data: unknown };
  return data;
}
