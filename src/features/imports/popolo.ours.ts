import type { RecordType } from '../../domain/vocabulary.js';
import { idIn, listIn, objectIn, type Values } from './file.values.js';
import type { ReadRow } from './import.rows.js';

/** The records in a list of a Popolo that we exported. */
interface Class {
  readonly kind: RecordType;
  /** Our fields, by the members of Popolo that show them. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether any other member is an extra. */
  readonly hasExtras?: true;
  /** The lists within an element that hold records of their own. */
  readonly within?: readonly string[];
}

const KEPT = { id: 'id', created_at: 'createdAt', updated_at: 'updatedAt' };
const NAMED = {
  name: 'name',
  other_names: 'otherNames',
  identifiers: 'identifiers',
  links: 'links',
};

const CLASSES: Readonly<Record<string, Class>> = {
  persons: {
    kind: 'people',
    fields: {
      ...KEPT,
      ...NAMED,
      family_name: 'familyName',
      given_name: 'givenName',
      honorific_prefix: 'honorificPrefix',
      birth_date: 'birthDate',
      death_date: 'deathDate',
      summary: 'summary',
    },
    hasExtras: true,
  },
  organizations: {
    kind: 'factions',
    fields: {
      ...KEPT,
      ...NAMED,
      classification: 'classification',
      parent_id: 'parentId',
      founding_date: 'foundingDate',
      dissolution_date: 'dissolutionDate',
      description: 'summary',
    },
    hasExtras: true,
  },
  memberships: {
    kind: 'members',
    fields: {
      ...KEPT,
      person_id: 'personId',
      organization_id: 'factionId',
      role: 'role',
      start_date: 'startDate',
      end_date: 'endDate',
    },
    hasExtras: true,
  },
  events: {
    kind: 'meetings',
    fields: {
      ...KEPT,
      name: 'title',
      classification: 'classification',
      organization_id: 'hostFactionId',
      location: 'venue',
      start_date: 'startsOn',
      status: 'status',
    },
    within: ['attendees'],
  },
  attendees: { kind: 'attendance', fields: { id: 'personId' } },
  motions: {
    kind: 'motions',
    fields: {
      ...KEPT,
      organization_id: 'factionId',
      text: 'text',
      classification: 'classification',
      requirement: 'requirement',
      date: 'proposedOn',
    },
  },
  vote_events: {
    kind: 'vote-events',
    fields: {
      ...KEPT,
      motion_id: 'motionId',
      start_date: 'startDate',
      end_date: 'endDate',
      counts: 'reportedCounts',
    },
    within: ['votes'],
  },
  votes: {
    kind: 'votes',
    fields: {
      id: 'id',
      vote_event_id: 'voteEventId',
      voter_id: 'personId',
      voter: 'voterName',
      group_id: 'factionId',
      option: 'option',
    },
  },
};

/** What follows from other records. */
const DERIVED: ReadonlySet<string> = new Set(['accord', 'sources', 'attendees', 'votes']);

/** Whether an element is one that we exported: ours have a member of their own. */
export function isOurElement(element: Values): boolean {
  return Object.keys(objectIn(element['accord'])).length > 0;
}

/**
 * The records of an element that we exported, those within it included: Popolo's members, and laid over them what `accord` gives.
 * Times and versions are with them; they are no fields that can be given.
 */
export function* readOurElement(
  collection: string,
  element: Values,
  line: number,
): Generator<ReadRow, undefined> {
  const each = Object.hasOwn(CLASSES, collection) ? CLASSES[collection] : undefined;
  if (each === undefined) return;
  const body = bodyOf(each, element);
  yield { line, kind: each.kind, key: idIn(body['id']), body };
  for (const list of each.within ?? [])
    for (const inner of listIn(element[list])) yield* readOurElement(list, objectIn(inner), line);
}

function bodyOf({ fields, hasExtras }: Class, { accord, ...shown }: Values): Values {
  const { extras, ...own } = objectIn(accord);
  const body: Record<string, unknown> = {};
  const others: (readonly [name: string, value: unknown])[] = [];
  for (const [name, value] of Object.entries(shown)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    // A field that is null there holds nothing: an extra stands in its place.
    if (field !== undefined && own[field] !== null) body[field] = valueOf(field, value);
    else if (!DERIVED.has(name)) others.push([name, value]);
  }
  const whole = { ...body, ...own };
  return hasExtras ? withExtras(whole, Object.fromEntries(others), objectIn(extras)) : whole;
}

function withExtras(body: Values, shown: Values, { popolo, ...others }: Values): Values {
  const ofPopolo = { ...shown, ...objectIn(popolo) };
  const extras = Object.keys(ofPopolo).length === 0 ? others : { ...others, popolo: ofPopolo };
  return Object.keys(extras).length === 0 ? body : { ...body, extras };
}

const ENTRIES: ReadonlySet<string> = new Set([
  'otherNames',
  'identifiers',
  'links',
  'reportedCounts',
]);

function valueOf(field: string, value: unknown): unknown {
  if (field === 'voterName') return objectIn(value)['name'];
  return ENTRIES.has(field) && Array.isArray(value) ? value.map(entryOf) : value;
}

function entryOf(entry: unknown): unknown {
  const { accord, start_date: startDate, end_date: endDate, ...shown } = objectIn(entry);
  return {
    ...shown,
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...objectIn(accord),
  };
}
