/** Differences: what differs between two pieces of JSON, leaf by leaf, things with an id matched by it. */
import type { RecordType } from './vocabulary.js';

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** One step of a path: the name of a property, or the id of a thing in a list. */
export interface Step {
  readonly name: string;
  readonly isId: boolean;
}

/** The record that a piece of JSON is about. */
export interface About {
  readonly recordType: RecordType;
  readonly recordId: string;
}

export interface Difference {
  /** `added` and `removed`: one side has nothing in this place, which is not the same as null. */
  readonly kind: 'added' | 'removed' | 'changed';
  readonly steps: readonly Step[];
  /** Null where there was nothing. */
  readonly from: unknown;
  /** Null where there is nothing any more. */
  readonly to: unknown;
  /** The innermost record around it. */
  readonly about: About | null;
  /** What tells of that record, as it is, or as it was when it is gone. */
  readonly within: Json | null;
}

/**
 * What differs, in the order of `to`, what is gone last.
 *
 * Objects are compared property by property. A list of things with ids is compared thing by thing, wherever each stands:
 * one that moved is no difference. Any other list is one leaf, and so is what is an object on one side only.
 *
 * @example
 * differencesOf({ next: [{ milestoneId: 'a', state: 'planned' }] }, { next: [{ milestoneId: 'a', state: 'blocked' }] });
 * // [{ kind: 'changed', steps: next, a, state; from: 'planned', to: 'blocked', about: { recordType: 'milestones', … } }]
 */
export function differencesOf(from: Json, to: Json): readonly Difference[] {
  return ofObjects(from, to, { steps: [], about: null, within: null });
}

/**
 * What record an object is about: what its `recordType` and `recordId` say, else its first property, when that is the id
 * of a record. Null when it is about none.
 *
 * @example
 * aboutOf({ participantId: 'psp-in', factionId: 'psp' }); // { recordType: 'participants', recordId: 'psp-in' }
 */
export function aboutOf(object: Json): About | null {
  const { recordType, recordId } = object;
  if (typeof recordId === 'string' && typeof recordType === 'string') {
    return { recordType: recordType as RecordType, recordId };
  }
  const [first] = Object.entries(object);
  const type = first && TYPE_OF_ID[first[0]];
  return type && typeof first[1] === 'string' ? { recordType: type, recordId: first[1] } : null;
}

/** Whether something is an object of JSON, not a list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TYPE_OF_ID: Readonly<Record<string, RecordType>> = {
  factionId: 'factions',
  personId: 'people',
  memberId: 'members',
  mergerId: 'mergers',
  participantId: 'participants',
  stanceId: 'stances',
  milestoneId: 'milestones',
  transitionId: 'transitions',
  meetingId: 'meetings',
  attendanceId: 'attendance',
  motionId: 'motions',
  voteEventId: 'vote-events',
  voteId: 'votes',
  mandateId: 'mandates',
  predictionId: 'predictions',
  successionId: 'successions',
  sourceId: 'sources',
  citationId: 'citations',
};

type Place = Pick<Difference, 'steps' | 'about' | 'within'>;

interface Sides {
  readonly from: unknown;
  readonly to: unknown;
}

const NOTHING = Symbol('nothing');

function ofObjects(from: Json, to: Json, place: Place): readonly Difference[] {
  const names = new Set([...Object.keys(to), ...Object.keys(from)]);
  return [...names].flatMap((name) => {
    const sides = { from: at(from, name), to: at(to, name) };
    return ofSides(sides, inside(sides, place, { name, isId: false }));
  });
}

function ofSides({ from, to }: Sides, place: Place): readonly Difference[] {
  if (isObject(from) && isObject(to)) return ofObjects(from, to, place);
  const [before, after] = [thingsOf(from), thingsOf(to)];
  if (before && after) return ofThings(before, after, place);
  if (from === to || JSON.stringify(from) === JSON.stringify(to)) return [];
  if (from === NOTHING) return [{ kind: 'added', ...place, from: null, to }];
  if (to === NOTHING) return [{ kind: 'removed', ...place, from, to: null }];
  return [{ kind: 'changed', ...place, from, to }];
}

type Things = ReadonlyMap<string, Json>;

function ofThings(before: Things, after: Things, place: Place): readonly Difference[] {
  const ids = new Set([...after.keys(), ...before.keys()]);
  return [...ids].flatMap((id) => {
    const sides = { from: before.get(id) ?? NOTHING, to: after.get(id) ?? NOTHING };
    return ofSides(sides, inside(sides, place, { name: id, isId: true }));
  });
}

/** The things of a list by their ids; null for what is no list, and for a list in which something has no id of its own. */
function thingsOf(value: unknown): Things | null {
  if (!Array.isArray(value)) return null;
  const things = new Map<string, Json>();
  for (const each of value as readonly unknown[]) {
    const about = isObject(each) ? aboutOf(each) : null;
    if (!isObject(each) || about === null || things.has(about.recordId)) return null;
    things.set(about.recordId, each);
  }
  return things;
}

/** One step further in: what is about a record of its own is no longer about the one around it. */
function inside({ from, to }: Sides, { steps, about, within }: Place, step: Step): Place {
  const shown = isObject(to) ? to : isObject(from) ? from : null;
  const own = shown && aboutOf(shown);
  const further = [...steps, step];
  return own ? { steps: further, about: own, within: shown } : { steps: further, about, within };
}

function at(object: Json, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : NOTHING;
}
