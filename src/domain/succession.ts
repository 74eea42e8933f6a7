/** Succession: what a completed merger became. */
import type { SuccessionFact } from './facts.js';
import { called, listOf, nameOf, sentence, type Names } from './wording.js';

/**
 * What a succession says, in one sentence.
 *
 * @example
 * successionText(succession, names); // 'PSP and Farooq Sattar joined MQM-P on 2023-01-12.'
 */
export function successionText(
  { predecessorIds, successorId, kind, date }: SuccessionFact,
  names: Names,
): string {
  const who = listOf(predecessorIds.map((id) => called(nameOf(names, id))));
  const successor = called(nameOf(names, successorId));
  switch (kind) {
    case 'merged':
      return sentence(`${who} merged into ${successor} on ${date}`);
    case 'joined':
      return sentence(`${who} joined ${successor} on ${date}`);
    case 'alliance':
      return sentence(`${who} formed the alliance ${successor} on ${date}`);
  }
}
