/**
 * What a requirement and a quorum ask, and whether some outcome within the bounds of a tally can meet or miss them. An
 * outcome is one whole number of votes for each option. Whoever is asked for all outcomes is asked here for the two ends:
 * more yes never hurts a requirement or a quorum, so the most yes is the best case and the least yes the worst.
 */
import type { Quorum } from './facts.js';
import { forOptions, sumOf, type Tally } from './tally.js';
import { VOTE_OPTIONS, type Requirement, type VoteOption } from './vocabulary.js';

/** All that decides a result. Bounds are whole numbers; where nothing bounds, a number too large to matter. */
export interface Ballot {
  readonly requirement: Requirement;
  readonly quorum: Quorum | null;
  readonly least: Readonly<Record<VoteOption, number>>;
  readonly most: Readonly<Record<VoteOption, number>>;
  readonly seats: number | null;
  /** What all five options together cannot exceed. */
  readonly room: number;
  /** How many votes `consensus` asks for in all: the named ones and one for each member without a vote. */
  readonly votesNeeded: number;
  /** A number too large to matter. */
  readonly plenty: number;
}

/** What a requirement allows, given the yes votes: no more than this of the others. Without a yes, none passes. */
export interface Allowance {
  readonly no: number;
  readonly abstain: number;
  readonly seats: number;
}

/**
 * The most `no`, `abstain` and seats with which so many yes votes still carry.
 *
 * @example
 * allowanceOf('two_thirds_cast', 31).no; // 15: 3 × 31 = 93 ≥ 2 × (31 + 15) = 92, and 2 × (31 + 16) = 94 is too many
 * allowanceOf('absolute_majority', 31).seats; // 61: 2 × 31 = 62 > 61
 */
export function allowanceOf(requirement: Requirement, yes: number): Allowance {
  const anything = { no: Infinity, abstain: Infinity, seats: Infinity };
  switch (requirement) {
    case 'simple_majority':
      return { ...anything, no: yes - 1 };
    case 'absolute_majority':
      return { ...anything, seats: 2 * yes - 1 };
    case 'two_thirds_cast':
      return { ...anything, no: Math.floor(yes / 2) };
    case 'two_thirds_all':
      return { ...anything, seats: Math.floor((3 * yes) / 2) };
    case 'unanimity':
      return { ...anything, no: 0, abstain: 0 };
    case 'consensus':
      return { ...anything, no: 0 };
  }
}

/**
 * A tally and the terms of its motion as numbers to compare. The seats bound the options once more, so that bounds from
 * elsewhere may be loose; seats fewer than the votes bound nothing (the tally is contradicted), but are still counted from.
 *
 * @example
 * // of 40 seats, 31 or more yes and nothing known of no
 * ballotOf(tally, { requirement: 'simple_majority', quorum: null, membersWithoutVote: 0 }).most.no; // 40 - 31 = 9
 */
export function ballotOf(
  tally: Pick<Tally, 'options' | 'seats'>,
  terms: Pick<Ballot, 'requirement' | 'quorum'> & { readonly membersWithoutVote: number },
): Ballot {
  const { requirement, quorum, membersWithoutVote } = terms;
  const { options, seats } = tally;
  const least = forOptions((option) => options[option].lower);
  const leastInAll = sumOf(VOTE_OPTIONS, (option) => least[option]);
  const named = sumOf(VOTE_OPTIONS, (option) => options[option].named);
  const finite = sumOf(VOTE_OPTIONS, (option) => options[option].upper ?? 0);
  const stakes = leastInAll + finite + named + membersWithoutVote + (seats ?? 0);
  const plenty = 1000 * (stakes + (quorum?.value ?? 0) + 1);
  const room = seats === null || leastInAll > seats ? Infinity : seats;
  return {
    requirement,
    quorum,
    least,
    most: forOptions((option) =>
      Math.min(options[option].upper ?? plenty, room - (leastInAll - least[option])),
    ),
    seats,
    room,
    votesNeeded: requirement === 'consensus' ? named + membersWithoutVote : 0,
    plenty,
  };
}

/** Whether every outcome meets the requirement: the least yes against the most of all else. */
export function isCarriedForCertain(ballot: Ballot): boolean {
  const { requirement, least, most, seats, plenty, votesNeeded } = ballot;
  const allowed = allowanceOf(requirement, least.yes);
  return (
    least.yes > 0 &&
    allows(allowed, { ...most, seats: seats ?? plenty }) &&
    sumOf(VOTE_OPTIONS, (option) => least[option]) >= votesNeeded
  );
}

/** Whether every outcome is quorate: the fewest present, of seats without limit while their number is not known. */
export function isQuorateForCertain({ quorum, least, seats, plenty }: Ballot): boolean {
  return isQuorate(quorum, fewestPresent(least), seats ?? plenty);
}

/** Whether some outcome is quorate, carried or not; unknown seats are then as few as the votes. */
export function canBeQuorate({ quorum, least, most, seats, room }: Ballot): boolean {
  const uppers = most.yes + most.no + most.abstain + most.not_voting;
  const present = Math.min(uppers, room - least.absent);
  return isQuorate(quorum, present, seats ?? Math.max(1, present + least.absent));
}

/**
 * Whether one outcome meets both the requirement and the quorum. A yes in the place of any other vote serves both, so
 * yes is at its most; then come as many of the others as the requirement allows, for the quorum; and of the absent only
 * those who are certain, or who are needed for `consensus`. Unknown seats are as few as the votes: both ask no more then.
 *
 * @example
 * // simple_majority, yes 3 and no 0 to 4, a quorum of 7: carried with at most 2 no, and quorate with 4
 * canPass(ballot); // false
 */
export function canPass(ballot: Ballot): boolean {
  const { requirement, quorum, least, most, seats } = ballot;
  const { yes } = most;
  const allowed = allowanceOf(requirement, yes);
  const room = seats === null ? allowed.seats : ballot.room;
  const fewest = yes + least.no + least.abstain + least.not_voting + least.absent;
  const isCarried = yes > 0 && allows(allowed, { ...least, seats: seats ?? fewest });
  if (!isCarried) return false;
  const others =
    Math.min(most.no, allowed.no) + Math.min(most.abstain, allowed.abstain) + most.not_voting;
  const present = Math.min(yes + others, room - least.absent);
  const absent = Math.max(least.absent, ballot.votesNeeded - present);
  if (absent > most.absent || present + absent > room) return false;
  return isQuorate(quorum, present, seats ?? present + absent);
}

/** The fewest who must be present, in whole people; null while the seats are needed and not known. */
export function quorumNeeded(quorum: Quorum, seats: number | null): number | null {
  if (quorum.unit === 'count') return quorum.value;
  return seats === null ? null : Math.ceil((quorum.value * seats) / 100);
}

/** Present are those who said yes, no or abstain and those who were there and did not vote. */
export function fewestPresent(least: Ballot['least']): number {
  return least.yes + least.no + least.abstain + least.not_voting;
}

function allows(allowed: Allowance, { no, abstain, seats }: Allowance): boolean {
  return no <= allowed.no && abstain <= allowed.abstain && seats <= allowed.seats;
}

function isQuorate(quorum: Quorum | null, present: number, seats: number): boolean {
  if (quorum === null) return true;
  switch (quorum.unit) {
    case 'count':
      return present >= quorum.value;
    case 'percent':
      return 100 * present >= quorum.value * seats;
  }
}
