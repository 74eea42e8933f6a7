/** What would settle an undetermined result, in sentences for the person who can ask. */
import {
  allowanceOf,
  fewestPresent,
  isCarriedForCertain,
  isQuorateForCertain,
  quorumNeeded,
  type Ballot,
} from './requirement.js';
import { sumOf } from './tally.js';
import { VOTE_OPTIONS, type VoteOption } from './vocabulary.js';

/**
 * One sentence for each open question: what to find out, and what is known of it so far. Never empty for a ballot whose
 * result is undetermined: then the requirement or the quorum is not certain, and each of these has its sentences.
 *
 * @example
 * // two_thirds_cast, 31 or more yes, no bound of no: 3 × 31 = 93 ≥ 2 × (31 + 15) = 92
 * whatSettles(ballot, false); // ['That no is 15 or fewer: so far yes is 31 or more and no is 0 or more.']
 */
export function whatSettles(ballot: Ballot, contradicted: boolean): readonly string[] {
  return [
    ...(isCarriedForCertain(ballot) ? [] : requirementQuestions(ballot)),
    ...(isQuorateForCertain(ballot) ? [] : quorumQuestions(ballot)),
    ...(contradicted ? ['Which of the reports that contradict one another is right.'] : []),
  ];
}

function requirementQuestions(ballot: Ballot): readonly string[] {
  const { least, most, seats } = ballot;
  switch (ballot.requirement) {
    case 'simple_majority':
      return [balanceQuestion(ballot, most.no + 1)];
    case 'two_thirds_cast':
      return [balanceQuestion(ballot, Math.max(1, 2 * most.no))];
    case 'absolute_majority':
      return [seatsQuestion(ballot, Math.floor((seats ?? 0) / 2) + 1)];
    case 'two_thirds_all':
      return [seatsQuestion(ballot, Math.ceil((2 * (seats ?? 0)) / 3))];
    case 'unanimity':
      return [
        ...firstYesQuestion(least.yes),
        ...noneQuestion(ballot, 'no', 'said no'),
        ...noneQuestion(ballot, 'abstain', 'abstained'),
      ];
    case 'consensus':
      return [
        ...firstYesQuestion(least.yes),
        ...noneQuestion(ballot, 'no', 'said no'),
        ...coverQuestion(ballot),
      ];
  }
}

/** More yes or less no: whichever of the two can still be, by itself, for certain enough. */
function balanceQuestion(ballot: Ballot, yesNeeded: number): string {
  const { least, most, plenty } = ballot;
  const noAllowed = allowanceOf(ballot.requirement, least.yes).no;
  const ways = [
    ...(most.no < plenty && yesNeeded <= most.yes ? [`yes is ${yesNeeded} or more`] : []),
    ...(least.yes > 0 && noAllowed >= least.no ? [`no is ${noAllowed} or fewer`] : []),
  ];
  const known = `so far yes is ${rangeOf(ballot, 'yes')} and no is ${rangeOf(ballot, 'no')}.`;
  if (ways.length === 0) return `How many said yes and how many said no: ${known}`;
  return `That ${ways.join(', or that ')}: ${known}`;
}

function seatsQuestion(ballot: Ballot, yesNeeded: number): string {
  const known = `so far yes is ${rangeOf(ballot, 'yes')}.`;
  if (ballot.seats === null) return `The number of seats: ${known}`;
  return `That yes is ${yesNeeded} or more of ${ballot.seats} seats: ${known}`;
}

function firstYesQuestion(leastYes: number): readonly string[] {
  return leastYes > 0 ? [] : ['A first yes vote: none is certain so far.'];
}

function noneQuestion(ballot: Ballot, option: VoteOption, did: string): readonly string[] {
  if (ballot.most[option] === 0) return [];
  return [`That nobody ${did}: so far it is ${rangeOf(ballot, option)}.`];
}

function coverQuestion({ least, votesNeeded }: Ballot): readonly string[] {
  const missing = votesNeeded - sumOf(VOTE_OPTIONS, (option) => least[option]);
  if (missing <= 0) return [];
  const whose = missing === 1 ? 'one more voting member' : `${missing} more voting members`;
  return [`The vote of ${whose}, or a reported count that covers them.`];
}

function quorumQuestions({ quorum, least, seats }: Ballot): readonly string[] {
  if (quorum === null) return [];
  const known = `so far ${fewestPresent(least)} are certain (yes, no, abstain and not voting).`;
  const needed = quorumNeeded(quorum, seats);
  if (needed === null) {
    return [`The number of seats, ${quorum.value} percent of which make a quorum: ${known}`];
  }
  return [`That ${needed} or more were present, for the quorum: ${known}`];
}

function rangeOf({ least, most, plenty }: Ballot, option: VoteOption): string {
  const [lower, upper] = [least[option], most[option]];
  if (upper === plenty) return `${lower} or more`;
  return lower === upper ? `${lower}` : `${lower} to ${upper}`;
}
