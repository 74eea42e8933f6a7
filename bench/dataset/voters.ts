import { VOTE_CHANNELS, VOTE_OPTIONS } from '../../src/domain/vocabulary.js';
import type { SentVote } from '../servers/bare.db.js';
import { insertMembers, insertPeople, insertVoteEvents } from './voters.db.js';

const SEED = 20_221_228;
const PEOPLE = 500;
const MOTIONS = 10;
const VOTE_EVENTS_A_SIDE = 600;

const GIVEN = 'Amna Bilal Celia Danish Erum Farid Ghazala Hamid Iqra Junaid Kiran Latif'.split(' ');
const FAMILY = 'Abbasi Baig Chishti Durrani Effendi Farooqi Gilani Hashmi Jatoi Khan'.split(' ');

/** A committee that votes. */
export interface Voters {
  readonly people: readonly string[];
  /** Each call gives another valid vote, on vote events of the side's own. */
  readonly nextVote: Readonly<Record<'accord' | 'bare', () => SentVote>>;
  /** On which vote events a side votes. */
  readonly voteEvents: Readonly<Record<'accord' | 'bare', readonly string[]>>;
}

/** Creates a record through the API and returns its id. */
export type Create = (path: string, body: object) => Promise<string>;

/**
 * Makes a merger with a committee of 500, its motions and its vote events. The same on every run. What has rules beyond its table
 * goes in through the API; the many rows by SQL, with the triggers on.
 */
export async function makeVoters(databaseUrl: string, create: Create): Promise<Voters> {
  const random = seededRandom(SEED);
  const committee = await create('factions', {
    name: 'Committee of the bench',
    classification: 'committee',
  });
  const mergerId = await create('mergers', { title: 'A merger with many votes' });
  const motions: string[] = [];
  for (let number = 1; number <= MOTIONS; number += 1) {
    motions.push(
      await create('motions', {
        mergerId,
        factionId: committee,
        text: `Motion ${String(number)}`,
        classification: 'other',
        requirement: 'simple_majority',
      }),
    );
  }
  const names = Array.from({ length: PEOPLE }, () => [pick(GIVEN, random), pick(FAMILY, random)]);
  const people = await insertPeople(databaseUrl, names);
  await insertMembers(databaseUrl, committee, people);
  const count = 2 * VOTE_EVENTS_A_SIDE;
  const events = await insertVoteEvents(databaseUrl, motions, { count, seats: PEOPLE });
  const voteEvents = {
    accord: events.slice(0, VOTE_EVENTS_A_SIDE),
    bare: events.slice(VOTE_EVENTS_A_SIDE),
  };
  const voter = (side: 'accord' | 'bare'): (() => SentVote) =>
    taker(votesOn(voteEvents[side], { people, committee }, seededRandom(SEED)));
  return { people, voteEvents, nextVote: { accord: voter('accord'), bare: voter('bare') } };
}

/** One vote of each person on each of the vote events. */
function* votesOn(
  voteEvents: readonly string[],
  voters: { readonly people: readonly string[]; readonly committee: string },
  random: () => number,
): Generator<SentVote, undefined> {
  for (const voteEventId of voteEvents) {
    for (const personId of voters.people) {
      yield {
        voteEventId,
        personId,
        factionId: voters.committee,
        option: pick(VOTE_OPTIONS, random),
        channel: pick(VOTE_CHANNELS, random),
      };
    }
  }
}

function taker(votes: Iterator<SentVote, undefined>): () => SentVote {
  return () => {
    const { value } = votes.next();
    if (value === undefined) throw new Error('There are no more votes to cast: add vote events.');
    return value;
  };
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
