/** Merge: whether two records are one person or faction, as far as what is recorded of them allows, and two again. */
import { mergedBelongings, type Belongings } from './belongings.js';
import { endOf, overlapCertainly, type Period } from './dates.js';
import type { PartialDate } from './facts.js';
import type { RecordType, Visibility } from './vocabulary.js';
import { countsFrom } from './votes.js';

/** Why two records cannot be made one, or two again. `docs/rules/merge.md` tells each. */
export const CLASH_RULES = [
  'same_record',
  'unequal_visibility',
  'one_above_the_other',
  'both_take_part',
  'both_attend',
  'votes_on_equal_date',
  'memberships_overlap',
  'named_together',
  'too_many_names',
  'too_many_extras',
  'merged_again',
  'parent_retracted',
  'circle_of_parents',
] as const;
export type ClashRule = (typeof CLASH_RULES)[number];

/** A record by its kind and its id. */
export interface Named {
  readonly recordType: RecordType;
  readonly recordId: string;
}

/** What stands in the way of a merge or of its undoing: the rule, a sentence, and the records that it is about. */
export interface Clash {
  readonly rule: ClashRule;
  readonly detail: string;
  readonly records: readonly Named[];
}

/** Who sees a record. */
export interface Held {
  readonly visibility: Visibility;
  readonly embargoUntil: PartialDate | null;
}

/** One of the two records. */
export type Side = Held & Belongings & { readonly id: string; readonly name: string };

/** What is recorded of two people or two factions, as far as it can clash; nothing that was retracted. */
export interface MergeFacts {
  readonly recordType: RecordType;
  readonly kept: Side;
  readonly duplicate: Side;
  /** Each of the two with everything above it; of people nothing. */
  readonly above: Readonly<Record<'kept' | 'duplicate', readonly string[]>>;
  readonly participants: readonly Part<{ readonly mergerId: string }>[];
  readonly attendance: readonly Part<{ readonly meetingId: string }>[];
  readonly votes: readonly Part<{
    readonly voteEventId: string;
    readonly castOn: PartialDate | null;
    readonly eventDate: PartialDate | null;
  }>[];
  /** Of two people their memberships, `other` being the faction; of two factions theirs, `other` being the person. */
  readonly members: readonly Part<Period & { readonly other: string }>[];
  /** The records that name both of them. */
  readonly namingBoth: readonly Named[];
  /** How many other names, identifiers and links a record has at most, of each. */
  readonly most: number;
  /** How many bytes of JSON its extras have at most. */
  readonly mostExtras: number;
}

/** A record that names one of the two. */
type Part<Fields> = Fields & { readonly id: string; readonly of: 'kept' | 'duplicate' };

/**
 * What stands in the way of a merge: what could not be recorded of one, and what says that the two are two.
 *
 * @param at milliseconds since 1970 UTC; an embargo that is over by then holds nothing back
 * @example
 * // both take part in one merger: as one they would take part twice
 * mergeClashes({ ...facts, participants: [asPsp, asPakSarzameen] }, at); // [{ rule: 'both_take_part', … }]
 */
export function mergeClashes(facts: MergeFacts, at: number): readonly Clash[] {
  const { recordType, kept, duplicate, above, namingBoth } = facts;
  const two = [kept, duplicate].map(({ id }) => ({ recordType, recordId: id }));
  if (kept.id === duplicate.id)
    return [clash('same_record', 'A record is not merged with itself.', two.slice(0, 1))];
  const isAbove = above.kept.includes(duplicate.id) || above.duplicate.includes(kept.id);
  return [
    ...(hiddenUntil(kept, at) === hiddenUntil(duplicate, at)
      ? []
      : [clash('unequal_visibility', 'One of the two is held back longer than the other.', two)]),
    ...(isAbove
      ? [clash('one_above_the_other', 'One of the two stands beneath the other.', two)]
      : []),
    ...partClashes(facts),
    ...namingBoth.map((record) =>
      clash('named_together', 'One record names both, as two that are not the same.', [record]),
    ),
    ...sizeClashes(facts, two),
  ];
}

/** What an undoing would find: the kept record may have been merged in turn, and parents may have moved. */
export interface UndoFacts {
  readonly recordType: RecordType;
  readonly keptId: string;
  /** Into which record the kept one was merged since. */
  readonly mergedInto: string | null;
  readonly parent: { readonly id: string; readonly retracted: boolean } | null;
  /** The parent of the duplicate and everything above it. */
  readonly aboveDuplicate: readonly string[];
  /** The factions that would stand beneath the duplicate again. */
  readonly childrenAgain: readonly string[];
}

/** What stands in the way of undoing a merge. */
export function undoClashes(facts: UndoFacts): readonly Clash[] {
  const { recordType, keptId, mergedInto, parent, aboveDuplicate, childrenAgain } = facts;
  const named = (recordId: string): Named => ({ recordType, recordId });
  const circle = childrenAgain.filter((id) => aboveDuplicate.includes(id));
  return [
    ...(mergedInto === null
      ? []
      : [
          clash('merged_again', 'The record that was kept was merged in turn: undo that first.', [
            named(keptId),
            named(mergedInto),
          ]),
        ]),
    ...(parent?.retracted
      ? [clash('parent_retracted', 'What it stood beneath was retracted.', [named(parent.id)])]
      : []),
    ...circle.map((id) =>
      clash('circle_of_parents', 'It would stand beneath itself.', [named(id)]),
    ),
  ];
}

/**
 * Who sees the duplicate when it comes back: as before the merge, but not sooner than the kept record, which may have been
 * held back since.
 *
 * @param at milliseconds since 1970 UTC
 */
export function heldAgain(duplicate: Held, kept: Held, at: number): Held {
  const { visibility, embargoUntil } =
    hiddenUntil(kept, at) > hiddenUntil(duplicate, at) ? kept : duplicate;
  return { visibility, embargoUntil };
}

function clash(rule: ClashRule, detail: string, records: readonly Named[]): Clash {
  return { rule, detail, records };
}

/** Until when a record is held back, in milliseconds; what is not held back at `at` is so since ever. */
function hiddenUntil({ visibility, embargoUntil }: Held, at: number): number {
  if (visibility === 'draft') return Infinity;
  const end = embargoUntil === null ? -Infinity : endOf(embargoUntil);
  return end > at ? end : -Infinity;
}

function partClashes(facts: MergeFacts): Clash[] {
  return [
    ...pairs(facts.participants, (one, other) => one.mergerId === other.mergerId).map((two) =>
      clash('both_take_part', 'Both take part in one merger.', named('participants', two)),
    ),
    ...pairs(facts.attendance, (one, other) => one.meetingId === other.meetingId).map((two) =>
      clash('both_attend', 'Both have an attendance at one meeting.', named('attendance', two)),
    ),
    ...pairs(
      facts.votes,
      (one, other) =>
        one.voteEventId === other.voteEventId &&
        countsFrom(one, one.eventDate) === countsFrom(other, other.eventDate),
    ).map((two) =>
      clash(
        'votes_on_equal_date',
        'Both have a vote in one vote event that counts from the same instant.',
        named('votes', two),
      ),
    ),
    ...pairs(
      facts.members,
      (one, other) => one.other === other.other && overlapCertainly(one, other),
    ).map((two) =>
      clash('memberships_overlap', 'Two memberships certainly overlap.', named('members', two)),
    ),
  ];
}

function sizeClashes(facts: MergeFacts, two: readonly Named[]): Clash[] {
  const { otherNames, identifiers, links, extras } = mergedBelongings(facts.kept, facts.duplicate);
  const clashes: Clash[] = [];
  if (Math.max(otherNames.length, identifiers.length, links.length) > facts.most) {
    const detail = `Together they have more than ${String(facts.most)} other names, identifiers or links.`;
    clashes.push(clash('too_many_names', detail, two));
  }
  if (Buffer.byteLength(JSON.stringify(extras)) > facts.mostExtras) {
    const detail = `Together their extras have more than ${String(facts.mostExtras)} bytes.`;
    clashes.push(clash('too_many_extras', detail, two));
  }
  return clashes;
}

/** Each part of the kept record with each of the duplicate's that it excludes. */
function pairs<Fields>(
  parts: readonly Part<Fields>[],
  excludes: (one: Part<Fields>, other: Part<Fields>) => boolean,
): [string, string][] {
  const ofKept = parts.filter((part) => part.of === 'kept');
  return parts
    .filter((part) => part.of === 'duplicate')
    .flatMap((part) =>
      ofKept.filter((one) => excludes(one, part)).map((one): [string, string] => [one.id, part.id]),
    );
}

function named(recordType: RecordType, ids: readonly string[]): Named[] {
  return ids.map((recordId) => ({ recordType, recordId }));
}
