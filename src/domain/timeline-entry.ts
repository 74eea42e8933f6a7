/** One entry of the timeline: a dated fact in a sentence, with the records that it speaks of. */
import type { PartialDate, Recorded } from './facts.js';
import type { Standing } from './standing.js';
import type { RecordType } from './vocabulary.js';

export const TIMELINE_KINDS = [
  'stance',
  'meeting',
  'result',
  'mandate_granted',
  'mandate_ended',
  'mandate_revoked',
  'transition',
  'implied_transition',
  'announcement',
  'prediction',
  'quote',
  'succession',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** A record that an entry speaks of; the name is a title or a text where the record has no name. */
export interface Mention {
  readonly recordType: RecordType;
  readonly recordId: string;
  readonly name: string | null;
}

/** An entry before it is known how well its record is sourced. */
export interface BareEntry {
  /** As it was given. */
  readonly date: PartialDate;
  readonly kind: TimelineKind;
  /** The record that says so. */
  readonly recordType: RecordType;
  readonly recordId: string;
  /** One sentence. */
  readonly text: string;
  /** The word that it turns on: a stance, a state, an outcome, the kind of a succession; else null. */
  readonly value: string | null;
  readonly mentions: readonly Mention[];
}

export interface TimelineEntry extends BareEntry {
  /** How well the record that says so is sourced. */
  readonly standing: Standing;
}

/** An entry with the recording by which it is ordered among those of one instant. */
export interface RecordedEntry {
  readonly entry: BareEntry;
  readonly recorded: Recorded;
}
