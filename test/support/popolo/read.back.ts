/** Reads what is exported as Popolo back into our own records, by what docs/export.md says of it: written without a look at how it is made. */
import type { RecordType } from '../../../src/domain/vocabulary.js';

type Json = Readonly<Record<string, unknown>>;

/** Popolo's members, by the fields of ours that they show. */
interface Words {
  readonly type: RecordType;
  readonly fields: Json;
}

const NAMED = {
  id: 'id',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  name: 'name',
  other_names: 'otherNames',
  identifiers: 'identifiers',
  links: 'links',
};

const WORDS: Readonly<Record<string, Words>> = {
  persons: {
    type: 'people',
    fields: {
      ...NAMED,
      family_name: 'familyName',
      given_name: 'givenName',
      honorific_prefix: 'honorificPrefix',
      birth_date: 'birthDate',
      death_date: 'deathDate',
      summary: 'summary',
    },
  },
  organizations: {
    type: 'factions',
    fields: {
      ...NAMED,
      classification: 'classification',
      parent_id: 'parentId',
      founding_date: 'foundingDate',
      dissolution_date: 'dissolutionDate',
      description: 'summary',
    },
  },
  memberships: {
    type: 'members',
    fields: {
      id: 'id',
      created_at: 'createdAt',
      updated_at: 'updatedAt',
      person_id: 'personId',
      organization_id: 'factionId',
      role: 'role',
      start_date: 'startDate',
      end_date: 'endDate',
    },
  },
  events: {
    type: 'meetings',
    fields: {
      id: 'id',
      created_at: 'createdAt',
      updated_at: 'updatedAt',
      name: 'title',
      classification: 'classification',
      organization_id: 'hostFactionId',
      location: 'venue',
      start_date: 'startsOn',
      status: 'status',
    },
  },
  motions: {
    type: 'motions',
    fields: {
      id: 'id',
      created_at: 'createdAt',
      updated_at: 'updatedAt',
      organization_id: 'factionId',
      text: 'text',
      classification: 'classification',
      requirement: 'requirement',
      date: 'proposedOn',
    },
  },
  vote_events: {
    type: 'vote-events',
    fields: {
      id: 'id',
      created_at: 'createdAt',
      updated_at: 'updatedAt',
      motion_id: 'motionId',
      start_date: 'startDate',
      end_date: 'endDate',
      counts: 'reportedCounts',
    },
  },
  votes: {
    type: 'votes',
    fields: {
      id: 'id',
      vote_event_id: 'voteEventId',
      voter_id: 'personId',
      voter: 'voterName',
      group_id: 'factionId',
      option: 'option',
    },
  },
  attendees: { type: 'attendance', fields: { id: 'personId' } },
};

/** What follows from other records, and is not read. */
const DERIVED = ['sources', 'attendees', 'votes'];

const WITH_EXTRAS = ['persons', 'organizations', 'memberships'];

/** The records of a whole document: each with its kind, and without what it holds nothing in. */
export function readBackPopolo(document: Json): readonly Json[] {
  return Object.entries(document).flatMap(([list, elements]) =>
    (elements as readonly Json[]).flatMap((element) =>
      list === 'accord' ? [withoutNothing(element)] : readBack(list, element),
    ),
  );
}

/** The records of an element, those within it included. */
export function readBack(list: string, element: Json): readonly Json[] {
  const words = WORDS[list];
  if (!words) throw new Error(`nothing is read of ${list}`);
  const within = ['attendees', 'votes'].flatMap((name) =>
    ((element[name] ?? []) as readonly Json[]).flatMap((each) => readBack(name, each)),
  );
  const own = bodyOf(words, list, element);
  return [withoutNothing({ recordType: words.type, ...own }), ...within];
}

function bodyOf({ fields }: Words, list: string, { accord = {}, ...shown }: Json): Json {
  const ours = accord as Json;
  const body: Record<string, unknown> = {};
  const popolo: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shown)) {
    const field = fields[name] as string | undefined;
    if (field !== undefined && ours[field] !== null) body[field] = valueOf(field, value);
    else if (!DERIVED.includes(name)) popolo[name] = value;
  }
  const { extras, ...rest } = ours;
  const told = WITH_EXTRAS.includes(list) ? { extras: extrasOf(popolo, extras as Json) } : {};
  return { ...body, ...rest, ...told };
}

function extrasOf(shown: Json, { popolo = {}, ...others }: Json = {}): Json {
  const all = { ...shown, ...(popolo as Json) };
  return { ...others, ...(Object.keys(all).length === 0 ? {} : { popolo: all }) };
}

function valueOf(field: string, value: unknown): unknown {
  if (field === 'voterName') return (value as Json)['name'];
  const names = { start_date: 'startDate', end_date: 'endDate' };
  if (!['otherNames', 'identifiers', 'links', 'reportedCounts'].includes(field)) return value;
  return (value as readonly Json[]).map(({ accord = {}, ...entry }) => {
    const own = Object.entries(entry).map(([name, each]) => [
      Object.hasOwn(names, name) ? names[name as keyof typeof names] : name,
      each,
    ]);
    return { ...(Object.fromEntries(own) as Json), ...(accord as Json) };
  });
}

/** A record without the fields that hold nothing, in its lists too. */
export function withoutNothing(record: Json): Json {
  return Object.fromEntries(
    Object.entries(record)
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(entryOf) : value])
      .filter(([, value]) => !isNothing(value)),
  ) as Json;
}

function entryOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? withoutNothing(value as Json) : value;
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
